import { DescribeFlowLogsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { type AwsEndpoint, awsClients } from "../aws/provider/clients";
import { readProviderSummary } from "../aws/provider/ledger";
import { listEventSources, listFunctions } from "../aws/registry";

/**
 * What still stands after everything was destroyed, a sentence each: asked of the emulator, and of what the sandbox plays and records.
 * Keys and secrets are not asked for: AWS keeps them for their waiting period, too.
 */
export async function leftovers(run: string, endpoint: AwsEndpoint): Promise<string[]> {
  const { ec2, rds, s3, sqs, sns, iam } = awsClients(endpoint);
  const notDefault = { Filters: [{ Name: "is-default", Values: ["false"] }] };
  const [vpcs, flowLogs, databases, buckets, queues, topics, roles, functions, eventSources, recorded] =
    await Promise.all([
      ec2.send(new DescribeVpcsCommand(notDefault)).then(({ Vpcs }) => Vpcs?.map(({ VpcId }) => VpcId)),
      ec2.send(new DescribeFlowLogsCommand({})).then(({ FlowLogs }) => FlowLogs?.map(({ FlowLogId }) => FlowLogId)),
      rds
        .send(new DescribeDBInstancesCommand({}))
        .then(({ DBInstances }) => DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)),
      s3.send(new ListBucketsCommand({})).then(({ Buckets }) => Buckets?.map(({ Name }) => Name)),
      sqs.send(new ListQueuesCommand({})).then(({ QueueUrls }) => QueueUrls),
      sns.send(new ListTopicsCommand({})).then(({ Topics }) => Topics?.map(({ TopicArn }) => TopicArn)),
      iam.send(new ListRolesCommand({})).then(({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
      listFunctions(run).then((each) => each.map(({ name }) => name)),
      listEventSources(run).then((each) => each.map(({ uuid }) => uuid)),
      readProviderSummary(run).then(({ types }) => Object.keys(types)),
    ]);

  return Object.entries({
    VPC: vpcs,
    "flow log": flowLogs,
    database: databases,
    bucket: buckets,
    queue: queues,
    topic: topics,
    role: roles,
    function: functions,
    "event source": eventSources,
    "resource type": recorded,
  }).flatMap(([kind, names = []]) => names.map((name) => `${kind} ${name ?? "without a name"}`));
}
