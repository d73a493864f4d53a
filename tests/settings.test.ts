import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { MAX_STACK_NAME_LENGTH } from "../settings";
import { type Problem, SettingsError } from "../settings/problems";
import { settingsSchema } from "../settings/schema";
import { NAMESPACE, PCE, read, refusal, settingsIn } from "./support/stack-settings";

interface StackFile {
  readonly config?: Readonly<Record<string, unknown>>;
}

const stackFile = (name: string): StackFile => parse(readFileSync(join(__dirname, "..", name), "utf8"));

describe("the settings of a stack", () => {
  it("are complete without a single key", async () => {
    const settings = await read();

    assert.deepEqual(settings.network, { cidr: "10.0.0.0/16", zones: ["a", "b"], nat: "none" });
    assert.equal(settings.database.backupRetentionDays, 14);
    assert.equal(settings.logRetentionDays, 365);
    assert.equal("pce" in settings, false);
    assert.equal("frontDoor" in settings, false);
    assert.equal("backfill" in settings, false);
  });

  it("have the defaults that Pulumi.yaml declares, for every key that Pulumi.yaml declares", () => {
    const declared = Object.entries(stackFile("Pulumi.yaml").config ?? {}) as [
      string,
      { default: unknown; type: string; description: string },
    ][];
    const { databaseUsers, pce, frontDoor, backfill, illumio, workloadSync, ...defaults } = settingsSchema.parse({});

    assert.deepEqual([databaseUsers, pce, frontDoor, backfill, illumio, workloadSync], Array(6).fill(undefined));
    assert.deepEqual(Object.fromEntries(declared.map(([key, { default: value }]) => [key, value])), {
      ...defaults,
      pce: {},
      pceApiSecret: "",
      frontDoor: {},
      backfill: {},
      illumio: {},
      workloadSync: {},
      databaseUsers: {},
    });
    assert.deepEqual(
      declared.map(([key]) => key).sort(),
      [...Object.keys(settingsSchema.shape), "pceApiSecret"].sort(),
    );
    for (const [key, { type, description }] of declared) assert.ok(type !== "" && description.length > 20, key);
  });

  it("take the defaults of Pulumi.yaml as the engine hands them over, the empty ones as absent", async () => {
    const declared = Object.entries(stackFile("Pulumi.yaml").config ?? {}) as [string, { default: unknown }][];

    const settings = await read(Object.fromEntries(declared.map(([key, { default: value }]) => [key, value])));

    assert.deepEqual(settings, await read());
  });

  it("of the stack dev pass as they stand, and hold no secret", async () => {
    const { config = {} } = stackFile("Pulumi.dev.yaml");
    const ours = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE));

    const settings = await read(Object.fromEntries(ours.map(([key, value]) => [key.slice(NAMESPACE.length), value])));

    assert.equal(settings.pce, undefined);
    assert.ok("aws:region" in config);
    assert.doesNotMatch(JSON.stringify(config), /secure|secret|password/i);
  });

  it("let the stack's value win over each default, one key at a time", async () => {
    const settings = await read({
      network: { zones: ["c", "a"] },
      database: { storageGb: 30, maxStorageGb: 30, parameters: { work_mem: 65536 } },
      flowLogs: { partitions: { hive: true } },
      forwarder: { sendRejected: true },
      logRetentionDays: 30,
      exceptions: { multiAz: "a stack for trying things out" },
      tags: { team: "payments" },
    });

    assert.deepEqual(settings.network, { cidr: "10.0.0.0/16", zones: ["c", "a"], nat: "none" });
    assert.deepEqual(
      [settings.database.storageGb, settings.database.maxStorageGb, settings.database.port],
      [30, 30, 5432],
    );
    assert.deepEqual(settings.database.parameters, { work_mem: "65536" });
    assert.deepEqual(settings.flowLogs.partitions, { hive: true, hourly: false });
    assert.equal(settings.forwarder.sendRejected, true);
    assert.equal(settings.logRetentionDays, 30);
    assert.deepEqual(settings.exceptions, { multiAz: "a stack for trying things out" });
    assert.deepEqual(settings.tags, { team: "payments" });
  });

  it("are frozen through and through", async () => {
    const frontDoor = { exposure: "public", allowedCidrs: ["203.0.113.0/24"] };
    const settings = await read({ pce: PCE, frontDoor, backfill: { concurrency: 1 } });

    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    assert.ok(frozen(settings));
  });

  it("read an engine version that YAML took for a whole number", async () => {
    assert.equal((await read({ database: { engineVersion: 16 } })).database.engineVersion, "16");
    assert.equal((await read({ database: { engineVersion: "16" } })).database.engineVersion, "16");
  });
});

