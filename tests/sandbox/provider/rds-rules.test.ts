import assert from "node:assert/strict";
import fc from "fast-check";
import { getEngineVersion, resolveEngineVersion } from "../../../sandbox/aws/provider/rds/engine-versions";
import type { InstanceInputs } from "../../../sandbox/aws/provider/rds/instance-rules";
import { requireValidInstance } from "../../../sandbox/aws/provider/rds/instance-rules";
import { windowsOverlap } from "../../../sandbox/aws/provider/rds/windows";

const VALID: InstanceInputs = {
  identifier: "sightline-a1b2",
  engine: "postgres",
  engineVersion: "17",
  instanceClass: "db.m7g.large",
  username: "uabcdefghijkl",
  manageMasterUserPassword: true,
  allocatedStorage: 100,
  maxAllocatedStorage: 200,
  storageType: "gp3",
  storageEncrypted: true,
  backupRetentionPeriod: 14,
  backupWindow: "03:00-04:00",
  maintenanceWindow: "sat:00:00-sat:02:00",
};

describe("RDS instance rules", () => {
  it("takes a valid instance", () => {
    requireValidInstance(VALID);
  });

  const REFUSED: readonly (readonly [string, Partial<InstanceInputs>, RegExp])[] = [
    ["an upper-case identifier", { identifier: "Sightline" }, /identifier "Sightline"/],
    ["a double hyphen", { identifier: "a--b" }, /single hyphens/],
    ["an identifier over 63 characters", { identifier: "a".repeat(64) }, /up to 63/],
    ["a reserved master user", { username: "admin" }, /reserved word of postgres/],
    ["a reserved database name", { dbName: "rdsadmin" }, /not valid or reserved/],
    ["a password beside a managed one", { password: "long-enough" }, /got both/],
    ["storage under 20 GiB", { allocatedStorage: 10 }, /20 to 65536 GiB, got 10/],
    ["room to grow of less than 10%", { maxAllocatedStorage: 105 }, /at least 10% above/],
    ["IOPS on a small gp3 volume", { iops: 4000 }, /from 400 GiB/],
    ["a key without encryption", { kmsKeyId: "arn", storageEncrypted: false }, /needs storageEncrypted/],
    [
      "overlapping windows",
      { backupWindow: "01:00-03:00", maintenanceWindow: "sat:00:00-sat:02:00" },
      /must not overlap/,
    ],
    ["monitoring without a role", { monitoringInterval: 60 }, /monitoringRoleArn goes with/],
    [
      "an odd monitoring interval",
      { monitoringInterval: 42, monitoringRoleArn: "arn" },
      /1, 5, 10, 15, 30, 60, got 42/,
    ],
    ["a CA of the past", { caCertIdentifier: "rds-ca-2019" }, /there is no CA rds-ca-2019/],
    ["a log that PostgreSQL has not", { enabledCloudwatchLogsExports: ["slowquery"] }, /slowquery cannot be exported/],
    ["a version that does not exist", { engineVersion: "17.99" }, /cannot find version 17.99 for postgres/],
    ["an odd Performance Insights retention", { performanceInsightsRetentionPeriod: 30 }, /got 30/],
  ];
  for (const [what, inputs, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.throws(() => requireValidInstance({ ...VALID, ...inputs }), message);
    });
  }

  it("never shows the password it refuses", () => {
    const password = "contains@sign";
    const { manageMasterUserPassword: _, ...own } = VALID;

    assert.throws(
      () => requireValidInstance({ ...own, password }),
      (cause: Error) => /master password is not valid/.test(cause.message) && !cause.message.includes(password),
    );
  });
});

describe("RDS windows", () => {
  const ROWS = [
    ["03:00-04:00", "sat:00:00-sat:02:00", false],
    ["01:30-02:30", "sat:00:00-sat:02:00", true],
    ["23:30-00:30", "sun:00:00-sun:01:00", true],
    ["02:00-03:00", "sat:00:00-sat:02:00", false],
    ["12:00-13:00", "sat:23:00-mon:00:00", true],
  ] as const;
  for (const [daily, weekly, overlap] of ROWS) {
    it(`${daily} and ${weekly} ${overlap ? "overlap" : "do not overlap"}`, () => {
      assert.equal(windowsOverlap(daily, weekly), overlap);
    });
  }

  it("agrees with counting the minutes of a week", () => {
    const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    const time = (minute: number) =>
      `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    const minute = fc.integer({ min: 0, max: 1439 });
    const length = fc.integer({ min: 30, max: 600 });
    fc.assert(
      fc.property(minute, length, fc.integer({ min: 0, max: 10_079 }), length, (from, long, start, wide) => {
        const covered = new Set(Array.from({ length: wide }, (_each, at) => (start + at) % 10_080));
        const slow = days.some((_day, day) =>
          Array.from({ length: long }, (_each, at) => (day * 1440 + from + at) % 10_080).some((each) =>
            covered.has(each),
          ),
        );
        const at = (each: number) => `${days[Math.floor(each / 1440) % 7]}:${time(each % 1440)}`;

        const fast = windowsOverlap(
          `${time(from)}-${time((from + long) % 1440)}`,
          `${at(start)}-${at((start + wide) % 10_080)}`,
        );

        assert.equal(fast, slow);
      }),
      { numRuns: 50 },
    );
  });
});

describe("RDS engine versions", () => {
  it("makes the newest minor of a major version, and its family", () => {
    const { version, family } = resolveEngineVersion("postgres", "17");

    assert.match(version, /^17\.\d+$/);
    assert.equal(family, "postgres17");
  });

  it("takes the first preferred version that exists", async () => {
    const { version } = await getEngineVersion({ engine: "postgres", preferredVersions: ["17.99", "16.4"] });

    assert.equal(version, "16.4");
  });

  it("refuses an engine that RDS has not, and says what it knows", () => {
    assert.throws(() => resolveEngineVersion("postgresql", "17"), /cannot find version 17 for postgresql/);
    assert.throws(() => resolveEngineVersion("postgres", "9.6"), /the sandbox knows 14 \(/);
  });
});
