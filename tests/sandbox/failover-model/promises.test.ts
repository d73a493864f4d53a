import assert from "node:assert/strict";
import { DatabaseModel } from "../../../sandbox/failover-model/database";
import { TargetGroupModel } from "../../../sandbox/failover-model/load-balancing";
import { KNOWABLE_MS, type PromiseName, Watch } from "../../../sandbox/failover-model/promises";
import type { Run } from "../../../sandbox/failover-model/run";
import { VirtualClock } from "../../../sandbox/failover-model/virtual-clock";

const OLD = "10.0.10.1";
const NEW = "10.0.11.2";
const TIMES = {
  kind: "reboot",
  promotedMs: 0,
  dnsMs: 0,
  interfaceGoneMs: 0,
  isOldServing: true,
  apiLagMs: 0,
} as const;

/** A database whose DNS moves from OLD to NEW as `move` is called, and a group that holds both, healthy. */
function made() {
  const clock = new VirtualClock(0);
  const database = new DatabaseModel(clock, { size: 1, hasV6: false });
  const group = new TargetGroupModel({
    port: 5432,
    deregistrationDelayMs: 0,
    isServing: () => true,
    isInEnabledZone: () => true,
    isInVpc: () => true,
    registrationMs: () => 0,
  });
  const watch = new Watch({ database, group, family: "v4", port: 5432, groupPort: 5432 });
  const both = [OLD, NEW].map((id) => ({ id, port: 5432 }));
  group.register(both, -60_000);
  const run = (part: Partial<Run> = {}): Run => ({
    id: 1,
    environment: 0,
    because: "test",
    startedMs: clock.now(),
    endedMs: undefined,
    failure: undefined,
    calls: {},
    troubles: [],
    told: new Set(),
    foundKeys: "",
    ...part,
  });
  const move = async () => {
    database.failOver(TIMES, () => undefined);
    await clock.pass(1);
  };
  const remove = (ip: string, told: readonly string[] = []) => {
    const taken = group.deregister([{ id: ip, port: 5432 }], clock.now());
    watch.deregistered(run(), taken, told.length > 0 ? [{ atMs: clock.now(), addresses: told }] : [], clock.now());
  };
  const broken = (): PromiseName[] => watch.breaches.map(({ promise }) => promise);
  return { clock, database, group, watch, run, move, remove, broken };
}

describe("the promise about the current primary", () => {
  it("lets an old address go", async () => {
    const { move, remove, broken } = made();
    await move();

    remove(OLD);

    assert.deepEqual(broken(), []);
  });

  it("is broken by a primary that everybody could have known", async () => {
    const { clock, move, remove, broken } = made();
    await move();
    await clock.pass(KNOWABLE_MS + 1);

    remove(NEW);

    assert.deepEqual(broken(), ["keepsPrimary"]);
  });

  it("is not broken by one of the last ten seconds, which nobody could have known", async () => {
    const { clock, move, remove, broken } = made();
    await move();
    await clock.pass(KNOWABLE_MS - 10);

    remove(NEW);

    assert.equal(KNOWABLE_MS, 10_000);
    assert.deepEqual(broken(), []);
  });

  it("is broken by one that DNS had told to the same environment", async () => {
    const { clock, move, remove, broken } = made();
    await move();
    await clock.pass(1_000);

    remove(NEW, [NEW]);

    assert.deepEqual(broken(), ["keepsPrimary"]);
  });
});

describe("the promise about healthy targets", () => {
  it("is broken by a group that is left empty", () => {
    const { group, remove, broken } = made();
    group.deregister([{ id: NEW, port: 5432 }], 0);

    remove(OLD);

    assert.ok(broken().includes("keepsHealthy"));
  });

  it("is broken by a group that is left with a target that nobody saw healthy", async () => {
    const { clock, group, move, remove, broken } = made();
    await move();
    group.deregister([{ id: NEW, port: 5432 }], clock.now());
    group.register([{ id: NEW, port: 5432 }], clock.now());

    remove(OLD);

    assert.deepEqual(broken(), ["keepsHealthy"]);
  });

  it("is not broken by a deregistration that does nothing", () => {
    const { remove, broken } = made();

    remove("10.0.12.9");

    assert.deepEqual(broken(), []);
  });
});

