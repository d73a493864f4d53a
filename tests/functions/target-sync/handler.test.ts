import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bundleFunction } from "../../../components/bundle";
import { type DnsServer, startDns } from "../../../sandbox/aws/dns";
import { promiseSmallQuietBundle, runBundle } from "../../support/bundle-promises";
import { type Call, elbResult, type FakeAws, fakeAws, networkInterfaces, targetHealth } from "./fake-aws";
import { ENDPOINT, NEW, OLD } from "./world";

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/db/73e2d6bc24d8a067";

// what Lambda's runtime does, in few words: load the file, call the handler, write down what it returns or rejects with; every
// new resolver asks the given server, as it asks the VPC's in Lambda
const RUNTIME = `
const dns = require("node:dns/promises");
const { writeFileSync } = require("node:fs");
dns.Resolver = class extends dns.Resolver {
  constructor(options) { super(options); this.setServers([process.env.DNS]); }
};
const { handler } = require("./index.js");
const endMs = Date.now() + Number(process.env.TIME_MS);
const context = { awsRequestId: "r-1", functionName: "target-sync", memoryLimitInMB: "256", invokedFunctionArn: "arn",
  getRemainingTimeInMillis: () => endMs - Date.now() };
handler({}, context).then((answer) => ({ answer }), ({ name, message }) => ({ name, message }))
  .then((end) => { writeFileSync("end.json", JSON.stringify(end)); process.exit(); });
`;

describe("the built target sync", () => {
  let folder = "";
  let dns: DnsServer;
  let aws: FakeAws;
  /** Addresses of the healthy targets. */
  let group: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "target-sync-"));
    writeFileSync(join(folder, "index.js"), bundleFunction("target-sync"));
    writeFileSync(join(folder, "runtime.js"), RUNTIME);
    dns = await startDns();
    aws = await fakeAws(answer);
  });

  after(async () => {
    aws.close();
    await dns.close();
    rmSync(folder, { recursive: true });
  });

  function answer(call: Call): string {
    const action = call["Action"] ?? "";
    if (action === "DescribeNetworkInterfaces") return networkInterfaces([{ ips: [OLD] }, { ips: [NEW] }]);
    if (action === "RegisterTargets") group.push(call["Targets.member.1.Id"] ?? "");
    if (action !== "DescribeTargetHealth") return elbResult(action);
    return targetHealth(group.map((ip) => ({ ip, port: 5432, state: "healthy" })));
  }

  /** Runs one invocation in a process of its own, as Lambda does: how it ends, and what it prints. */
  async function invoke(timeMs: number, environment: Record<string, string> = {}) {
    const child = runBundle(folder, aws.url, {
      DNS: `127.0.0.1:${dns.port}`,
      TIME_MS: String(timeMs),
      ENDPOINT,
      TARGET_PORT: "5432",
      TARGET_GROUP_ARN: ARN,
      ADDRESS_FAMILY: "ipv4",
      DATABASE_SUBNET_IDS: "subnet-0a1b,subnet-2c3d",
      DATABASE_GROUP_ID: "sg-0a1b",
      POWERTOOLS_SERVICE_NAME: "target-sync",
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: "DEBUG",
      ...environment,
    });
    const printed = (await Promise.all([text(child.stdout), text(child.stderr)])).join("\n");
    const lines = printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { end: JSON.parse(readFileSync(join(folder, "end.json"), "utf8")) as unknown, lines };
  }

  const actions = () => aws.calls.map((call) => call["Action"]);

  promiseSmallQuietBundle(() => folder);

  it("makes two calls of AWS when there is nothing to do, and publishes metrics", async () => {
    dns.set(ENDPOINT, { a: [OLD] });
    group = [OLD];

    const { end, lines } = await invoke(60_000);

    assert.deepEqual(end, {
      answer: { registered: [], deregistered: [], targets: [{ ip: OLD, port: 5432 }], looks: 1 },
    });
    assert.deepEqual(actions(), ["DescribeTargetHealth", "DescribeNetworkInterfaces"]);
    const { _aws, ...counts } = lines.find((line) => "_aws" in line) ?? {};
    assert.deepEqual(counts, {
      service: "target-sync",
      Synchronised: 1,
      TargetsRegistered: 0,
      TargetsDeregistered: 0,
      FailedLooks: 0,
    });
    assert.match(JSON.stringify(_aws), /"Namespace":"RdsSightline","Dimensions":\[\["service"\]\]/);
    assert.equal(
      lines.find(({ message }) => message === "the target group is in sync")?.["function_request_id"],
      "r-1",
    );
  });

  it("registers where DNS leads, and ends ten seconds before Lambda would end it", async () => {
    dns.set(ENDPOINT, { a: [NEW] });
    group = [OLD];

    const { end } = await invoke(13_000);

    assert.deepEqual(group, [OLD, NEW]);
    assert.match(
      JSON.stringify(end),
      /^\{"name":"OutOfTimeError","message":".* waiting for 12 s of the same answer of DNS: it is \d/,
    );
    assert.ok(!actions().includes("DeregisterTargets"));
  });

  it("fails the invocation, naming every problem, when its environment is wrong", async () => {
    const { end } = await invoke(60_000, { TARGET_PORT: "0", ENDPOINT: "" });

    assert.match(JSON.stringify(end), /2 problems in the function's environment: ENDPOINT is missing/);
  });
});
