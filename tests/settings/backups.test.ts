import assert from "node:assert/strict";
import { read, refusal, settingsIn } from "../support/stack-settings";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123-abcd";
const POINT = { resourceId: "db-ABCDEFGHIJKL", time: "2026-03-01T12:00:00Z", keyArn: KEY };

type File = Readonly<Record<string, unknown>>;

const restored = (restoreFrom: File, more: File = {}): File => ({ database: { restoreFrom, ...more } });

// files that are refused, by what for
const refused: readonly (readonly [string, string, File])[] = [
  ["a copy without a region", "backups.crossRegion.region", { backups: { crossRegion: {} } }],
  ["a region that is none", "backups.crossRegion.region", { backups: { crossRegion: { region: "Frankfurt" } } }],
  [
    "a longer retention than RDS's",
    "backups.crossRegion.retentionDays",
    { backups: { crossRegion: { region: "eu-central-1", retentionDays: 36 } } },
  ],
  [
    "days below the lock's",
    "backups.plan.retentionDays",
    { backups: { plan: { retentionDays: 5, lock: { minRetentionDays: 7 } } } },
  ],
  [
    "days above the lock's",
    "backups.plan.retentionDays",
    { backups: { plan: { retentionDays: 60, lock: { maxRetentionDays: 35 } } } },
  ],
  [
    "a grace that AWS doesn't give",
    "backups.plan.lock.graceDays",
    { backups: { plan: { lock: { mode: "compliance", graceDays: 2 } } } },
  ],
  ["a restore of nothing", "database.restoreFrom", restored({})],
  ["a restore of two things", "database.restoreFrom", restored({ ...POINT, snapshot: "before" })],
  ["a point without a time", "database.restoreFrom", restored({ resourceId: POINT.resourceId, keyArn: KEY })],
  ["a point without the source's key", "database.restoreFrom", restored({ ...POINT, keyArn: undefined })],
  ["a snapshot with a time", "database.restoreFrom", restored({ snapshot: "before", time: "latest" })],
  ["a time that is none", "database.restoreFrom.time", restored({ ...POINT, time: "2026-13-01T12:00:00Z" })],
  ["an alias for the key", "database.restoreFrom.keyArn", restored({ ...POINT, keyArn: "alias/data" })],
  ["a new password for old data", "database.masterPassword", restored(POINT, { masterPassword: "generated" })],
  [
    "a character set for old data",
    "database.characterSet",
    restored(POINT, { engine: "oracle-ee", characterSet: "AL32UTF8" }),
  ],
  [
    "blue/green of an engine without it",
    "database.updates",
    { database: { engine: "oracle-se2", updates: "blue-green", masterPassword: "generated" } },
  ],
  ["blue/green with RDS's secret", "database.updates", { database: { updates: "blue-green" } }],
  [
    "blue/green with replicas",
    "database.updates",
    { database: { updates: "blue-green", masterPassword: "generated" }, replicas: { count: 1 } },
  ],
  [
    "blue/green with copies elsewhere",
    "database.updates",
    {
      database: { updates: "blue-green", masterPassword: "generated" },
      backups: { crossRegion: { region: "eu-central-1" } },
    },
  ],
  ["replicas of an edition without", "replicas", { database: { engine: "sqlserver-se" }, replicas: { count: 1 } }],
  ["too many replicas", "replicas.count", { replicas: { count: 6 } }],
  [
    "replicas of a class that the engine has not",
    "replicas.instanceClass",
    { database: { engine: "oracle-ee" }, replicas: { instanceClass: "db.m7g.large" } },
  ],
];

describe("the settings of backups, restores and replicas", () => {
  it("are taken, and complete", async () => {
    const { backups, replicas } = await read({
      replicas: { count: 2 },
      backups: { crossRegion: { region: "eu-central-1" }, plan: { lock: {} } },
    });

    assert.deepEqual(replicas, { count: 2 });
    assert.deepEqual(backups, {
      crossRegion: { region: "eu-central-1", retentionDays: 14 },
      plan: { retentionDays: 35, lock: { mode: "governance", minRetentionDays: 7, graceDays: 3 } },
    });
  });

  it("are absent when they say nothing", async () => {
    const settings = await read({ replicas: {}, backups: {} });

    assert.deepEqual(["replicas" in settings, "backups" in settings], [false, false]);
  });

  it("take a snapshot by its name, RDS's own or its ARN, and a point in time", async () => {
    const arn = "arn:aws:rds:eu-west-1:111122223333:snapshot:before";
    for (const snapshot of ["before", "rds:orders-2026-03-01-03-04", arn]) await read(restored({ snapshot }));
    await read(restored(POINT));
    await read(restored({ ...POINT, time: "latest" }));
    await read({ database: { updates: "blue-green", masterPassword: "generated" } });
  });

  for (const [what, key, file] of refused) {
    it(`refuse ${what}, and nothing else`, async () => {
      const without = JSON.parse(JSON.stringify(file)) as File;

      assert.deepEqual(settingsIn(await refusal(without)), [key]);
    });
  }
});