describe("the promise about what is registered", () => {
  it("allows the database's addresses, the standby's too, with its port or the group's when that is the same", () => {
    const { watch, run, broken } = made();

    watch.registered(run(), [{ id: OLD, port: 5432 }, { id: NEW }], 0);

    assert.deepEqual(broken(), []);
  });

  it("is broken by another port, and by an address that is not the database's", () => {
    const { watch, run } = made();

    watch.registered(run(), [{ id: OLD, port: 5433 }, { id: "10.0.10.200" }], 0);

    assert.deepEqual(
      watch.breaches.map(({ how }) => how),
      [
        "run 1 (test, environment 0) registered 10.0.10.1:5433, a port that is not the database's (5432)",
        "run 1 (test, environment 0) registered 10.0.10.200:5432, an address that is not the database's",
      ],
    );
  });
});

describe("the promise about failures", () => {
  const failure = { reason: new Error("x") };

  it("is broken by a success after a call that failed, and not by a failure", () => {
    const { group, watch, run, broken } = made();
    group.deregister([{ id: NEW, port: 5432 }], 0);

    watch.ended(run({ troubles: ["describe throttled"], failure }), 0);
    assert.deepEqual(broken(), []);

    watch.ended(run({ troubles: ["describe throttled"] }), 0);
    assert.deepEqual(broken(), ["surfacesFailures"]);
  });

  it("is broken by a success after an answer that is not the database's", () => {
    const { group, watch, run, broken } = made();
    group.deregister([{ id: NEW, port: 5432 }], 0);

    watch.ended(run({ told: new Set([OLD, "10.0.10.200"]) }), 0);

    assert.deepEqual(broken(), ["surfacesFailures"]);
  });

  it("is broken by a success that leaves the group out of sync, unless another run has just changed it", () => {
    const { watch, run, broken } = made();

    watch.registered(run({ id: 2 }), [{ id: NEW, port: 5432 }], 0);
    watch.ended(run(), 0);
    assert.deepEqual(broken(), []);

    watch.ended(run(), 60_000);
    assert.deepEqual(broken(), ["surfacesFailures"]);
  });
});

describe("the promise about failures, of a run that registered", () => {
  it("is broken by a success before the target is healthy", () => {
    const { group, watch, run, broken } = made();
    group.deregister(
      [
        { id: OLD, port: 5432 },
        { id: NEW, port: 5432 },
      ],
      0,
    );
    group.register([{ id: OLD, port: 5432 }], 0);
    const one = run();
    watch.registered(one, [{ id: OLD, port: 5432 }], 0);

    watch.ended(one, 4_000);
    assert.deepEqual(broken(), ["surfacesFailures"]);

    watch.ended(one, 6_000);
    assert.equal(broken().length, 1);
  });
});

describe("the promise about quiet runs", () => {
  const found = `${OLD}:5432`;

  it("is broken by a writing call of a run that found what it wanted", () => {
    const { group, watch, run, broken } = made();
    group.deregister([{ id: NEW, port: 5432 }], 0);

    watch.ended(run({ foundKeys: found, calls: { register: 1 } }), 0);

    assert.deepEqual(broken(), ["staysQuiet"]);
  });

  it("says nothing when DNS moved during the run, or less than a cache's time before", async () => {
    const { clock, group, watch, run, move, broken } = made();
    await move();
    group.deregister([{ id: OLD, port: 5432 }], clock.now());
    const calls = { register: 1 };

    watch.ended(run({ foundKeys: found, calls, startedMs: 0 }), clock.now());
    watch.ended(run({ foundKeys: `${NEW}:5432`, calls, startedMs: 4_000 }), 6_000);
    assert.deepEqual(broken(), []);

    watch.ended(run({ foundKeys: `${NEW}:5432`, calls, startedMs: 6_000 }), 7_000);
    assert.deepEqual(broken(), ["staysQuiet"]);
  });
});
