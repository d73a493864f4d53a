import assert from "node:assert/strict";
import { type ForwarderEnvironment, readConfig } from "../../../functions/flow-forwarder/config";

const ENVIRONMENT: ForwarderEnvironment = {
  PCE_HOST: "pce.example.com",
  PCE_PORT: "8443",
  PCE_ORG_ID: "1",
  PCE_CREDENTIALS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf",
  SERVICE_PORTS: "5432",
  SEND_REJECTED: "false",
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
    });
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
        }),
      {
        name: "EnvironmentError",
        message:
          "7 problems in the function's environment: " +
          'PCE_HOST must be a host name or address without scheme and port, got "https://pce.example.com"; ' +
          'PCE_PORT must be a port from 1 to 65535, got "0"; ' +
          "PCE_ORG_ID is missing: it must be a number from 1; " +
          'PCE_CREDENTIALS_SECRET_ARN must be the ARN of a Secrets Manager secret, got "pce"; ' +
          'SERVICE_PORTS must be ports separated by commas, such as 5432,3306, got "5432,"; ' +
          'SEND_REJECTED must be true or false, got "yes"; ' +
          'PCE_CA_FILE must be the name of a file in the code package, without a folder, got "../ca.pem"',
      },
    );
  });
});
