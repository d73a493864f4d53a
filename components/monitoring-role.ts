import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { onBehalfOf, policyDocument, type Statement, trustOf } from "./policy-documents";

/** Whose monitoring the role is for. */
export interface MonitoringRoleArgs {
  readonly account: pulumi.Input<Account>;
  /** The instance, and no other, may use the role. */
  readonly databaseIdentifier: pulumi.Input<string>;
}

/** The role under which enhanced monitoring writes an instance's operating-system metrics to CloudWatch Logs. */
export class MonitoringRole extends pulumi.ComponentResource {
  /** Known once the role may do its work, since RDS checks that when it is given the role. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: MonitoringRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:MonitoringRole", name, {}, opts);
    const world = pulumi.all([args.account, args.databaseIdentifier]);

    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "Enhanced monitoring of one RDS instance",
        assumeRolePolicy: world.apply(([{ partition, region, accountId }, identifier]) =>
          trustOf(
            "monitoring.rds.amazonaws.com",
            onBehalfOf(accountId, `arn:${partition}:rds:${region}:${accountId}:db:${identifier}`),
          ),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: world.apply(([account]) => policyDocument(monitoringStatements(account))) },
      { parent: this },
    );

    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

// what the AWS-managed AmazonRDSEnhancedMonitoringRole allows, for this account and region only
function monitoringStatements({ partition, region, accountId }: Account): Statement[] {
  const logGroups = `arn:${partition}:logs:${region}:${accountId}:log-group:RDS*`;
  return [
    { sid: "LogGroups", actions: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], resources: [logGroups] },
    {
      sid: "LogStreams",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
      resources: [`${logGroups}:log-stream:*`],
    },
  ];
}
