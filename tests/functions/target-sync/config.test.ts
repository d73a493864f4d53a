import assert from "node:assert/strict";
import { readConfig, type TargetSyncEnvironment } from "../../../functions/target-sync/config";

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/db/73e2d6bc24d8a067";
const ENVIRONMENT: TargetSyncEnvironment = {
  ENDPOINT: "db.abc.eu-west-1.rds.amazonaws.com",
  TARGET_PORT: "5432",
  TARGET_GROUP_ARN: ARN,
  ADDRESS_FAMILY: "ipv4",
  DATABASE_SUBNET_IDS: "subnet-0a1b, subnet-2c3d",
  DATABASE_GROUP_ID: "sg-0a1b",
  POWERTOOLS_SERVICE_NAME: "target-sync",
  POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
  POWERTOOLS_LOG_LEVEL: "INFO",
};

describe("target sync configuration", () => {
  it("reads the environment that the component sets, and is frozen", () => {
    const config = readConfig({ ...ENVIRONMENT });

    assert.deepEqual(config, {
      endpoint: "db.abc.eu-west-1.rds.amazonaws.com",
      targetPort: 5432,
      targetGroupArn: ARN,
      addressFamily: "ipv4",
      subnetIds: ["subnet-0a1b", "subnet-2c3d"],
      groupId: "sg-0a1b",
    });
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.subnetIds));
  });

  it("reports every problem at once: what, got, allowed", () => {
    assert.throws(
      () =>
        readConfig({
          ENDPOINT: "10.0.20.7",
          TARGET_PORT: "65536",
          TARGET_GROUP_ARN: "db",
          ADDRESS_FAMILY: "IPv4",
          DATABASE_SUBNET_IDS: "subnet-0a1b,",
        }),
      {
        name: "EnvironmentError",
        message:
          "6 problems in the function's environment: " +
          'ENDPOINT must be the name of the database\'s endpoint, got "10.0.20.7"; ' +
          'TARGET_PORT must be a port from 1 to 65535, got "65536"; ' +
          'TARGET_GROUP_ARN must be the ARN of a target group, got "db"; ' +
          'ADDRESS_FAMILY must be ipv4 or ipv6, got "IPv4"; ' +
          'DATABASE_SUBNET_IDS must be ids of subnets separated by commas, such as subnet-0a1b,subnet-2c3d, got "subnet-0a1b,"; ' +
          "DATABASE_GROUP_ID is missing: it must be the id of a security group, such as sg-0a1b",
      },
    );
  });
});
