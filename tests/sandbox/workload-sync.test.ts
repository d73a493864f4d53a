import assert from "node:assert/strict";
import { DescribeSubnetsCommand, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { ListQueuesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { listDatabases } from "../../sandbox/aws/registry";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const SYNC = { labels: { role: "Role", env: { tag: "env", default: "prod" } }, syncMinutes: 480 };
const ON = { "rds-sightline:frontDoor": {}, "rds-sightline:workloadSync": SYNC };
const AT_ONCE = { ...ON, "rds-sightline:workloadSync": { ...SYNC, graceMinutes: 0 } };
const ILLUMIO = {
  labels: { role: "db", app: "shop", env: "prod" },
  clients: [{ role: "web" }, { role: "job", app: "report" }],
};
const BESIDE_POLICY = { ...AT_ONCE, "rds-sightline:illumio": ILLUMIO };
const OFF = { ...ON, "rds-sightline:workloadSync": {}, "rds-sightline:illumio": {} };

describe("A workload sync and the Illumio side, deployed by the real engine", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;
  let instanceId = "";

  suiteSandbox("workload-sync", { returnAfterSeconds: 0, minuteMs: 1_000 }, (opened) => {
    sandbox = opened;
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

  it("has a workload for the database from the first update on", async () => {
    await sandbox.operate("up", { config: ON });

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

  it("marks the workload of an instance that is gone, and deletes it after the grace period", async () => {
    await clients().ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    await tell("terminated");
    assert.match(workloadOf(instanceId)?.description ?? "", /\[gone since \d{4}-/);

    await sandbox.operate("up", { config: AT_ONCE });
    assert.equal(workloadOf(instanceId), undefined);
    assert.ok(workloads().length > 0);
  });

  it("gives the database up to the workload of the Illumio side, which is bound and active, and keeps the rest", async () => {
    await sandbox.operate("up", { config: BESIDE_POLICY });

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

  it("changes nothing in a second update", async () => {
    const again = await sandbox.operate("up", { config: BESIDE_POLICY });

    assert.deepEqual(
      again.steps.filter(({ op }) => op !== "same").map(({ name }) => name),
      [],
    );
  });

  it("goes with its settings, but for the labels that the sync made, and the forwarder stays", async () => {
    const { outputs } = await sandbox.operate("up", { config: OFF });

    const { made, labels } = sandbox.pce.holdings();
    assert.equal(made, labels.length);
    assert.deepEqual(labels.map(({ value }) => value).sort(), ["prod", "web"]);
    assert.equal(typeof outputs["forwarderName"], "string");
    assert.deepEqual(await sandbox.moto.denials(), []);
  });
});
