import assert from "node:assert/strict";
import { STRANGERS } from "../../../sandbox/failover-model/database";
import type { FaultKind } from "../../../sandbox/failover-model/faults";
import { NameServiceModel, type ResolverAge } from "../../../sandbox/failover-model/name-service";
import { Timeline } from "../../../sandbox/failover-model/timeline";
import { seededRandom } from "../../../sandbox/traffic/seeded-random";

const OLD = { v4: ["10.0.10.1"], v6: [] };
const NEW = { v4: ["10.0.11.2"], v6: [] };

/** A name that moved from OLD to NEW at 100 s. */
function dns(age: ResolverAge, start = OLD): NameServiceModel {
  const records = new Timeline<{ v4: readonly string[]; v6: readonly string[] }>(start);
  records.set(100_000, NEW);
  return new NameServiceModel({ "db.example": records }, age, seededRandom(1));
}

const answers = (service: NameServiceModel, atMs: number, looks = 50): string[] => [
  ...new Set(Array.from({ length: looks }, () => service.answer("db.example", "v4", atMs, undefined).join())),
];

describe("the model's DNS", () => {
  it("answers the truth from a fresh cache", () => {
    assert.deepEqual(answers(dns("fresh"), 99_999), OLD.v4);
    assert.deepEqual(answers(dns("fresh"), 100_000), NEW.v4);
  });

  it("repeats an old answer for five seconds from a stale cache, and no longer", () => {
    assert.deepEqual(answers(dns("stale"), 104_999), OLD.v4);
    assert.deepEqual(answers(dns("stale"), 105_000), NEW.v4);
  });

  it("answers now from one cache, now from another, within five seconds of a move", () => {
    assert.deepEqual(answers(dns("mixed"), 102_000).sort(), [...OLD.v4, ...NEW.v4]);
    assert.deepEqual(answers(dns("mixed"), 105_000), NEW.v4);
  });

  it("answers from either of two caches, and each repeats its answer until its time to live is over", () => {
    const service = dns("two-caches");
    answers(service, 99_999);

    assert.deepEqual(answers(service, 104_998), OLD.v4);
    assert.deepEqual(answers(service, 105_000), NEW.v4);
  });

  it("may give the old address again after the new one, from the cache that asked before the move", () => {
    const changes = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const records = new Timeline<{ v4: readonly string[]; v6: readonly string[] }>(OLD);
      records.set(100_000, NEW);
      const service = new NameServiceModel({ "db.example": records }, "two-caches", seededRandom(seed));
      const looks = Array.from({ length: 20 }, (_, look) =>
        service.answer("db.example", "v4", 95_000 + look * 500, undefined),
      );
      const first = looks.findIndex(([ip]) => ip === NEW.v4[0]);
      return looks.slice(first).some(([ip]) => ip === OLD.v4[0]);
    });

    assert.ok(changes.includes(true));
  });

  it("gives several addresses in any order", () => {
    const several = { v4: ["10.0.10.1", "10.0.11.2", "10.0.12.3"], v6: [] };

    assert.equal(answers(dns("fresh", several), 0).length, 6);
  });

  it("has no data of a family without addresses, and does not know other names", () => {
    assert.throws(() => dns("fresh").answer("db.example", "v6", 0, undefined), {
      code: "ENODATA",
      message: "queryAaaa ENODATA db.example",
    });
    assert.throws(() => dns("fresh").answer("other.example", "v4", 0, undefined), { code: "ENOTFOUND" });
  });

  for (const [kind, code] of [
    ["servfail", "ESERVFAIL"],
    ["timeout", "ETIMEOUT"],
    ["empty", "ENODATA"],
  ] as const satisfies readonly (readonly [FaultKind, string])[]) {
    it(`fails with ${code} for the fault ${kind}`, () => {
      assert.throws(() => dns("fresh").answer("db.example", "v4", 0, kind), { code });
    });
  }

  it("gives foreign addresses when it is poisoned, alone or beside the right ones", () => {
    const strangers: readonly string[] = Object.values(STRANGERS).map(({ v4 }) => v4);

    const [foreign = ""] = dns("fresh").answer("db.example", "v4", 0, "foreign");
    const mixed = dns("fresh").answer("db.example", "v4", 0, "mixed");

    assert.ok(strangers.includes(foreign));
    assert.equal(mixed.length, 2);
    assert.ok(mixed.includes("10.0.10.1"));
    assert.ok(mixed.some((ip) => strangers.includes(ip)));
  });
});
