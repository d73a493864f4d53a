import assert from "node:assert/strict";
import { ENGINE_NAMES, type EngineName, engineNamed } from "../../components/engines/engines";
import { read, refusal, settingsIn } from "../support/stack-settings";

const WITHOUT_STANDBY = { multiAz: "Express has no standby" };

/** A stack file of one engine; Express gets the exception that it needs. */
const file = (engine: EngineName, more: Readonly<Record<string, unknown>> = {}) => ({
  database: { engine, ...more },
  ...(engine === "sqlserver-ex" && { exceptions: WITHOUT_STANDBY }),
});

// by key: what engines take of it and what they don't
const cases: readonly { engine: EngineName; key: string; good: readonly unknown[]; bad: readonly unknown[] }[] = [
  { engine: "mysql", key: "engineVersion", good: ["8.4", 8.4], bad: ["8.0", "5.7", "17", "8.4.7"] },
  { engine: "mariadb", key: "engineVersion", good: ["10.11", 11.4, "11.8"], bad: ["10.6", "8.4"] },
  { engine: "sqlserver-se", key: "engineVersion", good: ["15.00", "16.00"], bad: ["2022", "14.00", 16] },
  { engine: "oracle-ee", key: "engineVersion", good: ["19", 19], bad: ["21", "19.0"] },
  { engine: "oracle-ee-cdb", key: "engineVersion", good: [19, 21], bad: ["12"] },
  { engine: "oracle-se2", key: "instanceClass", good: ["db.z1d.large", "db.t3.medium"], bad: ["db.m7g.large"] },
  { engine: "sqlserver-ex", key: "instanceClass", good: ["db.t3.small"], bad: ["db.m6i.large", "db.t4g.medium"] },
  { engine: "mysql", key: "instanceClass", good: ["db.t4g.medium"], bad: ["db.t4g.micro", "db.t3.small"] },
  { engine: "mysql", key: "name", good: ["App_1"], bad: ["mysql", "1app", "a".repeat(65)] },
  { engine: "oracle-ee", key: "name", good: ["ORCL"], bad: ["app", "SYSTEM", "TOOLONGNAME", "A_B"] },
  { engine: "sqlserver-web", key: "name", good: [], bad: ["app"] },
  { engine: "oracle-se2", key: "port", good: [2484, 1522], bad: [1521] },
  { engine: "oracle-se2", key: "license", good: ["license-included", "bring-your-own-license"], bad: ["free"] },
  { engine: "oracle-ee", key: "license", good: ["bring-your-own-license"], bad: ["license-included"] },
  { engine: "sqlserver-se", key: "license", good: ["license-included"], bad: ["bring-your-own-license"] },
  { engine: "postgres", key: "license", good: [], bad: ["license-included"] },
  { engine: "oracle-ee", key: "characterSet", good: ["WE8ISO8859P15"], bad: ["utf-8", ""] },
  { engine: "sqlserver-se", key: "characterSet", good: ["Latin1_General_CI_AS"], bad: ["Latin 1"] },
  { engine: "mariadb", key: "characterSet", good: [], bad: ["utf8mb4"] },
  { engine: "oracle-ee", key: "tde", good: [true, false], bad: ["yes"] },
  { engine: "oracle-se2", key: "tde", good: [false], bad: [true] },
  { engine: "sqlserver-web", key: "tde", good: [false], bad: [true] },
  { engine: "postgres", key: "tde", good: [false], bad: [true] },
];

describe("the settings of an engine", () => {
  for (const engine of ENGINE_NAMES) {
    it(`are complete with its name alone: ${engine}`, async () => {
      const { database } = await read(file(engine));
      const { versions, instanceClass, port, databaseName, licenses } = engineNamed(engine);

      assert.deepEqual(
        [database.engineVersion, database.instanceClass, database.port, database.name, database.license],
        [versions.byDefault, instanceClass.byDefault, port, databaseName?.byDefault, licenses?.byDefault],
      );
    });
  }

  for (const { engine, key, good, bad } of cases) {
    it(`are refused for what database.${key} cannot be with ${engine}, and for nothing else`, async () => {
      for (const value of good) await read(file(engine, { [key]: value }));
      for (const value of bad) {
        const error = await refusal(file(engine, { [key]: value }));
        assert.deepEqual(settingsIn(error), [`database.${key}`], JSON.stringify(value));
      }
    });
  }

  it("name the engines that can what this one can't", async () => {
    const { problems } = await refusal(file("mysql", { tde: true }));

    assert.equal(problems[0]?.got, "true with MySQL");
    assert.match(problems[0]?.allowed ?? "", /sqlserver-ee, sqlserver-se, oracle-ee, oracle-ee-cdb$/);
  });

  it("ask Express for the reason why it has no standby", async () => {
    const { problems } = await refusal({ database: { engine: "sqlserver-ex" } });

    assert.deepEqual(
      problems.map(({ what }) => what),
      ["rds-sightline:database.engine"],
    );
    assert.match(problems[0]?.do ?? "", /exceptions\.multiAz/);
  });

  it("take the engine's own parameters in its own spelling, and keep the protected ones", async () => {
    await read(file("sqlserver-se", { parameters: { "max server memory (mb)": 4096 } }));
    await read(file("mysql", { parameters: { require_secure_transport: "ON", max_connections: 500 } }));

    const weak: [EngineName, string, unknown][] = [
      ["mysql", "require_secure_transport", "0"],
      ["mariadb", "require_secure_transport", "OFF"],
      ["sqlserver-ee", "rds.force_ssl", 0],
      ["sqlserver-ee", "rds.tls10", "enabled"],
      ["oracle-ee", "audit_trail", "none"],
      ["postgres", "max server memory (mb)", 1],
    ];
    for (const [engine, parameter, value] of weak) {
      const error = await refusal(file(engine, { parameters: { [parameter]: value } }));
      assert.deepEqual(settingsIn(error), [`database.parameters.${parameter}`]);
    }
  });
});
