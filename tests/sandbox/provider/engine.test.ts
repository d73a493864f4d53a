import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeSecurityGroupsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { awsClients } from "../../../sandbox/aws/provider/clients";
import { readProviderSummary } from "../../../sandbox/aws/provider/ledger";
import { type RunningProvider, startAwsProvider, startRandomProvider } from "../../../sandbox/aws/provider/start";
import {
  listDatabases,
  listEventSources,
  listFunctions,
  listPermissions,
  listRules,
  listRuleTargets,
} from "../../../sandbox/aws/registry";
import { EngineError } from "../../../sandbox/engine/errors";
import { type Engine, locateEngine } from "../../../sandbox/engine/locate";
import { type OperationOptions, type OperationResult, runOperation } from "../../../sandbox/engine/operation";
import type { OperationEvent } from "../../../sandbox/engine/steps";
import { sharedProcess } from "../../support/worker-processes";
import { emulator } from "./emulator";

const REGION = "ca-central-1";
const PROGRAMS = join(__dirname, "programs");
const POLICIES = join(__dirname, "../../../policies");
const WEAK = join(__dirname, "../../policies/programs/weak.ts");

describe("the provider stand-ins under the real engine", function () {
  this.timeout(60_000);
  let engine: Engine;
  let run: string;
  let providers: readonly RunningProvider[] = [];
  let aws: ReturnType<typeof awsClients>;
  const results: Partial<Record<"preview" | "first" | "second" | "destroy", OperationResult>> = {};

  before(async function () {
    this.timeout(900_000); // where no engine is cached, this is what gets it
    const [{ url, folder }, found] = await Promise.all([emulator(), locateEngine()]);
    engine = found;
    run = await mkdtemp(join(folder, "engine-"));
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    aws = awsClients({ endpoint: url, region: REGION, credentials });
    providers = await Promise.all([
      startAwsProvider({ endpoint: url, region: REGION, ...credentials, run, logFile: join(run, "aws.log") }),
      startRandomProvider({ logFile: join(run, "random.log") }),
    ]);
  });

  after(async () => {
    await Promise.all(providers.map((provider) => provider.stop()));
  });

  const operation = (kind: "preview" | "up" | "destroy", options: Partial<OperationOptions> = {}) =>
    runOperation({
      kind,
      engine,
      run,
      stack: "dev",
      providers: Object.fromEntries(providers.map(({ name, port }) => [name, port])),
      logFile: join(run, "engine.log"),
      kept: sharedProcess,
      program: join(PROGRAMS, "small-stack.ts"),
      projectFile: join(PROGRAMS, "small-stack.yaml"),
      ...options,
    });

  // what the emulator holds of ours: its own defaults are not counted
  const standing = async (): Promise<readonly (string | undefined)[]> => {
    const { Vpcs: vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({}));
    const { SecurityGroups: groups = [] } = await aws.ec2.send(new DescribeSecurityGroupsCommand({}));
    const { DBInstances: databases = [] } = await aws.rds.send(new DescribeDBInstancesCommand({}));
    const { SecretList: secrets = [] } = await aws.secrets.send(new ListSecretsCommand({}));
    const { QueueUrls: queues = [] } = await aws.sqs.send(new ListQueuesCommand({}));
    const { Buckets: buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
    const { LoadBalancers: balancers = [] } = await aws.elb.send(new DescribeLoadBalancersCommand({}));
    const { TargetGroups: targets = [] } = await aws.elb.send(new DescribeTargetGroupsCommand({}));
    return [
      ...vpcs.filter((each) => !each.IsDefault).map((each) => each.VpcId),
      ...groups.filter((each) => each.GroupName !== "default").map((each) => each.GroupId),
      ...databases.map((each) => each.DBInstanceIdentifier),
      ...secrets.map((each) => each.Name),
      ...queues,
      ...balancers.map((each) => each.LoadBalancerName),
      ...targets.map((each) => each.TargetGroupName),
      ...buckets.map((each) => each.Name).filter((name) => name?.startsWith("small-")),
    ];
  };

  it("previews without making anything, and without a value that is not known", async () => {
    results.preview = await operation("preview");

    assert.deepEqual(await standing(), []);
    assert.deepEqual(await listFunctions(run), []);
  });

  // our own stack passes in the tour
  it("refuses the preview of somebody else's weak stack by the policy pack, each weakness by its policy, but what is given up", async () => {
    const events: OperationEvent[] = [];
    const reason = "the data is made up";
    const refused = operation("preview", {
      program: WEAK,
      policyPacks: [POLICIES],
      config: { "rds-sightline:exceptions": { deletionProtection: reason } },
      onEvent: (event) => events.push(event),
    });

    await assert.rejects(refused, (failure) => {
      assert.ok(failure instanceof EngineError);
      assert.match(
        failure.message,
        /database-not-public: [^\n]*\[CKV_AWS_17.*\n.*publiclyAccessible is true\. Set publiclyAccessible to false/,
      );
      return true;
    });
    const violations = events.flatMap((event) => (event.kind === "violation" ? event : []));
    const mandatory = violations.filter(({ isMandatory }) => isMandatory).map(({ policy }) => policy);
    for (const policy of [
      ...["database-storage-encrypted", "database-not-public", "database-in-a-vpc", "database-multi-az"],
      ...["database-master-name-not-guessed", "ingress-not-from-everywhere", "security-group-described"],
    ]) {
      assert.ok(mandatory.includes(policy), `${policy} is not among ${mandatory.join(", ")}`);
    }
    const givenUp = violations.filter(({ policy }) => policy === "database-deletion-protected");
    assert.deepEqual(
      givenUp.map(({ isMandatory, text }) => [isMandatory, text.includes(`Given up: ${reason}`)]),
      [[false, true]],
    );
  });

  it("makes exactly what the preview said", async () => {
    results.first = await operation("up");

    assert.deepEqual(results.first.summary, results.preview?.summary);
    const { emulator: made, played, recorded } = await readProviderSummary(run);
    const random = results.first.steps.filter((step) => step.type.startsWith("random:")).length;
    assert.equal(made + played + recorded + random, results.first.resources);
    assert.deepEqual([played, recorded], [6, 1]);
  });

  it("gives the program the outputs of what stands in the emulator and in the registry", async () => {
    const { outputs } = results.first ?? assert.fail("there was no update");
    const [[database], [reader], sources] = [
      await listDatabases(run),
      await listFunctions(run),
      await listEventSources(run),
    ];

    assert.equal(database?.address, outputs["address"]);
    assert.equal(reader?.name, outputs["functionName"]);
    assert.deepEqual(
      sources.map((source) => source.functionArn),
      [reader?.arn],
    );
    assert.equal(await readFile(join(reader?.codeDir ?? "", "index.js"), "utf8"), "exports.handler = async () => {};");
  });

  it("keeps the password out of outputs, logs and records", async () => {
    const { outputs } = results.first ?? assert.fail("there was no update");
    const secret = await aws.secrets.send(new GetSecretValueCommand({ SecretId: String(outputs["secretArn"]) }));
    const password = secret.SecretString ?? "";

    assert.match(password, /^[a-zA-Z0-9]{20}$/);
    assert.equal(outputs["password"], "[secret]");
    for (const name of ["aws.log", "random.log", "engine.log", "provider-summary.json"]) {
      assert.ok(!(await readFile(join(run, name), "utf8")).includes(password), name);
    }
  });

  it("changes nothing in a second update", async () => {
    results.second = await operation("up");

    assert.equal(results.second.changes, 0);
    assert.deepEqual(results.second.outputs, results.first?.outputs);
  });

  it("leaves nothing after a destroy", async () => {
    results.destroy = await operation("destroy");

    assert.equal(results.destroy.resources, 0);
    assert.deepEqual(await standing(), []);
    const played = [listDatabases, listFunctions, listEventSources, listRules, listRuleTargets, listPermissions];
    assert.deepEqual((await Promise.all(played.map((list) => list(run)))).flat(), []);
    assert.deepEqual(await readProviderSummary(run), { emulator: 0, played: 0, recorded: 0, types: {} });
  });
});
