import assert from "node:assert/strict";
import type { Fault } from "../../../sandbox/failover-model/faults";
import { CALM_HISTORY, type History, USUAL_FAILOVER } from "../../../sandbox/failover-model/history";
import { type Played, play } from "../../../sandbox/failover-model/play";
import type { MakeSync, SyncWorld } from "../../../sandbox/failover-model/sync-world";

const NOTHING: MakeSync = () => () => Promise.resolve();

/** Plays a function that does the same in each run. */
const played = (
  history: Partial<History>,
  run: (world: SyncWorld, event: unknown) => Promise<unknown>,
): Promise<Played> => play({ ...CALM_HISTORY, ...history }, (world) => (event) => run(world, event));

const because = ({ runs }: Played): string[] => runs.map((run) => run.because);

const fault = (part: Pick<Fault, "on" | "kind"> & Partial<Fault>): Fault => ({
  fromSeconds: 0,
  forSeconds: 0,
  ...part,
});

describe("the failover model's invocations", () => {
  it("come each minute by the schedule", async () => {
    const result = await play(
      { ...CALM_HISTORY, failovers: [{ ...USUAL_FAILOVER, afterSeconds: 100, events: "lost" }] },
      NOTHING,
    );

    assert.deepEqual(because(result), ["schedule", "schedule", "schedule", "the clean run", "the quiet run"]);
    assert.deepEqual(
      result.runs.slice(0, 3).map(({ startedMs }) => startedMs - (result.runs[0]?.startedMs ?? 0)),
      [0, 60_000, 120_000],
    );
  });

  for (const [events, expected] of [
    ["in-time", ["RDS-EVENT-0013", "RDS-EVENT-0049"]],
    ["twice", ["RDS-EVENT-0013", "RDS-EVENT-0013", "RDS-EVENT-0049", "RDS-EVENT-0049"]],
    ["late", ["RDS-EVENT-0049"]],
    ["lost", []],
  ] as const) {
    it(`come by events that are ${events}`, async () => {
      const result = await play(
        { ...CALM_HISTORY, schedule: undefined, failovers: [{ ...USUAL_FAILOVER, events }] },
        NOTHING,
      );

      assert.deepEqual(because(result), [...expected, "the clean run", "the quiet run"]);
    });
  }

  it("come for another database's events too, which name that database", async () => {
    const arns: unknown[] = [];
    await played({ schedule: undefined, otherDatabaseSeconds: [5] }, async (_, event) => {
      arns.push((event as { resources: unknown[] }).resources[0]);
    });

    assert.equal(arns[0], "arn:aws:rds:eu-west-1:123456789012:db:reports");
  });

  it("wait for a free environment, and run side by side where there are two", async () => {
    const slowly = ({ clock }: SyncWorld) => clock.sleep(100_000);
    const starts = async (environments: number) => {
      const failovers = [{ ...USUAL_FAILOVER, afterSeconds: 150, events: "lost" as const }];
      const { runs } = await played({ environments, failovers }, slowly);
      return runs.slice(0, 2).map(({ startedMs, environment }) => [startedMs - (runs[0]?.startedMs ?? 0), environment]);
    };

    assert.deepEqual(await starts(1), [
      [0, 0],
      [100_000, 0],
    ]);
    assert.deepEqual(await starts(2), [
      [0, 0],
      [60_000, 1],
    ]);
  });

  it("are tried again after one minute and two more when they fail", async () => {
    const { runs } = await played({ isRetried: true, schedule: undefined, otherDatabaseSeconds: [0, 300] }, () =>
      Promise.reject(new Error("always")),
    );

    const first = runs.filter((run) => run.because === "another database's failover").map(({ startedMs }) => startedMs);
    assert.deepEqual(
      first.slice(0, 3).map((ms) => ms - (first[0] ?? 0)),
      [0, 60_000, 180_000],
    );
  });

  it("may not call anything when they have ended", async () => {
    let late: Promise<unknown> | undefined;
    await played({}, async ({ clock, elb }) => {
      late ??= clock.sleep(1).then(() => elb.describeTargetHealth());
      late.catch(() => undefined);
    });

    await assert.rejects(late ?? Promise.resolve(), /describe was called outside an invocation/);
  });
});

