import assert from "node:assert/strict";
import { type SoakOptions, soakFiles } from "../../../sandbox/soak/soak-files";

const OPTIONS: SoakOptions = { seed: 3, objects: 40, corruptEvery: 10, databases: ["10.0.0.5"], servicePort: 5432 };

describe("the objects of a soak", () => {
  it("are the same for the same seed, and others for another", () => {
    const bodies = (options: SoakOptions) => soakFiles(options).objects.map(({ body }) => Buffer.from(body).toString());

    assert.deepEqual(bodies(OPTIONS), bodies(OPTIONS));
    assert.notDeepEqual(bodies({ ...OPTIONS, seed: 4 }), bodies(OPTIONS));
  });

  it("are corrupt one in so many, each in another way, and have keys of their own", () => {
    const { objects } = soakFiles(OPTIONS);

    const corrupt = objects.filter(({ isCorrupt }) => isCorrupt);
    assert.equal(corrupt.length, 4);
    assert.equal(new Set(corrupt.map(({ body }) => Buffer.from(body).subarray(0, 4).toString("hex"))).size, 3);
    assert.equal(new Set(objects.map(({ hash }) => hash)).size, objects.length);
  });

  it("expect nothing of what is corrupt", () => {
    const whole = soakFiles({ ...OPTIONS, corruptEvery: 1_000 }).expected;
    const some = soakFiles(OPTIONS).expected;

    assert.ok(some.connections.size < whole.connections.size);
    assert.deepEqual(
      [...some.connections].filter((each) => !whole.connections.has(each)),
      [],
    );
  });
});
