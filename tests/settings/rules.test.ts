import assert from "node:assert/strict";
import { POSTGRES } from "../../components/engines/postgres";
import { read, refusal, settingsIn } from "../support/stack-settings";

describe("keys that contradict each other", () => {
  it("are refused for every extra parameter that weakens the database, all in one error", async () => {
    const error = await refusal({
      database: {
        parameters: {
          "rds.force_ssl": "0",
          log_connections: 0,
          log_disconnections: "off",
          log_hostname: 1,
          tcp_keepalives_idle: 7200,
        },
      },
    });

    assert.deepEqual(
      settingsIn(error).sort(),
      POSTGRES.protectedParameters.map(({ name }) => `database.parameters.${name}`).sort(),
    );
    assert.deepEqual(settingsIn(error).length, 5);
    for (const { do: advice } of error.problems) assert.match(advice, /^remove it: ./);
  });

  it("are not the parameters that repeat what holds anyway, in the spelling of their version", async () => {
    const list = "receipt,authentication,authorization";
    const given = (engineVersion: string, log_connections: string) => ({
      database: { engineVersion, parameters: { log_connections, "rds.force_ssl": 1, tcp_keepalives_idle: 349 } },
    });

    await read(given("17", "1"));
    await read(given("18", list));
    assert.deepEqual(settingsIn(await refusal(given("17", list))), ["database.parameters.log_connections"]);
    assert.deepEqual(settingsIn(await refusal(given("18", "1"))), ["database.parameters.log_connections"]);
  });

  it("are refused for a storage ceiling that RDS would not take", async () => {
    for (const maxStorageGb of [99, 101, 109]) {
      assert.deepEqual(settingsIn(await refusal({ database: { storageGb: 100, maxStorageGb } })), [
        "database.maxStorageGb",
      ]);
    }
    for (const maxStorageGb of [100, 110]) await read({ database: { storageGb: 100, maxStorageGb } });
  });

  it("are refused for windows that share a minute, past midnight and past Sunday too", async () => {
    const clashes = [
      ["01:00-02:30", "sat:02:00-sat:03:00"],
      ["23:30-00:30", "wed:00:00-wed:01:00"],
      ["23:30-00:30", "mon:00:00-mon:00:30"],
      ["23:30-00:30", "sun:22:00-mon:00:10"],
      ["00:00-00:30", "sun:23:00-mon:00:10"],
    ];
    for (const [backupWindow, maintenanceWindow] of clashes) {
      assert.deepEqual(settingsIn(await refusal({ database: { backupWindow, maintenanceWindow } })), [
        "database.maintenanceWindow",
      ]);
    }
    await read({ database: { backupWindow: "02:00-02:30", maintenanceWindow: "sat:00:00-sat:02:00" } });
  });
});
