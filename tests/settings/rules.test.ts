import assert from "node:assert/strict";
import { read, refusal, settingsIn } from "../support/stack-settings";

describe("keys that contradict each other", () => {
  it("are refused for weakened TLS or keep-alives that come too late among the extra parameters", async () => {
    const error = await refusal({ database: { parameters: { "rds.force_ssl": "0", tcp_keepalives_idle: 7200 } } });

    assert.deepEqual(settingsIn(error), [
      "database.parameters.rds.force_ssl",
      "database.parameters.tcp_keepalives_idle",
    ]);
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
