import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Exceptions, FlowLogSettings } from "../settings";
import type { Account } from "./account";
import { logGroupArn } from "./arns";
import { EncryptionKey } from "./encryption-key";
import type { FlowLogPlaces } from "./flow-log-targets";
import { flowLogs } from "./flow-logs";
import { logKeyUses } from "./key-uses";
import { logGroup } from "./log-group";
import type { StackNames } from "./names";
import { onBehalfOf, policyDocument, type Statement, trustOf } from "./policy-documents";

/** What is logged, how, and for how long it is kept. Every default is settings.ts's. */
export interface FlowLogGroupArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: Pick<FlowLogSettings, "scope" | "aggregationSeconds" | "fields" | "retentionDays">;
  /** The group's protection against deletion, given up with a reason. */
  readonly exceptions: Pick<Exceptions, "keepFlowLogs">;
  readonly places: FlowLogPlaces;
}

/**
 * The log group that flow logs are kept in, and the flow logs: what FlowArchive is for S3. A change of fields or aggregation replaces the
 * flow log.
 *
 * The group is protected as the archive's bucket is: a destroy is refused before it deletes anything, and the key stays in the account
 * even where the group is taken out of the stack by hand. To give both up, write the reason to `exceptions.keepFlowLogs`, update, then
 * destroy.
 *
 * Cost: about $0.50 per GB delivered, $0.03 per GB and month kept, $1 for the key.
 */
export class FlowLogGroup extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;
  readonly logGroupArn: pulumi.Output<string>;
  /** The key that the group is encrypted with. */
  readonly keyArn: pulumi.Output<string>;
  /** What a line holds, in order: lines in a log group have no header. */
  readonly fields: readonly string[];

  constructor(name: string, args: FlowLogGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:flows:FlowLogGroup", name, {}, opts);

    const isKept = args.exceptions.keepFlowLogs === undefined;
    const key = this.encryptionKey(name, args, isKept);
    const group = logGroup(
      `${name}-log`,
      {
        logGroupName: args.names.flowLogGroup,
        keyArn: key.arn,
        retentionDays: args.settings.retentionDays,
        // S3 refuses to delete a bucket with objects; a log group would go with all that is in it
        isProtected: isKept,
      },
      { parent: this, protect: isKept },
    );
    const { role, policy } = this.deliveryRole(name, args);
    flowLogs(
      name,
      {
        settings: args.settings,
        places: args.places,
        delivery: { logDestinationType: "cloud-watch-logs", logDestination: group.arn, iamRoleArn: role.arn },
      },
      // AWS makes a flow log that may not deliver, and tells nobody but who asks for its status
      { parent: this, dependsOn: [policy] },
    );

    this.logGroupName = group.name;
    this.logGroupArn = group.arn;
    this.keyArn = key.arn;
    this.fields = args.settings.fields;
    this.registerOutputs({ logGroupName: this.logGroupName, logGroupArn: this.logGroupArn });
  }

  private encryptionKey(name: string, { account, names }: FlowLogGroupArgs, outlivesStack: boolean): EncryptionKey {
    return new EncryptionKey(
      `${name}-key`,
      {
        account,
        alias: names.keyAlias("flow-logs"),
        description: "Flow logs in the log group",
        uses: account.apply((place) => logKeyUses(place, names.flowLogGroup)),
        // nothing could read events that are kept once their key is gone
        outlivesStack,
      },
      { parent: this },
    );
  }

  private deliveryRole(
    name: string,
    { account, names }: FlowLogGroupArgs,
  ): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy } {
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "Delivers flow logs to the log group",
        assumeRolePolicy: account.apply((place) =>
          trustOf("vpc-flow-logs.amazonaws.com", onBehalfOf(place.accountId, flowLogArns(place))),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: account.apply((place) => policyDocument(deliveryStatements(place, names.flowLogGroup))),
      },
      { parent: this },
    );
    return { role, policy };
  }
}

// any of the account and region: a flow log gets its id after it was given the role
function flowLogArns({ partition, region, accountId }: Account): string {
  return `arn:${partition}:ec2:${region}:${accountId}:vpc-flow-log/*`;
}

/**
 * What delivery may do (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs"), in this group alone. Not CreateLogGroup,
 * which is in AWS's sample: delivery would make a group that was deleted anew, without our key and for ever.
 */
export function deliveryStatements(account: Account, logGroupName: string): Statement[] {
  return [
    {
      sid: "WriteFlowLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      resources: [`${logGroupArn(account, logGroupName)}:*`],
    },
    // a search by name, which IAM judges against the groups of the region
    { sid: "FindLogGroup", actions: ["logs:DescribeLogGroups"], resources: [logGroupArn(account, "*")] },
  ];
}
