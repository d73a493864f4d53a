import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { ListQueuesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { fixedCredentials } from "../../illumio/client/credentials";
import { Pce } from "../../illumio/client/pce";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { listDatabases } from "../../sandbox/aws/registry";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { newWorkload } from "../support/policy-of-stand-in";
import { suiteSandbox } from "../support/suite-sandbox";

const SYNC = { labels: { role: "Role", env: { tag: "env", default: "prod" } }, syncMinutes: 480 };
const SYNC_ONLY = { "rds-sightline:frontDoor": {}, "rds-sightline:workloadSync": SYNC };
const POLICY = {
  labels: { role: "db", app: "shop", env: "prod" },
  clients: [{ role: "web" }, { role: "job", app: "report" }],
};
const withPolicy = (enforce: string) => ({
  ...SYNC_ONLY,
  "rds-sightline:workloadSync": { ...SYNC, graceMinutes: 0 },
  "rds-sightline:illumio": { ...POLICY, enforce },
});
const OFF = { ...SYNC_ONLY, "rds-sightline:workloadSync": {}, "rds-sightline:illumio": {} };
const ENFORCEMENT = "rds-sightline-sandbox-enforcement";
/** So that a schedule's five minutes are five seconds. */
const MINUTE_MS = 1_000;

describe("A workload sync, the Illumio side and its enforcement, deployed by the real engine", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  let pce: Pce;
  let instanceId = "";

  suiteSandbox("illumio", { returnAfterSeconds: 0, minuteMs: MINUTE_MS }, (opened, closers) => {
    sandbox = opened;
    const { host, port, caCertificate: ca, orgId, credentials } = sandbox.pce;
    pce = new Pce({
      endpoint: { host, port, ca },
      orgId,
      credentials: fixedCredentials(credentials.apiKeyId, credentials.apiSecret),
    });
    closers.keep(pce, async (each) => each.close());
  });

  const clients = () => {
    const { moto, region, admin } = sandbox;
    return awsClients({ endpoint: moto.url, region, credentials: admin });
  };
  const workloads = () => {
    const { unmanagedWorkloads, labels } = sandbox.pce.holdings();
    const nameOf = (href: string) => labels.filter((label) => label.href === href).map((each) => each.value);
    return unmanagedWorkloads.map((each) => ({ ...each, labels: each.labels.flatMap(({ href }) => nameOf(href)) }));
  };
  const workloadOf = (reference: string) =>
    workloads().find(({ external_data_reference: found }) => found === reference);
  /** What AWS says of an instance, and everything that follows from it. */
  const tell = async (state: string) => {
    await sandbox.runner.putEvent({
      source: "aws.ec2",
      "detail-type": "EC2 Instance State-change Notification",
      detail: { "instance-id": instanceId, state },
    });
    await sandbox.runner.idle();
  };

  async function databaseGroup(): Promise<string> {
    const Filters = [{ Name: "tag:Name", Values: ["access-database"] }];
    const { SecurityGroups } = await clients().ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    return SecurityGroups?.[0]?.GroupId ?? assert.fail("no group of the database");
  }

  /** The networks that the database's group lets in. */
  async function letIn(): Promise<string[]> {
    const Filters = [{ Name: "group-id", Values: [await databaseGroup()] }];
    const { SecurityGroupRules } = await clients().ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    return (SecurityGroupRules ?? []).flatMap(({ IsEgress, CidrIpv4 }) => (IsEgress ? [] : (CidrIpv4 ?? []))).sort();
  }

  const client = async (name: string, address: string): Promise<string> => {
    const labels = sandbox.pce.holdings().labels.filter(({ value }) => ["web", "shop", "prod"].includes(value));
    const { workloads } = pce.within({ remainingMs: () => 30_000 });
    return (await workloads.create(newWorkload(name, address, ...labels))).href;
  };

  async function lookNow(): Promise<Record<string, number>> {
    for (let tries = 1; ; tries += 1) {
      const end = await sandbox.runner.invoke(ENFORCEMENT, {});
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

  const up = (enforce: string) => sandbox.operate("up", { config: withPolicy(enforce) });

  it("has a workload for the database from the first update on", async () => {
    await sandbox.operate("up", { config: SYNC_ONLY });

    const [database] = await listDatabases(sandbox.run.path);
    const held = workloads().filter(({ interfaces }) =>
      interfaces.some(({ address }) => address === database?.primary.ip),
    );
    assert.deepEqual(
      held.map(({ labels, external_data_set: dataSet }) => [labels, dataSet?.split("/").at(-1)]),
      [[["prod"], "workloads"]],
    );
  });

  it("makes a workload with labels of an instance that appears", async () => {
    const { ec2 } = clients();
    const { Subnets: [subnet] = [] } = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "tag:pulumi:stack", Values: ["sandbox"] }] }),
    );
    const { Instances: [instance] = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12c6146b",
        MinCount: 1,
        MaxCount: 1,
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet?.SubnetId, DeleteOnTermination: true }],
        TagSpecifications: [
          {
            ResourceType: "instance",
            Tags: [
              { Key: "Name", Value: "web-1" },
              { Key: "Role", Value: "web" },
            ],
          },
        ],
      }),
    );
    instanceId = instance?.InstanceId ?? "";
    await tell("running");

    const made = workloadOf(instanceId);
    assert.deepEqual([made?.name, made?.labels.sort()], ["web-1", ["prod", "web"]]);
    assert.ok(made?.interfaces.some(({ address }) => address === instance?.PrivateIpAddress));
  });

  it("asks twice, and writes nothing, when nothing has changed", async () => {
    const before = sandbox.pce.requestsByKind();
    await sandbox.runner.invoke("rds-sightline-sandbox-workload-sync", {});

    const after = sandbox.pce.requestsByKind();
    const made = Object.entries(after).flatMap(([kind, count]) => {
      const more = count - (before[kind] ?? 0);
      return more === 0 || /bulk_traffic_flows/.test(kind) ? [] : [[kind, more]];
    });
    assert.deepEqual(Object.fromEntries(made), { "GET /orgs/:org/labels": 1, "GET /orgs/:org/workloads": 1 });
  });

  it("leaves an event that it fails on three times in the queue that an alarm watches", async () => {
    const { sqs } = clients();
    sandbox.pce.failCalls({ path: "/orgs/:org/workloads", fault: { kind: "status", status: 403 }, times: 3 });
    await tell("running");
    sandbox.pce.clearFaults();

    const { QueueUrls: urls = [] } = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: "workload-sync-failures" }),
    );
    assert.equal(urls.length, 1);
    const { Messages: [failure] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: urls[0] }));
    assert.match(failure?.Body ?? "", /"condition":"RetriesExhausted".*RejectedError/);
  });

  it("marks the workload of an instance that is gone", async () => {
    await clients().ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    await tell("terminated");
    assert.match(workloadOf(instanceId)?.description ?? "", /\[gone since \d{4}-/);
  });

  it("gives the database up to the workload of the Illumio side, which is bound and active, deletes what is gone for longer than the grace period, and keeps the rest", async () => {
    await up("audit");

    assert.equal(workloadOf(instanceId), undefined);

    const { active, serviceBindings, pending } = sandbox.pce.holdings();
    assert.deepEqual(
      [active.virtualServices.length, active.ruleSets.length, serviceBindings.length, pending.length],
      [1, 1, 1, 0],
    );
    const [database] = await listDatabases(sandbox.run.path);
    const ofPolicy = workloadOf("database");
    const addresses = workloads().flatMap(({ interfaces }) => interfaces.map(({ address }) => address));
    assert.ok(ofPolicy?.interfaces.some(({ address }) => address === database?.primary.ip));
    assert.equal(new Set(addresses).size, addresses.length);
  });

  it("says in an audit what enforcement would do, which changes nothing", async () => {
    await client("web-1", "10.0.64.11");
    await client("web-2", "10.0.64.12");

    const { missing, added, refusals } = await lookNow();

    assert.deepEqual([missing, added, refusals], [2, 0, 0]);
    assert.deepEqual(await letIn(), []);
  });

  it("lets the policy's clients in with the update that turns enforcement on, beside what somebody made by hand", async () => {
    const IpRanges = [{ CidrIp: "10.0.65.0/24" }];
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges }];
    const GroupId = await databaseGroup();
    await clients().ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

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

  it("takes its rules back with the update that makes it an audit again, and what was made by hand stays", async () => {
    const { steps } = await up("audit");

    assert.deepEqual(await letIn(), ["10.0.65.0/24"]);
    assert.ok(steps.some(({ name, op }) => name === "enforcement-rules" && op === "delete"));
    assert.equal((await lookNow())["missing"], 2);
    await sleep(6 * MINUTE_MS);
    assert.deepEqual(await letIn(), ["10.0.65.0/24"], "a later run of the schedule made rules");
  });

  it("goes with its settings, rules and workloads first, but for labels that others use, and the forwarder stays", async () => {
    await up("on");
    assert.equal((await letIn()).length, 3);

    const { outputs } = await sandbox.operate("up", { config: OFF });

    assert.deepEqual(await letIn(), ["10.0.65.0/24"]);
    assert.deepEqual(
      sandbox.runner.errors().filter(({ message }) => !message.includes("RejectedError")),
      [],
    );
    const { made, labels } = sandbox.pce.holdings();
    assert.equal(made, labels.length + workloads().length);
    assert.deepEqual(
      workloads().map(({ name }) => name),
      ["web-1", "web-2"],
    );
    assert.deepEqual(labels.map(({ value }) => value).sort(), ["prod", "shop", "web"]);
    assert.equal(typeof outputs["forwarderName"], "string");
    assert.deepEqual(await sandbox.moto.denials(), []);
  });
});
