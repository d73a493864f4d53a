import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import { fixedCredentials } from "../../illumio/client/credentials";
import { Pce } from "../../illumio/client/pce";
import { awsClients } from "../../sandbox/aws/provider/clients";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { newWorkload } from "../support/policy-of-stand-in";
import { suiteSandbox } from "../support/suite-sandbox";

const FUNCTION = "rds-sightline-sandbox-enforcement";
/** So that the schedule's five minutes are five seconds. */
const MINUTE_MS = 1_000;
const LABELS = { role: "db", app: "shop", env: "prod" };

const configOf = (enforce: string) => ({
  "rds-sightline:frontDoor": {},
  "rds-sightline:illumio": { labels: LABELS, clients: [{ role: "web" }], enforce },
});

describe("The policy's clients in the security group of a whole stack, deployed by the real engine", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  let pce: Pce;

  suiteSandbox("enforcement", { minuteMs: MINUTE_MS }, (opened, closers) => {
    sandbox = opened;
    const { host, port, caCertificate: ca, orgId, credentials } = sandbox.pce;
    pce = new Pce({
      endpoint: { host, port, ca },
      orgId,
      credentials: fixedCredentials(credentials.apiKeyId, credentials.apiSecret),
    });
    closers.keep(pce, async (each) => each.close());
  });

  const up = (enforce: string) => sandbox.operate("up", { config: configOf(enforce) });
  const ec2 = () => awsClients({ endpoint: sandbox.moto.url, region: sandbox.region, credentials: sandbox.admin }).ec2;

  async function databaseGroup(): Promise<string> {
    const Filters = [{ Name: "tag:Name", Values: ["access-database"] }];
    const { SecurityGroups } = await ec2().send(new DescribeSecurityGroupsCommand({ Filters }));
    return SecurityGroups?.[0]?.GroupId ?? assert.fail("no group of the database");
  }

  /** The networks that the database's group lets in. */
  async function letIn(): Promise<string[]> {
    const Filters = [{ Name: "group-id", Values: [await databaseGroup()] }];
    const { SecurityGroupRules } = await ec2().send(new DescribeSecurityGroupRulesCommand({ Filters }));
    return (SecurityGroupRules ?? []).flatMap(({ IsEgress, CidrIpv4 }) => (IsEgress ? [] : (CidrIpv4 ?? []))).sort();
  }

  const client = async (name: string, address: string): Promise<string> => {
    const labels = sandbox.pce.holdings().labels.filter(({ value }) => ["web", "shop", "prod"].includes(value));
    const { workloads } = pce.within({ remainingMs: () => 30_000 });
    return (await workloads.create(newWorkload(name, address, ...labels))).href;
  };

  async function lookNow(): Promise<Record<string, number>> {
    for (let tries = 1; ; tries += 1) {
      const end = await sandbox.runner.invoke(FUNCTION, {});
      if (end.outcome === "success") return end.answer as Record<string, number>;
      // the schedule's run at the same moment
      assert.ok(end.outcome === "throttled" && tries < 20, JSON.stringify(end));
      await sleep(250);
    }
  }

  async function until(wanted: readonly string[]): Promise<void> {
    for (let tries = 0; tries < 60 && String(await letIn()) !== String(wanted); tries += 1) await sleep(500);
    assert.deepEqual(await letIn(), wanted);
  }

  it("is said by an audit, which changes nothing", async () => {
    await up("audit");
    await client("web-1", "10.0.64.11");
    await client("web-2", "10.0.64.12");

    const { missing, added, refusals } = await lookNow();

    assert.deepEqual([missing, added, refusals], [2, 0, 0]);
    assert.deepEqual(await letIn(), []);
  });

  it("is made in the update that turns it on, beside what somebody made by hand", async () => {
    const IpRanges = [{ CidrIp: "10.0.65.0/24" }];
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges }];
    const GroupId = await databaseGroup();
    await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

    await up("on");

    assert.deepEqual(await letIn(), ["10.0.64.11/32", "10.0.64.12/32", "10.0.65.0/24"]);
  });

  it("follows a client that comes and one that goes, by its schedule, and an update then changes nothing", async () => {
    const gone = await client("web-3", "10.0.64.13");
    await until(["10.0.64.11/32", "10.0.64.12/31", "10.0.65.0/24"]);
    await pce.within({ remainingMs: () => 30_000 }).workloads.delete(gone);
    await until(["10.0.64.11/32", "10.0.64.12/32", "10.0.65.0/24"]);

    const { steps } = await up("on");

    assert.deepEqual(
      steps.filter(({ op }) => op !== "same").map(({ name }) => name),
      [],
    );
  });

  it("is taken back by the update that makes it an audit again, and what was made by hand stays", async () => {
    const { steps } = await up("audit");

    assert.deepEqual(await letIn(), ["10.0.65.0/24"]);
    assert.ok(steps.some(({ name, op }) => name === "enforcement-rules" && op === "delete"));
    assert.equal((await lookNow())["missing"], 2);
    await sleep(6 * MINUTE_MS);
    assert.deepEqual(await letIn(), ["10.0.65.0/24"], "a later run of the schedule made rules");
  });

  // turned off, it goes the same way: what needs the function first, and then the function
  it("does not keep a destroy from ending, though the rules are there", async () => {
    await up("on");
    assert.equal((await letIn()).length, 3);
    const GroupId = await databaseGroup();

    const { steps } = await sandbox.operate("destroy", { config: configOf("on") });

    assert.ok(steps.some(({ name }) => name === "enforcement-rules"));
    const taken = sandbox.runner.invocations().filter(({ functionName }) => functionName === FUNCTION);
    assert.equal(taken.at(-1)?.outcome, "success", JSON.stringify(taken.at(-1)));
    assert.deepEqual(sandbox.runner.errors(), []);
    await assert.rejects(ec2().send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] })), /InvalidGroup/);
    assert.equal(sandbox.pce.holdings().unmanagedWorkloads.length, 2, "only the clients are left");
  });
});
