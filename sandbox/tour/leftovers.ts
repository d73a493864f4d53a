import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeFlowLogsCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { type AwsEndpoint, awsClients } from "../aws/provider/clients";
import { readProviderSummary } from "../aws/provider/ledger";
import {
  listEventSources,
  listFunctions,
  listPermissions,
  listRules,
  listRuleTargets,
  listSubscriptions,
} from "../aws/registry";
import { listStateMachines } from "../aws/states/machines";
import type { Pce } from "../pce/server";

/** What is still at the PCE stand-in after everything was destroyed, a sentence each; what was planted there counts, too. */
export function pceLeftovers(pce: Pick<Pce, "holdings">): string[] {
  const { labels, unmanagedWorkloads, managedWorkloads, draft, active, serviceBindings } = pce.holdings();
  const named = (kind: string, each: readonly { readonly name: string | null; readonly href: string }[]) =>
    each.map(({ name, href }) => `${kind} ${name ?? href} at the PCE`);
  return [
    ...labels.map(({ key, value }) => `label ${key}=${value} at the PCE`),
    ...named("workload", [...unmanagedWorkloads, ...managedWorkloads]),
    ...named("draft virtual service", draft.virtualServices),
    ...named("active virtual service", active.virtualServices),
    ...named("draft rule set", draft.ruleSets),
    ...named("active rule set", active.ruleSets),
    ...serviceBindings.map(({ href }) => `service binding ${href} at the PCE`),
  ];
}

/**
 * What still stands after everything was destroyed, a sentence each: asked of the emulator, and of what the sandbox plays and records.
 * Keys and secrets are not asked for: AWS keeps them for their waiting period, too.
 */
export async function leftovers(run: string, endpoint: AwsEndpoint): Promise<string[]> {
  const { ec2, elb, rds, s3, sqs, sns, iam, logs } = awsClients(endpoint);
  const notDefault = { Filters: [{ Name: "is-default", Values: ["false"] }] };
  const standing: Readonly<Record<string, Promise<readonly (string | undefined)[] | undefined>>> = {
    VPC: ec2.send(new DescribeVpcsCommand(notDefault)).then(({ Vpcs }) => Vpcs?.map(({ VpcId }) => VpcId)),
    "flow log": ec2
      .send(new DescribeFlowLogsCommand({}))
      .then(({ FlowLogs }) => FlowLogs?.map(({ FlowLogId }) => FlowLogId)),
    "endpoint service": ec2
      .send(new DescribeVpcEndpointServiceConfigurationsCommand({}))
      .then(({ ServiceConfigurations }) => ServiceConfigurations?.map(({ ServiceId }) => ServiceId)),
    "load balancer": elb
      .send(new DescribeLoadBalancersCommand({}))
      .then(({ LoadBalancers }) => LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName)),
    "target group": elb
      .send(new DescribeTargetGroupsCommand({}))
      .then(({ TargetGroups }) => TargetGroups?.map(({ TargetGroupName }) => TargetGroupName)),
    database: rds
      .send(new DescribeDBInstancesCommand({}))
      .then(({ DBInstances }) => DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)),
    bucket: s3.send(new ListBucketsCommand({})).then(({ Buckets }) => Buckets?.map(({ Name }) => Name)),
    queue: sqs.send(new ListQueuesCommand({})).then(({ QueueUrls }) => QueueUrls),
    topic: sns.send(new ListTopicsCommand({})).then(({ Topics }) => Topics?.map(({ TopicArn }) => TopicArn)),
    role: iam.send(new ListRolesCommand({})).then(({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
    function: listFunctions(run).then((each) => each.map(({ name }) => name)),
    "event source": listEventSources(run).then((each) => each.map(({ uuid }) => uuid)),
    permission: listPermissions(run).then((each) => each.map(({ statementId }) => statementId)),
    "state machine": listStateMachines(run).then((each) => each.map(({ name }) => name)),
    rule: listRules(run).then((each) => each.map(({ name }) => name)),
    "rule target": listRuleTargets(run).then((each) => each.map(({ targetId }) => targetId)),
    subscription: listSubscriptions(run).then((each) => each.map(({ name }) => name)),
    "log group": logs
      .send(new DescribeLogGroupsCommand({}))
      .then(({ logGroups }) => logGroups?.map(({ logGroupName }) => logGroupName)),
    "resource type": readProviderSummary(run).then(({ types }) => Object.keys(types)),
  };
  const sentences = Object.entries(standing).map(async ([kind, names]) =>
    ((await names) ?? []).map((name) => `${kind} ${name ?? "without a name"}`),
  );
  return (await Promise.all(sentences)).flat();
}
