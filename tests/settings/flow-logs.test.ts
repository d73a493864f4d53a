import assert from "node:assert/strict";
import { LOG_RETENTION_DAYS, MOST_FLOW_LOG_DAYS } from "../../settings/values";
import { PCE, read, refusal, settingsIn } from "../support/stack-settings";

const destination = "cloud-watch-logs";
const TO_A_BUCKET_ONLY: readonly (readonly [key: string, file: Readonly<Record<string, object>>])[] = [
  ["flowLogs.fileFormat", { flowLogs: { fileFormat: "parquet" } }],
  ["flowLogs.partitions.hive", { flowLogs: { partitions: { hive: true } } }],
  ["flowLogs.partitions.hourly", { flowLogs: { partitions: { hourly: true } } }],
  ["flowLogs.retentionDays", { flowLogs: { retentionDays: 100 } }],
  ["backfill", { pce: PCE, backfill: { concurrency: 2 } }],
  ["forwarder.quarantine", { forwarder: { quarantine: true } }],
];

describe("flow logs in CloudWatch Logs", () => {
  it("are what a stack file asks for, which needs no other key", async () => {
    assert.equal((await read()).flowLogs.destination, "s3");
    assert.equal((await read({ flowLogs: { destination } })).flowLogs.destination, destination);
  });

  for (const [key, file] of TO_A_BUCKET_ONLY) {
    it(`are refused with ${key}, which only a bucket can have`, async () => {
      await read(file);

      const error = await refusal({ ...file, flowLogs: { ...file["flowLogs"], destination } });

      assert.deepEqual(settingsIn(error), [key]);
      assert.match(error.problems[0]?.got ?? "", /^\S+ with flowLogs.destination cloud-watch-logs$/);
    });
  }

  it("are told everything that they can't have at once, and once where a value is wrong by itself", async () => {
    const partitions = { hive: true, hourly: true };
    const all = { destination, fileFormat: "parquet", partitions, retentionDays: 366 };

    assert.deepEqual(
      settingsIn(
        await refusal({ flowLogs: all, pce: PCE, backfill: { concurrency: 2 }, forwarder: { quarantine: true } }),
      ),
      [...TO_A_BUCKET_ONLY.map(([key]) => key)],
    );
    assert.deepEqual(settingsIn(await refusal({ flowLogs: { destination, retentionDays: 0 } })), [
      "flowLogs.retentionDays",
    ]);
    assert.deepEqual(settingsIn(await refusal({ flowLogs: { destination: "s4", fileFormat: "parquet" } })), [
      "flowLogs.destination",
    ]);
  });

  it("are kept as long as CloudWatch Logs can keep them, and no other number of days", async () => {
    for (const retentionDays of LOG_RETENTION_DAYS.filter((days) => days <= MOST_FLOW_LOG_DAYS)) {
      await read({ flowLogs: { destination, retentionDays } });
    }
    const { problems } = await refusal({ flowLogs: { destination, retentionDays: MOST_FLOW_LOG_DAYS } });
    assert.match(problems[0]?.allowed ?? "", /^one of 1, 3, 5, .*, 3288$/);
  });
});
