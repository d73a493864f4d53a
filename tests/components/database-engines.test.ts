import assert from "node:assert/strict";
import { ENGINE_NAMES, type EngineName } from "../../components/engines/engines";
import { requireValidInstance } from "../../sandbox/aws/provider/rds/instance-rules";
import type { DatabaseSettings } from "../../settings";
import { databaseSchema } from "../../settings/database-schema";
import { INSTANCE, recordDatabase } from "../support/database";

const OPTION_GROUP = "aws:rds/optionGroup:OptionGroup";
const EXPRESS = { multiAz: "Express has no standby" };

/** A database of this engine, with its own defaults. */
const recordEngine = (engine: EngineName, more: Partial<DatabaseSettings> = {}) =>
  recordDatabase(
    { ...databaseSchema.parse({ engine }), name: undefined, ...named(engine), ...more } as Partial<DatabaseSettings>,
    engine === "sqlserver-ex" ? EXPRESS : {},
  );

const named = (engine: EngineName) => {
  const { name } = databaseSchema.parse({ engine });
  return name === undefined ? {} : { name };
};

describe("a database of each engine", () => {
  for (const engine of ENGINE_NAMES) {
    for (const masterPassword of ["managed", "generated"] as const) {
      it(`is what RDS takes: ${engine}, with a ${masterPassword} password`, async () => {
        const made = await recordEngine(engine, { masterPassword });

        requireValidInstance(made.one(INSTANCE).inputs as never);
      });
    }
  }

  it("says nothing that its engine doesn't have", async () => {
    const has = async (engine: EngineName, ...keys: string[]) => {
      const { inputs } = (await recordEngine(engine)).one(INSTANCE);
      return keys.filter((key) => inputs[key] !== undefined);
    };
    const keys = ["dbName", "licenseModel", "iamDatabaseAuthenticationEnabled", "engineLifecycleSupport"];

    assert.deepEqual(await has("postgres", ...keys, "optionGroupName"), [
      "dbName",
      "iamDatabaseAuthenticationEnabled",
      "engineLifecycleSupport",
    ]);
    assert.deepEqual(await has("mariadb", ...keys), ["dbName", "iamDatabaseAuthenticationEnabled"]);
    assert.deepEqual(await has("sqlserver-se", ...keys), ["licenseModel"]);
    assert.deepEqual(await has("oracle-se2", ...keys), ["dbName", "licenseModel"]);
  });
});

describe("a database's option group", () => {
  it("is not there where no option is needed", async () => {
    for (const engine of ["postgres", "sqlserver-ee"] as const) {
      assert.deepEqual((await recordEngine(engine)).names(OPTION_GROUP), []);
    }
  });

  it("logs who comes and goes to MySQL and MariaDB, and no statement", async () => {
    const made = await recordEngine("mysql");

    const { optionGroupDescription: _, tags: __, ...inputs } = made.one(OPTION_GROUP).inputs;
    assert.deepEqual(inputs, {
      engineName: "mysql",
      majorEngineVersion: "8.4",
      options: [
        {
          optionName: "MARIADB_AUDIT_PLUGIN",
          optionSettings: [{ name: "SERVER_AUDIT_EVENTS", value: "CONNECT" }],
        },
      ],
      skipDestroy: true,
    });
    assert.equal(made.one(INSTANCE).inputs["optionGroupName"], "database-options-1a2b3c4");
  });

  it("opens TLS for Oracle behind the database's own rules, and the instance's port is another", async () => {
    const made = await recordEngine("oracle-ee", { tde: true });

    const [tls, tde] = made.one(OPTION_GROUP).inputs["options"] as Record<string, unknown>[];
    assert.equal(tls?.["port"], 2484);
    assert.deepEqual(tls?.["vpcSecurityGroupMemberships"], ["sg-database"]);
    assert.equal(tde?.["optionName"], "TDE");
    assert.equal(made.one(INSTANCE).inputs["port"], 1521);
  });

  it("goes with the stack when no snapshot is left that needs it", async () => {
    const gone = await recordDatabase({ ...databaseSchema.parse({ engine: "mysql" }) } as Partial<DatabaseSettings>, {
      finalSnapshot: "a throwaway stack",
    });

    assert.equal(gone.one(OPTION_GROUP).inputs["skipDestroy"], false);
  });
});
