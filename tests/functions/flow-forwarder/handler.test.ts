import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { bundleFunction } from "../../../components/bundle";
import { promiseSmallQuietBundle, runBundle } from "../../support/bundle-promises";
import { CUSTOM_FORMAT, file, request } from "../../support/flow-log-lines";
import { s3Message, s3Record, sqsEvent } from "../../support/s3-notifications";
import { type ScriptedPce, scriptedPce } from "../../support/scripted-pce";

const SECRET = "s3cr3t-of-the-fixture";
const SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pce-AbCdEf";

// what Lambda's runtime does, in few words: load the file, call the handler, hand back what it returns
const RUNTIME = `
const { writeFileSync } = require("node:fs");
const { handler } = require("./index.js");
const endMs = Date.now() + 20_000;
const context = { awsRequestId: "r-1", functionName: "flow-forwarder", memoryLimitInMB: "128", invokedFunctionArn: "arn",
  getRemainingTimeInMillis: () => endMs - Date.now() };
handler(require("./event.json"), context).then((response) => writeFileSync("response.json", JSON.stringify(response)));
`;

/** Plays S3 and Secrets Manager on one port. */
async function fakeAws(objects: Readonly<Record<string, Buffer>>): Promise<{ url: string; close(): void }> {
  const server = createServer((incoming, outgoing) => {
    if (incoming.headers["x-amz-target"] === "secretsmanager.GetSecretValue") {
      const secret = JSON.stringify({ apiKeyId: "api_1a2b", apiSecret: SECRET });
      outgoing.end(JSON.stringify({ ARN: SECRET_ARN, Name: "pce", SecretString: secret }));
      return;
    }
    const key = decodeURIComponent(new URL(incoming.url ?? "", "http://s3").pathname.split("/").slice(2).join("/"));
    const object = objects[key];
    if (object === undefined) outgoing.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    else outgoing.writeHead(200, { "content-length": object.length }).end(object);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("the built forwarder", () => {
  let folder = "";
  let pce: ScriptedPce;
  let aws: { url: string; close(): void };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "forwarder-"));
    writeFileSync(join(folder, "index.js"), bundleFunction("flow-forwarder"));
    writeFileSync(join(folder, "runtime.js"), RUNTIME);
    pce = await scriptedPce([{ status: 503 }, { headers: { "request-id": "f00d-1" } }]);
    writeFileSync(join(folder, "pce-ca.pem"), pce.ca);
    aws = await fakeAws({
      "logs/good.log.gz": gzipSync(
        `${file(CUSTOM_FORMAT, [request(), { "log-status": "SKIPDATA" }])}198.51.100.77 bad line\n`,
      ),
      "logs/bad.log.gz": gzipSync("10.0.1.5").subarray(0, 12),
    });
  });

  after(async () => {
    aws.close();
    await pce.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs one invocation in a process of its own, as Lambda does, and gives all that it printed. */
  async function invoke(bodies: readonly string[], environment: Record<string, string> = {}): Promise<string> {
    writeFileSync(join(folder, "event.json"), JSON.stringify(sqsEvent(bodies)));
    const child = runBundle(folder, aws.url, {
      PCE_HOST: pce.host,
      PCE_PORT: String(pce.port),
      PCE_ORG_ID: "1",
      PCE_CREDENTIALS_SECRET_ARN: SECRET_ARN,
      PCE_CA_FILE: "pce-ca.pem",
      SERVICE_PORTS: "5432",
      SEND_REJECTED: "false",
      QUEUE_URL: `${aws.url}/123456789012/flow-logs`,
      PCE_REQUESTS_PER_MINUTE: "500",
      BACKFILL_REQUESTS_PER_MINUTE: "500",
      RESEND_AFTER_SECONDS: "3600",
      MAX_INFLATED_MB: "100",
      MAX_INFLATION_RATIO: "100",
      POWERTOOLS_SERVICE_NAME: "flow-forwarder",
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: "DEBUG",
      ...environment,
    });
    const printed = await Promise.all([text(child.stdout), text(child.stderr)]);
    return printed.join("\n");
  }

  promiseSmallQuietBundle(() => folder);

  it("forwards the good object, returns the bad one, publishes metrics, and prints neither secret nor address", async () => {
    const printed = await invoke([
      s3Message([s3Record({ key: "logs/good.log.gz", eTag: "1" })]),
      s3Message([s3Record({ key: "logs/bad.log.gz", eTag: "2" })]),
      s3Message([s3Record({ key: "logs/gone.log.gz", eTag: "3" })]),
    ]);

    const response: unknown = JSON.parse(readFileSync(join(folder, "response.json"), "utf8"));
    assert.deepEqual(response, { batchItemFailures: [{ itemIdentifier: "m-2" }] });
    assert.deepEqual(
      pce.requests.map(({ body }) => body),
      ["10.0.1.5,10.0.20.7,5432,6", "10.0.1.5,10.0.20.7,5432,6"],
    );
    assert.doesNotMatch(printed, /s3cr3t|10\.0\.1\.5|10\.0\.20\.7|198\.51|YXBpXz/);

    const lines = printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcomes = lines.filter(({ message }) => message === "flow logs forwarded");
    const metrics = lines.filter((line) => "_aws" in line);
    assert.equal(outcomes.length, 1);
    assert.equal(outcomes[0]?.["function_request_id"], "r-1");
    assert.equal(outcomes[0]?.["pceAnswers"], 2);
    assert.equal(metrics.length, 2);
    const { _aws, PceLatency, ...counts } = metrics[0] ?? {};
    assert.deepEqual(counts, {
      service: "flow-forwarder",
      Messages: 3,
      FailedMessages: 1,
      Objects: 1,
      ObjectsGone: 1,
      ObjectsRepeated: 0,
      ObjectsContinued: 0,
      FlowRecords: 1,
      RejectedRecords: 0,
      NoDataRecords: 0,
      SkipDataRecords: 1,
      MalformedRecords: 1,
      QuarantinedRecords: 0,
      Connections: 1,
      RecentConnections: 0,
      SentConnections: 1,
      FailedConnections: 0,
    });
    assert.equal((PceLatency as number[]).length, 2);
    assert.match(JSON.stringify(_aws), /"Namespace":"RdsSightline","Dimensions":\[\["service"\]\]/);
    const { _aws: perInterface, ...lost } = metrics[1] ?? {};
    assert.deepEqual(lost, { service: "flow-forwarder", interface: "-", SkipDataRecords: 1 });
    assert.match(JSON.stringify(perInterface), /"Dimensions":\[\["service","interface"\]\]/);
  });

  it("fails the invocation, naming every problem, when its environment is wrong", async () => {
    const printed = await invoke([], { PCE_PORT: "http", SEND_REJECTED: "" });

    assert.match(printed, /2 problems in the function's environment: PCE_PORT must be .* SEND_REJECTED is missing/);
  });
});
