import assert from "node:assert/strict";
import { type ForwarderEnvironment, readConfig } from "../../../functions/flow-forwarder/config";

const ENVIRONMENT: ForwarderEnvironment = {
  PCE_HOST: "pce.example.com",
  PCE_PORT: "8443",
  PCE_ORG_ID: "1",
  PCE_CREDENTIALS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf",
  SERVICE_PORTS: "5432",
  SEND_REJECTED: "false",
  QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs",
  PCE_REQUESTS_PER_MINUTE: "80",
  BACKFILL_REQUESTS_PER_MINUTE: "0.5",
  RESEND_AFTER_SECONDS: "3600",
  MAX_INFLATED_MB: "8192",
  MAX_INFLATION_RATIO: "200",
  POWERTOOLS_SERVICE_NAME: "flow-forwarder",
  POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
  POWERTOOLS_LOG_LEVEL: "INFO",
};

describe("forwarder configuration", () => {
  it("reads the environment that the component sets", () => {
    assert.deepEqual(readConfig({ ...ENVIRONMENT, PCE_CA_FILE: "pce-ca.pem", SERVICE_PORTS: "5432, 3306" }), {
      pce: {
        host: "pce.example.com",
        port: 8443,
        orgId: 1,
        credentialsSecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf",
        caFile: "pce-ca.pem",
      },
      servicePorts: [5432, 3306],
      sendRejected: false,
      queueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs",
      requestsPerMinute: 80,
      backfillRequestsPerMinute: 0.5,
      resendAfterMs: 3_600_000,
      limits: { maxBytes: 8 * 2 ** 30, maxRatio: 200 },
      quarantineBucket: undefined,
      format: undefined,
      logGroup: undefined,
    });
  });

  it("reads what only some stacks set", () => {
    const { quarantineBucket, format, logGroup } = readConfig({
      ...ENVIRONMENT,
      QUARANTINE_BUCKET: "flow-logs",
      FLOW_LOG_FORMAT: "version  srcaddr dstaddr",
      FLOW_LOG_GROUP: "/sightline/flows",
    });

    assert.deepEqual(
      { quarantineBucket, format, logGroup },
      {
        quarantineBucket: "flow-logs",
        format: ["version", "srcaddr", "dstaddr"],
        logGroup: "/sightline/flows",
      },
    );
  });

  it("takes public CAs when there is no CA file, and is frozen", () => {
    const config = readConfig({ ...ENVIRONMENT });

    assert.equal(config.pce.caFile, undefined);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.pce) && Object.isFrozen(config.servicePorts));
  });

  it("reports every problem at once: what, got, allowed", () => {
    assert.throws(
      () =>
        readConfig({
          PCE_HOST: "https://pce.example.com",
          PCE_PORT: "0",
          PCE_CREDENTIALS_SECRET_ARN: "pce",
          PCE_CA_FILE: "../ca.pem",
          SERVICE_PORTS: "5432,",
          SEND_REJECTED: "yes",
          QUEUE_URL: "flow-logs",
          PCE_REQUESTS_PER_MINUTE: "0",
          BACKFILL_REQUESTS_PER_MINUTE: "many",
          RESEND_AFTER_SECONDS: "3600",
          MAX_INFLATED_MB: "8192",
          MAX_INFLATION_RATIO: "0",
        }),
      {
        name: "EnvironmentError",
        message:
          "11 problems in the function's environment: " +
          'PCE_HOST must be a host name or address without scheme and port, got "https://pce.example.com"; ' +
          'PCE_PORT must be a port from 1 to 65535, got "0"; ' +
          "PCE_ORG_ID is missing: it must be a number from 1; " +
          'PCE_CREDENTIALS_SECRET_ARN must be the ARN of a Secrets Manager secret, got "pce"; ' +
          'PCE_CA_FILE must be the name of a file in the code package, without a folder, got "../ca.pem"; ' +
          'SERVICE_PORTS must be ports separated by commas, such as 5432,3306, got "5432,"; ' +
          'SEND_REJECTED must be true or false, got "yes"; ' +
          'QUEUE_URL must be the URL of an SQS queue, got "flow-logs"; ' +
          'PCE_REQUESTS_PER_MINUTE must be a number above 0, such as 100 or 0.5, got "0"; ' +
          'BACKFILL_REQUESTS_PER_MINUTE must be a number above 0, such as 100 or 0.5, got "many"; ' +
          'MAX_INFLATION_RATIO must be a number from 1, got "0"',
      },
    );
  });
});
