import assert from "node:assert/strict";
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Properties } from "../../../sandbox/aws/provider/wire";
import { decode } from "../../../sandbox/aws/provider/wire";
import { randomText } from "../../../sandbox/random/characters";
import { randomProvider } from "../../../sandbox/random/provider";
import { urnOf } from "./stand-in";

const provider = randomProvider({ below: (limit) => randomInt(limit), bytes: randomBytes, uuid: randomUUID });
const make = async (type: string, inputs: Properties) => {
  const urn = urnOf(`random:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`, "it");
  const { inputs: checked } = await provider.check(urn, {}, inputs);
  const { id, outs } = await provider.create(urn, checked);
  return { id, urn, outs: outs as Properties, ...decode(outs as Properties) };
};

describe("random text", () => {
  it("has the length, the allowed characters only, and the minimums", () => {
    const minimum = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        minimum,
        minimum,
        minimum,
        minimum,
        fc.integer({ min: 1, max: 60 }),
        (minUpper, minLower, minNumeric, minSpecial, more) => {
          const length = minUpper + minLower + minNumeric + minSpecial + more;

          const text = randomText(
            { length, minUpper, minLower, minNumeric, minSpecial, overrideSpecial: "!~" },
            (limit) => randomInt(limit),
          );

          const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
          assert.match(text, /^[a-zA-Z0-9!~]*$/);
          assert.equal(text.length, length);
          assert.ok(count(/[A-Z]/g) >= minUpper && count(/[a-z]/g) >= minLower);
          assert.ok(count(/[0-9]/g) >= minNumeric && count(/[!~]/g) >= minSpecial);
        },
      ),
    );
  });

  it("keeps to the classes that are left on", () => {
    const text = randomText({ length: 200, special: false, upper: false, numeric: false }, (limit) => randomInt(limit));

    assert.match(text, /^[a-z]{200}$/);
  });

  it("refuses minimums over the length, and no characters at all", () => {
    const none = { length: 5, special: false, upper: false, lower: false, numeric: false };

    assert.throws(
      () => randomText({ length: 3, minUpper: 4 }, () => 0),
      /length 3 is less than the minimums together, 4/,
    );
    assert.throws(() => randomText(none, () => 0), /no character is allowed/);
  });
});

describe("random provider stand-in", () => {
  it("marks a password as a secret, and nothing else", async () => {
    const password = await make("RandomPassword", { length: 16 });
    const string = await make("RandomString", { length: 16 });

    assert.deepEqual([...password.secret], ["result"]);
    assert.equal(password.id, "none");
    assert.deepEqual([...string.secret], []);
    assert.equal(string.id, string.plain["result"]);
  });

  it("keeps its value while the inputs stay, and replaces it when a keeper changes", async () => {
    const { id, urn, outs } = await make("RandomString", { length: 8, keepers: { a: "1" } });

    const same = await provider.diff(id, urn, outs, { keepers: { a: "1" }, length: 8 });
    const other = await provider.diff(id, urn, outs, { length: 8, keepers: { a: "2" } });

    assert.equal(same.changes, false);
    assert.deepEqual([other.changes, other.replaces], [true, ["keepers"]]);
  });

  it("writes one random id in four ways, the prefix in front of each", async () => {
    const { id, plain } = await make("RandomId", { byteLength: 4, prefix: "p-" });

    const bytes = Buffer.from(id, "base64url");
    assert.equal(bytes.length, 4);
    assert.equal(plain["hex"], `p-${bytes.toString("hex")}`);
    assert.equal(plain["dec"], `p-${bytes.readUInt32BE(0)}`);
    assert.equal(plain["b64Url"], `p-${id}`);
  });

  it("draws integers from min to max, both included", async () => {
    const drawn = await Promise.all(Array.from({ length: 50 }, () => make("RandomInteger", { min: 1, max: 2 })));

    assert.deepEqual([...new Set(drawn.map((each) => each.plain["result"]))].sort(), [1, 2]);
  });

  it("makes pets and UUIDs", async () => {
    assert.match((await make("RandomPet", { length: 3, separator: "_" })).id, /^[a-z]+_[a-z]+_[a-z]+$/);
    assert.match((await make("RandomUuid", {})).id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  it("refuses a type that it does not know, by name", async () => {
    await assert.rejects(make("RandomShuffle", {}), /random:index\/randomShuffle:RandomShuffle/);
  });
});