describe("a stack file with mistakes", () => {
  it("is refused with all of them at once: values, keys, contradictions, the stack's name", async () => {
    const error = await refusal(
      {
        network: { cidr: "10.0.1.0/16", zones: ["a"], zone: ["b"] },
        databse: {},
        database: { storageGb: 100, maxStorageGb: 90, port: "5432" },
        pce: { host: "pce", caCertificate: "none" },
        forwarder: { inVpc: true },
        frontDoor: { port: 0, allowedCidrs: ["::/0", "0.0.0.0/0"], syncInVpc: true },
        tags: "team=payments",
      },
      { stack: "Dev" },
    );

    assert.deepEqual(settingsIn(error), [
      "the stack's name",
      "databse",
      "network.cidr",
      "network.zones",
      "network.zone",
      "database.port",
      "frontDoor.port",
      "pce.caCertificate",
      "tags",
      "database.maxStorageGb",
      "forwarder.inVpc",
      "pce.cidrs",
      "pce.credentialsSecretArn",
      "frontDoor.exposure",
      "frontDoor.allowedCidrs",
      "frontDoor.allowedCidrs",
      "frontDoor.syncInVpc",
    ]);
    assert.match(error.message, /^17 problems in the settings of stack Dev:\n/);
  });

  it("gets for each what, got, allowed, do", async () => {
    const error = await refusal({ network: { cidr: "10.0.1.0/16" } });

    const expected: Problem = {
      what: "rds-sightline:network.cidr",
      got: '"10.0.1.0/16"',
      allowed: "a private IPv4 network from /16 to /24, written by its first address",
      do: "that address lies inside 10.0.0.0/16: write 10.0.0.0/16 if you mean it",
    };
    assert.deepEqual(error.problems, [expected]);
    assert.equal(
      error.message,
      [
        "1 problem in the settings of stack dev:",
        "",
        `  ${expected.what}`,
        `    got      ${expected.got}`,
        `    allowed  ${expected.allowed}`,
        `    do       ${expected.do}`,
      ].join("\n"),
    );
  });

  it("is told the key that it most likely means", async () => {
    const error = await refusal({
      netwrok: {},
      flowLogs: { partitions: { hvie: true } },
      exceptions: { backups: "we like to live" },
    });

    assert.deepEqual(
      error.problems.map((problem) => problem.do),
      ["write network, if that is what you mean", "write hive, if that is what you mean", "remove it"],
    );
  });

  it("may hold broken JSON, lists for objects or null without hiding the rest", async () => {
    const error = await refusal({ network: '{"zones": ["a"', database: [], alarms: null, forwarder: { memoryMb: 1 } });

    assert.deepEqual(settingsIn(error), ["network", "database", "forwarder.memoryMb", "alarms"]);
    assert.match(error.message, /an object of the keys cidr, zones, nat/);
  });

  it("is refused for a stack name that would not fit into the names of resources", async () => {
    const longest = "a".repeat(MAX_STACK_NAME_LENGTH);
    for (const stack of ["a", "dev-2", longest]) await read({}, { stack });
    for (const stack of [`${longest}a`, "Dev", "2dev", "dev-", "a--b", "dev_1"]) {
      assert.deepEqual(settingsIn(await refusal({}, { stack })), ["the stack's name"], stack);
    }
  });

  it("never crashes the reader, whatever JSON it holds", async () => {
    const sections = Object.keys(settingsSchema.shape);
    const fields = Object.values(settingsSchema.parse({ pce: {}, frontDoor: {}, backfill: {} })).flatMap((value) =>
      typeof value === "object" ? Object.keys(value) : [],
    );
    const section = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue());
    const file = fc.dictionary(fc.constantFrom(...sections), fc.oneof(fc.jsonValue(), section));
    await fc.assert(
      fc.asyncProperty(file, async (keys) => {
        try {
          await read(keys);
        } catch (error) {
          assert.ok(error instanceof SettingsError, String(error));
        }
      }),
      { numRuns: 200 },
    );
  });
});
