import assert from "node:assert/strict";
import fc from "fast-check";
import { type FlowLogKeyParts, flowLogKey, KEY_LAYOUTS } from "../../../sandbox/traffic/object-keys";

const FILE = "123456789012_vpcflowlogs_eu-west-1_fl-0a1b2c3d_20260102T0305Z_9f3c1d2e";

function keyParts(parts: Partial<FlowLogKeyParts> = {}): FlowLogKeyParts {
  return {
    account: "123456789012",
    region: "eu-west-1",
    flowLogId: "fl-0a1b2c3d",
    time: new Date("2026-01-02T03:07:41.500Z"),
    layout: "default",
    hash: "9f3c1d2e",
    ...parts,
  };
}

describe("a flow log object's key", () => {
  const layouts = {
    default: "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/01/02/",
    hourly: "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/01/02/03/",
    hive: "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=02/",
    "hive-hourly":
      "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=02/hour=03/",
  };
  for (const layout of KEY_LAYOUTS) {
    it(`has AWS's folders in the ${layout} layout`, () => {
      assert.equal(flowLogKey(keyParts({ layout })), `${layouts[layout]}${FILE}.log.gz`);
    });
  }

  it("begins with the prefix, with or without slashes around it", () => {
    for (const prefix of ["db/flows", "/db/flows/", "db/flows/"]) {
      assert.equal(flowLogKey(keyParts({ prefix })), `db/flows/${layouts.default}${FILE}.log.gz`);
    }
    assert.equal(flowLogKey(keyParts({ prefix: "" })), `${layouts.default}${FILE}.log.gz`);
  });

  it("ends as the file format does", () => {
    assert.ok(flowLogKey(keyParts({ extension: "log.parquet" })).endsWith(`${FILE}.log.parquet`));
  });

  it("keeps a region of four parts whole", () => {
    const key = flowLogKey(keyParts({ region: "us-gov-west-1" }));

    assert.ok(key.startsWith("AWSLogs/123456789012/vpcflowlogs/us-gov-west-1/2026/01/02/"));
    assert.ok(key.includes("_vpcflowlogs_us-gov-west-1_fl-0a1b2c3d_"));
  });

  it("names the five minutes in UTC that the time falls into, midnight and new year included", () => {
    const times = {
      "2026-01-02T16:20:00Z": "2026/01/02/16/ 20260102T1620Z",
      "2026-01-02T16:24:59.999Z": "2026/01/02/16/ 20260102T1620Z",
      "2025-12-31T23:59:59Z": "2025/12/31/23/ 20251231T2355Z",
      "2026-01-01T00:30:00+01:00": "2025/12/31/23/ 20251231T2330Z",
    };
    for (const [time, expected] of Object.entries(times)) {
      const [folder, name] = expected.split(" ");
      const key = flowLogKey(keyParts({ layout: "hourly", time: new Date(time) }));
      assert.ok(key.includes(`/${folder}`) && key.includes(`_${name}_`), key);
    }
  });

  it("is a multiple of five minutes for every time", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("2099-12-31"), noInvalidDate: true }), (time) => {
        assert.match(flowLogKey(keyParts({ time })), /_\d{8}T\d\d[0-5][05]Z_9f3c1d2e\.log\.gz$/);
      }),
    );
  });
});
