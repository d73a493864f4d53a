import assert from "node:assert/strict";
import { read, refusal, settingsIn } from "../support/stack-settings";

// everything that one key accepts and refuses, by its place in the file
const values: readonly { key: string; good: readonly unknown[]; bad: readonly unknown[] }[] = [
  {
    key: "network.cidr",
    good: ["172.16.0.0/16", "192.168.4.0/24"],
    bad: ["8.8.0.0/16", "10.0.0.0/8", "10.0.0.0/25", "172.32.0.0/16", "10.0.0.0", 10],
  },
  { key: "network.zones", good: [["d", "a", "c", "b"]], bad: [["a", "a"], ["a", "e"], [], "ab"] },
  { key: "network.nat", good: ["single", "per-zone"], bad: ["true", true] },
  { key: "database.engine", good: ["postgres", "mysql", "mariadb"], bad: ["oracle", "aurora-postgresql"] },
  { key: "database.engineVersion", good: ["14", 16, "18"], bad: ["13", "17.4", "17.", "latest", 16.1] },
  {
    key: "database.instanceClass",
    good: ["db.t3.micro", "db.t4g.micro", "db.r6gd.16xlarge", "db.m8g.large", "db.x2iedn.32xlarge", "db.m6idn.xlarge"],
    bad: ["m7g.large", "db.t2.micro", "db.m4.large", "db.z1d.large", "db.m77g.large", "db.m7g", "db.m7g.larg"],
  },
  { key: "database.name", good: ["App_1"], bad: ["1app", "my-app", "", "a".repeat(64)] },
  { key: "database.port", good: [1150, 65535], bad: [1149, 65536, 5432.5, "5432"] },
  { key: "database.backupRetentionDays", good: [7, 35], bad: [6, 36, 0] },
  {
    key: "database.backupWindow",
    good: ["22:30-23:00"],
    bad: ["03:00-03:29", "3:00-4:00", "24:00-01:00", "03:00", "03:00-03:00"],
  },
  {
    key: "database.maintenanceWindow",
    good: ["sun:23:00-mon:01:00"],
    bad: ["Sat:00:00-Sat:02:00", "sat:00:00-sat:00:10", "sat:00:00-sun:00:00", "sat:00:00"],
  },
  { key: "database.monitoringIntervalSeconds", good: [1, 15], bad: [0, 2] },
  { key: "database.performanceInsightsRetentionDays", good: [31, 713, 731], bad: [0, 8, 30, 730, 744] },
  { key: "database.caCertificate", good: ["rds-ca-ecc384-g1"], bad: ["rds-ca-2019"] },
  {
    key: "database.parameters",
    good: [{ work_mem: "4096", "rds.force_ssl": 1 }],
    bad: [{ "Work Mem": "1" }, { work_mem: true }, []],
  },
  { key: "flowLogs.aggregationSeconds", good: [600], bad: [300, "60"] },
  { key: "flowLogs.destination", good: ["cloud-watch-logs"], bad: ["cloudwatch", "S3", true] },
  { key: "flowLogs.retentionDays", good: [1], bad: [0, 3651] },
  { key: "forwarder.maximumConcurrency", good: [2, 1000], bad: [1, 1001] },
  { key: "forwarder.timeoutSeconds", good: [30, 900], bad: [29, 901] },
  { key: "forwarder.logLevel", good: ["DEBUG"], bad: ["debug", "TRACE"] },
  { key: "alarms.emails", good: [["a@example.com"]], bad: [["a"], "a@example.com"] },
  { key: "audit.trail", good: ["own"], bad: ["existing ", true, "all"] },
  { key: "audit.trailRetentionDays", good: [1, 3650], bad: [0, 3651] },
  {
    key: "audit.knownCidrs",
    good: [[], ["10.8.0.0/16", "203.0.113.7/32"]],
    bad: [["10.8.0.1/16"], ["::/0"], "10.8.0.0/16", Array.from({ length: 17 }, (_, at) => `10.${at}.0.0/16`)],
  },
  { key: "audit.failedLogins", good: [1, 10000], bad: [0, "10"] },
  { key: "audit.dashboard", good: [false], bad: ["no"] },
  { key: "audit.securityHub", good: [true], bad: ["true"] },
  { key: "audit.guardDuty", good: [true], bad: [1] },
  { key: "exceptions.keepAuditTrail", good: ["a throwaway stack"], bad: ["because"] },
  { key: "exceptions.openFrontDoor", good: ["a demonstration"], bad: ["because", true] },
  { key: "exceptions.frontDoorDeletionProtection", good: ["it is being removed"], bad: [""] },
  { key: "exceptions.finalSnapshot", good: ["ten letters"], bad: ["because", true, "          "] },
  { key: "logRetentionDays", good: [1, 3653], bad: [0, 2, 366, "a year"] },
  {
    key: "tags",
    good: [{ "cost centre": "4711" }],
    bad: [{ "aws:team": "x" }, { team: 1 }, { "": "x" }, { "a?": "x" }, { a: "x".repeat(257) }],
  },
];

describe("a stack file", () => {
  for (const { key, good, bad } of values) {
    const [section = "", field] = key.split(".");
    const file = (value: unknown) => ({ [section]: field === undefined ? value : { [field]: value } });

    it(`is refused for what ${key} cannot be, and for nothing else`, async () => {
      for (const value of good) await read(file(value));
      for (const value of bad) assert.deepEqual(settingsIn(await refusal(file(value))), [key], JSON.stringify(value));
    });
  }

  it("is refused for a database name that PostgreSQL or RDS keeps for itself", async () => {
    const taken = ["postgres", "rdsadmin", "template0", "template1", "db", "User", "SELECT", "verbose", "window"];

    for (const name of taken) {
      assert.deepEqual(settingsIn(await refusal({ database: { name } })), ["database.name"], name);
    }
    for (const name of ["app", "users", "selected", "db1", "value"]) await read({ database: { name } });
  });

  it("is told why a minor version is not for it to choose", async () => {
    const { problems } = await refusal({ database: { engineVersion: "17.4" } });

    assert.match(problems[0]?.do ?? "", /upgrades the minor one by itself/);
  });

  it("is refused for a flow log format without one of the ten fields, or with a field that doesn't exist", async () => {
    const { fields } = (await read()).flowLogs;

    await read({ flowLogs: { fields: [...fields, "vpc-id", "ecs-task-id"] } });
    for (const broken of [
      fields.filter((field) => field !== "tcp-flags"),
      [...fields, "srcaddr"],
      [...fields, "instance-tag"],
      [],
    ]) {
      assert.deepEqual(settingsIn(await refusal({ flowLogs: { fields: broken } })), ["flowLogs.fields"]);
    }
  });
});
