import assert from "node:assert/strict";
import { type EnforcementEnvironment, readConfig } from "../../../functions/enforcement/config";

const SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf";
const ENVIRONMENT: EnforcementEnvironment = {
  PCE_HOST: "pce.example.com",
  PCE_PORT: "8443",
  PCE_ORG_ID: "1",
  PCE_CREDENTIALS_SECRET_ARN: SECRET,
  PCE_REQUESTS_PER_MINUTE: "60",
  ENFORCE: "audit",
  EXTERNAL_DATA_SET: "rds-sightline/123456789012/eu-west-1/dev",
  EXTERNAL_DATA_REFERENCE: "database",
  DATABASE_GROUP_ID: "sg-0a1b",
  DATABASE_PORT: "5432",
  RULE_QUOTA: "60",
  RULE_OWNER: "rds-sightline-dev-enforcement",
  POWERTOOLS_SERVICE_NAME: "enforcement",
  POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
  POWERTOOLS_LOG_LEVEL: "INFO",
};

describe("the enforcement's configuration", () => {
  it("is read from the environment that the component sets, and is frozen", () => {
    const config = readConfig({ ...ENVIRONMENT });

    assert.deepEqual(config, {
      pce: { host: "pce.example.com", port: 8443, orgId: 1, credentialsSecretArn: SECRET, caFile: undefined },
      requestsPerMinute: 60,
      mode: "audit",
      identity: { externalDataSet: ENVIRONMENT.EXTERNAL_DATA_SET, externalDataReference: "database" },
      groupId: "sg-0a1b",
      port: 5432,
      quota: 60,
      owner: "rds-sightline-dev-enforcement",
    });
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.pce) && Object.isFrozen(config.identity));
  });

  it("reports every problem at once: what, got, allowed; and never takes a mode that it does not know for another", () => {
    const wrong = { ...ENVIRONMENT, ENFORCE: "On", RULE_QUOTA: "0", DATABASE_GROUP_ID: "sg", PCE_HOST: "" };

    assert.throws(() => readConfig(wrong), {
      name: "EnvironmentError",
      message:
        "4 problems in the function's environment: " +
        "PCE_HOST is missing: it must be a host name or address without scheme and port; " +
        'ENFORCE must be audit or on, got "On"; ' +
        'DATABASE_GROUP_ID must be the id of a security group, such as sg-0a1b, got "sg"; ' +
        'RULE_QUOTA must be a number of rules from 1 to 1000, got "0"',
    });
  });
});
