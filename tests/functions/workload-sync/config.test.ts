import assert from "node:assert/strict";
import { readConfig, type WorkloadSyncEnvironment } from "../../../functions/workload-sync/config";
import { readTrigger } from "../../../functions/workload-sync/trigger";

const GOOD: WorkloadSyncEnvironment = {
  PCE_HOST: "pce.example.com",
  PCE_PORT: "8443",
  PCE_ORG_ID: "1",
  PCE_CREDENTIALS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf",
  VPC_ID: "vpc-0a1b",
  EXTERNAL_DATA_SET: "rds-sightline/123456789012/eu-west-1/dev/workloads",
  LABELS: '{"env":{"tag":"env","default":"prod"}}',
  GRACE_SECONDS: "3600",
  PCE_REQUESTS_PER_MINUTE: "60",
  POWERTOOLS_SERVICE_NAME: "workload-sync",
  POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
  POWERTOOLS_LOG_LEVEL: "INFO",
};

describe("the workload sync's environment", () => {
  it("is read whole", () => {
    const { labels, graceMs, requestsPerMinute, vpcId } = readConfig({ ...GOOD });

    assert.deepEqual(
      [labels, graceMs, requestsPerMinute, vpcId],
      [{ env: { tag: "env", default: "prod" } }, 3_600_000, 60, "vpc-0a1b"],
    );
  });

  for (const [name, bad] of [
    ["PCE_HOST", "https://pce.example.com"],
    ["VPC_ID", "subnet-1"],
    ["EXTERNAL_DATA_SET", "rds-sightline/123456789012/eu-west-1/dev"],
    ["EXTERNAL_DATA_SET", "somebody-else/1/2/3/workloads"],
    ["LABELS", "[]"],
    ["LABELS", '{"role":"Role"}'],
    ["LABELS", '{"role":{"tag":"Role","default":1}}'],
    ["LABELS", "role=Role"],
    ["GRACE_SECONDS", "-1"],
    ["PCE_REQUESTS_PER_MINUTE", "0"],
  ] as const) {
    it(`is refused for ${name}=${bad}, with what was allowed`, () => {
      assert.throws(() => readConfig({ ...GOOD, [name]: bad }), {
        name: "EnvironmentError",
        message: new RegExp(`^1 problem .*${name} must be .*, got "`),
      });
    });
  }

  it("is refused with every variable that is missing", () => {
    assert.throws(() => readConfig({}), /^EnvironmentError: 9 problems/);
  });
});

describe("what starts a workload sync", () => {
  it("is an event by its time, anything else, or its own end", () => {
    const at = "2026-01-02T03:04:05Z";

    assert.deepEqual(readTrigger({ source: "aws.ec2", time: at }), { kind: "event", at: Date.parse(at) });
    assert.deepEqual(readTrigger({ trigger: "deploy", tf: { action: "delete", prev_input: {} } }), { kind: "removal" });
    for (const event of [{}, null, "x", { time: "soon" }, { trigger: "deploy", tf: { action: "update" } }]) {
      assert.deepEqual(readTrigger(event), { kind: "request" });
    }
  });

  it("is never a removal by what an event of somebody else's says", () => {
    assert.deepEqual(readTrigger({ source: "x", detail: { tf: { action: "delete" } } }), { kind: "request" });
    assert.deepEqual(readTrigger({ tf: { action: "delete" } }), { kind: "request" });
  });
});
