/** What tests do to a stack that is deployed in a sandbox: deliveries with accidents, a permission that goes. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { GetRolePolicyCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from "@aws-sdk/client-s3";
import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { deadLetterArnOf } from "../../sandbox/aws/dead-letters";
import {
  deliverFlowLogs,
  type FlowLogDestination,
  type FlowLogFile,
  flowLogDestinations,
} from "../../sandbox/aws/flow-delivery";
import { ACCOUNT_ID } from "../../sandbox/aws/moto";
import { awsClients } from "../../sandbox/aws/provider/clients";
import {
  eventSourceFile,
  listDatabases,
  listEventSources,
  listFunctions,
  writeRecord,
} from "../../sandbox/aws/registry";
import { builtInTraffic } from "../../sandbox/tour/flow-files";
import type { Sandbox } from "../../sandbox/tour/sandbox";

export const CUT_OFF = gzipSync("srcaddr dstaddr\n".repeat(1000)).subarray(0, 40);

/** Takes one permission from the role of the deployed function; the returned function gives it back. */
export async function takeAway({ run, moto, region, admin }: Sandbox, action: string): Promise<() => Promise<void>> {
  const [deployed] = await listFunctions(run.path);
  const RoleName = deployed?.roleArn.split("/").at(-1) ?? "";
  const { iam } = awsClients({ endpoint: moto.url, region, credentials: admin });
  const { PolicyNames: [PolicyName = ""] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { PolicyDocument: text = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  const document = decodeURIComponent(text);
  assert.ok(document.includes(`"${action}"`), document);
  const put = (PolicyDocument: string) => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));

  await put(document.replaceAll(`"${action}"`, `"${action.split(":")[0]}:NoSuchAction"`));
  return async () => void (await put(document));
}

/** Nothing is read from the queue meanwhile: an object can be deleted before the function knows of it. */
export async function withoutPolling<T>({ run }: Sandbox, work: () => Promise<T>): Promise<T> {
  const sources = await listEventSources(run.path);
  const put = async (enabled: boolean): Promise<void> => {
    for (const each of sources) await writeRecord(eventSourceFile(run.path, each.uuid), { ...each, enabled });
  };
  await put(false);
  await sleep(1_000); // a poller that is asking finishes first
  const done = await work();
  await put(true);
  return done;
}

/** Delivers files as the stack's flow log, to where it keeps them; with a hash each time under the same keys. */
export async function deliver({ moto, region, admin }: Sandbox, files: readonly FlowLogFile[], hash?: string) {
  const options = { endpoint: moto.url, region, credentials: admin };
  const [destination] = (await flowLogDestinations(options)) as [FlowLogDestination];
  const named = hash === undefined ? files : files.map((file) => ({ ...file, hash }));
  return { destination, keys: await deliverFlowLogs(destination, named, options) };
}

/** The bucket tells nobody what is delivered to it meanwhile, as before it had notifications. */
export async function unnoticed<T>(
  sandbox: Sandbox,
  work: (destination: FlowLogDestination) => Promise<T>,
): Promise<T> {
  const { moto, region, admin } = sandbox;
  const options = { endpoint: moto.url, region, credentials: admin };
  const [destination] = await flowLogDestinations(options);
  assert.ok(destination);
  const { s3 } = awsClients(options);
  const { bucket: Bucket } = destination;
  const { QueueConfigurations } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  const put = (NotificationConfiguration: object) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  await put({});
  try {
    return await work(destination);
  } finally {
    await put({ QueueConfigurations });
  }
}

/**
 * Four good objects, one of them twice, one that is cut off between them, and one that is deleted at once. Returns what must arrive, and
 * where the one that is cut off is.
 */
export async function deliverWithAccidents(sandbox: Sandbox) {
  const { run, moto, region, admin } = sandbox;
  const [database] = await listDatabases(run.path);
  const { files, expected } = builtInTraffic(
    {
      databases: [database?.primary.ip ?? ""],
      clientSubnets: ["10.0.64.0/20", "10.0.80.0/20", "10.0.96.0/20", "10.0.112.0/20"],
      servicePort: database?.port ?? 0,
      folders: "hive",
      account: ACCOUNT_ID,
      region,
    },
    new Date(),
  );
  const time = new Date();
  const cutOff = { body: CUT_OFF, time };
  const gone = { body: "deleted before it is read", time };

  const [first, ...others] = files;
  assert.ok(first);
  const { keys: delivered } = await deliver(sandbox, [first, cutOff, ...others, first]);
  const { destination, keys } = await deliver(sandbox, [gone]);
  assert.equal(destination.layout, "hive-hourly");
  const { s3 } = awsClients({ endpoint: moto.url, region, credentials: admin });
  await s3.send(new DeleteObjectCommand({ Bucket: destination.bucket, Key: keys[0] }));
  return { connections: expected.connections, cutOff: { Bucket: destination.bucket, Key: delivered[1] ?? "" } };
}

/** Moves everything in the forwarder's dead-letter queue back, as `aws sqs start-message-move-task` does. Returns how many messages. */
export async function redrive({ run, moto, region, admin }: Sandbox): Promise<number | undefined> {
  const { sqs } = awsClients({ endpoint: moto.url, region, credentials: admin });
  const [source] = await listEventSources(run.path);
  const SourceArn = await deadLetterArnOf(sqs, moto.url, source?.eventSourceArn ?? "");
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  for (;;) {
    const { Results: [task] = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    if (task?.Status === "COMPLETED") return task.ApproximateNumberOfMessagesMoved;
    assert.equal(task?.Status, "RUNNING", task?.FailureReason);
    await sleep(50);
  }
}