describe("the failover model's calls", () => {
  it("take no longer than three seconds, also on a slow network", async () => {
    const tookMs: number[] = [];
    await played({ network: "slow", failovers: [{ ...USUAL_FAILOVER, afterSeconds: 300 }] }, async ({ clock, elb }) => {
      for (let call = 0; call < 20; call++) {
        const startedMs = clock.now();
        await elb.describeTargetHealth();
        tookMs.push(clock.now() - startedMs);
      }
    });

    assert.ok(Math.max(...tookMs) > 2_000 && Math.max(...tookMs) <= 3_000, `${Math.max(...tookMs)}`);
  });

  it("fail once, or for as long as a fault lasts", async () => {
    const failures = async (forSeconds: number) => {
      const { runs } = await played(
        {
          faults: [fault({ on: "describe", kind: "throttled", forSeconds })],
          failovers: [{ ...USUAL_FAILOVER, events: "lost" }],
        },
        async ({ elb }) => {
          await elb.describeTargetHealth();
        },
      );
      return runs.map(({ failure }) => (failure?.reason as Error | undefined)?.name);
    };

    assert.deepEqual(await failures(0), ["ThrottlingException", undefined, undefined, undefined]);
    assert.deepEqual(await failures(75), ["ThrottlingException", "ThrottlingException", undefined, undefined]);
  });

  it("have no effect when they are refused, and have one when only the answer is lost", async () => {
    const groupAfter = async (kind: "throttled" | "denied" | "lost") => {
      const seen: string[][] = [];
      await played({ faults: [fault({ on: "register", kind })] }, async ({ elb }) => {
        const failure = await elb
          .registerTargets([{ id: "10.0.11.2", port: 5432 }])
          .then(() => "none")
          .catch((error: Error) => error.name);
        const found = await elb.describeTargetHealth();
        seen.push([failure, ...found.map(({ id }) => id)]);
      });
      return seen[0];
    };

    assert.deepEqual(await groupAfter("throttled"), ["ThrottlingException", "10.0.10.1"]);
    assert.deepEqual(await groupAfter("denied"), ["AccessDenied", "10.0.10.1"]);
    assert.deepEqual(await groupAfter("lost"), ["TimeoutError", "10.0.10.1", "10.0.11.2"]);
  });

  it("show interfaces as an empty list when that is the fault", async () => {
    const counts: number[] = [];
    await played({ faults: [fault({ on: "interfaces", kind: "empty" })] }, async ({ ec2 }) => {
      counts.push((await ec2.describeNetworkInterfaces()).length);
    });

    assert.deepEqual(counts.slice(0, 2), [0, 5]);
  });
});

describe("a history", () => {
  it("is the same each time it is played", async () => {
    const history: Partial<History> = { network: "slow", failovers: [USUAL_FAILOVER], addresses: 2 };
    const look = async ({ dns, settings, elb }: SyncWorld) => {
      await elb.registerTargets((await dns.resolve4(settings.endpoint)).map((id) => ({ id, port: 5432 })));
    };

    const [one, other] = [await played(history, look), await played(history, look)];

    assert.equal(one.story(), other.story());
  });

  it("starts with the group that it names", async () => {
    const groups: Record<string, string> = {};
    for (const group of ["in-sync", "empty", "standby", "stranger", "other-port"] as const) {
      const { runs } = await played({ group }, () => Promise.resolve());
      groups[group] = runs[0]?.foundKeys ?? "";
    }

    assert.deepEqual(groups, {
      "in-sync": "10.0.10.1:5432",
      empty: "",
      standby: "10.0.10.1:5432 10.0.11.2:5432",
      stranger: "10.0.10.1:5432 10.0.10.200:5432",
      "other-port": "10.0.10.1:5433",
    });
  });

  it("tells how soon a failover was followed, up to the clean run", async () => {
    const register = async ({ dns, settings, elb }: SyncWorld) => {
      await elb.registerTargets((await dns.resolve4(settings.endpoint)).map((id) => ({ id, port: 5432 })));
    };
    const events = { ...USUAL_FAILOVER, events: "lost" as const };

    const bySchedule = await played({ resolver: "fresh", failovers: [events] }, register);
    const never = await played({ resolver: "fresh", schedule: undefined, failovers: [events] }, register);

    const [followed] = bySchedule.failovers;
    assert.ok((followed?.registeredMs ?? 0) > 20_000 && (followed?.registeredMs ?? 0) < 21_000);
    assert.equal(never.failovers[0]?.registeredMs, undefined);
  });
});
