import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bundleFunction } from "../../../components/bundle";
import { promiseSmallQuietBundle, runBundle } from "../../support/bundle-promises";
import { type EnforcedPolicy, enforcedPolicy, IDENTITY, PORT } from "../../support/enforced-policy";

// what Lambda's runtime does, in few words: load the file, call the handler, write down what it returns or rejects with
const RUNTIME = `
const { writeFileSync } = require("node:fs");
const { handler } = require("./index.js");
const endMs = Date.now() + 30_000;
const context = { awsRequestId: "r-1", functionName: "enforcement", memoryLimitInMB: "256", invokedFunctionArn: "arn",
  getRemainingTimeInMillis: () => endMs - Date.now() };
handler({}, context).then((answer) => ({ answer }), ({ name, message }) => ({ name, message }))
  .then((end) => { writeFileSync("end.json", JSON.stringify(end)); process.exit(); });
`;

describe("the built enforcement", () => {
  let folder = "";
  let policy: EnforcedPolicy;
  let aws: Server;
  const calls: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "enforcement-"));
    writeFileSync(join(folder, "index.js"), bundleFunction("enforcement"));
    writeFileSync(join(folder, "runtime.js"), RUNTIME);
    policy = await enforcedPolicy();
    writeFileSync(join(folder, "pce-ca.pem"), policy.pce.caCertificate);
    await policy.workload("web", "10.0.0.1", "role=web");
    await policy.rule(policy.having("role=web"));
    await policy.provision();
    aws = createServer((request, response) => {
      void text(request).then((body) => {
        const isSecret = request.headers["x-amz-target"] === "secretsmanager.GetSecretValue";
        calls.push(isSecret ? "GetSecretValue" : (new URLSearchParams(body).get("Action") ?? "?"));
        const { apiKeyId, apiSecret } = policy.pce.credentials;
        const secret = JSON.stringify({ SecretString: JSON.stringify({ apiKeyId, apiSecret }) });
        response.end(
          isSecret
            ? secret
            : "<DescribeSecurityGroupRulesResponse><securityGroupRuleSet/></DescribeSecurityGroupRulesResponse>",
        );
      });
    }).listen(0, "127.0.0.1");
  });
  after(async () => {
    aws.close();
    await policy.close();
    rmSync(folder, { recursive: true });
  });

  promiseSmallQuietBundle(() => folder);

  it("reads the secret, the policy and the group's rules, says what is different, and keeps the key to itself", async () => {
    const child = runBundle(folder, `http://127.0.0.1:${(aws.address() as AddressInfo).port}`, {
      PCE_HOST: policy.pce.host,
      PCE_PORT: `${policy.pce.port}`,
      PCE_ORG_ID: "1",
      PCE_CREDENTIALS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf",
      PCE_CA_FILE: "pce-ca.pem",
      PCE_REQUESTS_PER_MINUTE: "60",
      ENFORCE: "audit",
      EXTERNAL_DATA_SET: IDENTITY.externalDataSet,
      EXTERNAL_DATA_REFERENCE: IDENTITY.externalDataReference,
      DATABASE_GROUP_ID: "sg-0a1b",
      DATABASE_PORT: `${PORT}`,
      RULE_QUOTA: "60",
      RULE_OWNER: "enforcement",
      POWERTOOLS_SERVICE_NAME: "enforcement",
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: "DEBUG",
    });
    const printed = (await Promise.all([text(child.stdout), text(child.stderr)])).join("\n");
    const lines = printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

    const { answer } = JSON.parse(readFileSync(join(folder, "end.json"), "utf8")) as { answer: object };
    assert.deepEqual(calls, ["GetSecretValue", "DescribeSecurityGroupRules"]);
    const { _aws, ...counts } = lines.find((line) => "_aws" in line) ?? {};
    assert.deepEqual(counts, {
      service: "enforcement",
      ...{ CompletedRuns: 1, WantedRules: 1, MissingRules: 1, SurplusRules: 0, OtherRules: 0 },
      ...{ AddedRules: 0, RemovedRules: 0, Refusals: 0, UnresolvedClients: 0, UnusableAddresses: 0 },
    });
    assert.match(JSON.stringify(_aws), /"Namespace":"RdsSightline","Dimensions":\[\["service"\]\]/);
    assert.equal(lines.find(({ cidr }) => cidr !== undefined)?.["cidr"], "10.0.0.1/32");
    assert.equal((answer as { missing: number }).missing, 1);
    assert.ok(!printed.includes(policy.pce.credentials.apiSecret));
  });
});
