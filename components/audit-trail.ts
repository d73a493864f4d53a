import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Exceptions } from "../settings";
import type { Account } from "./account";
import { logGroupArn } from "./arns";
import { bucketGuards, denyWithoutNewTls } from "./bucket-guards";
import { EncryptionKey } from "./encryption-key";
import { logGroup } from "./log-group";
import type { StackNames } from "./names";
import { onBehalfOf, policyDocument, type Statement, trustOf } from "./policy-documents";
import { trailArn, trailKeyUses } from "./trail-key-uses";

/** How long the trail is kept, and where. Every default is settings.ts's. */
export interface AuditTrailArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  /** Days that the bucket keeps it. */
  readonly retentionDays: number;
  /** Days that the log group keeps it. */
  readonly logRetentionDays: number;
  /** The trail's protection against deletion, given up with a reason. */
  readonly exceptions: Pick<Exceptions, "keepAuditTrail">;
}

/**
 * A trail of who called which API of AWS: management events of all regions, with files that tell whether somebody changed them, in a bucket
 * of its own, and in a log group for alarms.
 *
 * The bucket is protected as the flow archive's is: a destroy is refused before it deletes anything, and the key stays in the account even
 * where the bucket is taken out of the stack by hand. To give both up, write the reason to `exceptions.keepAuditTrail`, update, then
 * destroy.
 *
 * Cost: $2 per 100,000 events where the account has a trail already, else nothing; $0.50 per GB in the log group, $1 for the key.
 */
export class AuditTrail extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:audit:AuditTrail", name, {}, opts);
    const { names } = args;

    const isKept = args.exceptions.keepAuditTrail === undefined;
    const key = this.encryptionKey(name, args, isKept);
    const bucket = new aws.s3.Bucket(`${name}-bucket`, { forceDestroy: !isKept }, { parent: this, protect: isKept });
    const policy = this.bucketPolicy(name, bucket, key, args);
    const log = logGroup(
      `${name}-log`,
      { logGroupName: names.trailLogGroup, keyArn: key.arn, retentionDays: args.logRetentionDays },
      { parent: this },
    );
    const { role, rolePolicy } = this.deliveryRole(name, args);
    new aws.cloudtrail.Trail(
      `${name}-trail`,
      {
        name: names.trail,
        s3BucketName: bucket.bucket,
        kmsKeyId: key.arn,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        cloudWatchLogsGroupArn: pulumi.interpolate`${log.arn}:*`,
        cloudWatchLogsRoleArn: role.arn,
      },
      // CloudTrail tries bucket, key and log group when it makes the trail
      { parent: this, dependsOn: [policy, rolePolicy] },
    );

    this.logGroupName = log.name;
    this.keyArn = key.arn;
    this.registerOutputs({ logGroupName: this.logGroupName, keyArn: this.keyArn });
  }

  private encryptionKey(name: string, { account, names }: AuditTrailArgs, outlivesStack: boolean): EncryptionKey {
    return new EncryptionKey(
      `${name}-key`,
      {
        account,
        alias: names.keyAlias("audit-trail"),
        description: "The audit trail in its bucket and log group",
        uses: account.apply((place) => trailKeyUses(place, names.trail, names.trailLogGroup)),
        // nothing could read what is kept once its key is gone
        outlivesStack,
      },
      { parent: this },
    );
  }

  private bucketPolicy(
    name: string,
    bucket: aws.s3.Bucket,
    key: EncryptionKey,
    { account, names, retentionDays }: AuditTrailArgs,
  ): aws.s3.BucketPolicy {
    const guards = bucketGuards(name, { bucket, keyArn: key.arn, retentionDays }, { parent: this });
    return new aws.s3.BucketPolicy(
      `${name}-bucket-policy`,
      {
        bucket: bucket.bucket,
        policy: pulumi
          .all([account, bucket.arn])
          .apply(([place, bucketArn]) => policyDocument(bucketStatements(place, bucketArn, names.trail))),
      },
      { parent: this, dependsOn: guards },
    );
  }

  private deliveryRole(name: string, { account, names }: AuditTrailArgs) {
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "Delivers the audit trail to its log group",
        assumeRolePolicy: account.apply((place) =>
          trustOf("cloudtrail.amazonaws.com", onBehalfOf(place.accountId, trailArn(place, names.trail))),
        ),
      },
      { parent: this },
    );
    const rolePolicy = new aws.iam.RolePolicy(
      `${name}-role-policy`,
      {
        role: role.name,
        policy: account.apply((place) => policyDocument(deliveryStatements(place, names.trailLogGroup))),
      },
      { parent: this },
    );
    return { role, rolePolicy };
  }
}

/** The bucket's policy (CloudTrail guide, "Amazon S3 bucket policy for CloudTrail"): this trail writes into the account's own folder. */
export function bucketStatements(account: Account, bucketArn: string, trailName: string): Statement[] {
  const cloudTrail = {
    principal: { service: "cloudtrail.amazonaws.com" },
    conditions: onBehalfOf(account.accountId, trailArn(account, trailName)),
  };
  return [
    { ...cloudTrail, sid: "TrailChecks", actions: ["s3:GetBucketAcl"], resources: [bucketArn] },
    {
      ...cloudTrail,
      sid: "TrailWrites",
      // not s3:x-amz-acl, which AWS's sample asks for: with ACLs off it says nothing
      actions: ["s3:PutObject"],
      resources: [`${bucketArn}/AWSLogs/${account.accountId}/*`],
    },
    ...denyWithoutNewTls(bucketArn),
  ];
}

/** What delivery may do (CloudTrail guide, "Role policy document for CloudTrail to use CloudWatch Logs"), in its own streams alone. */
export function deliveryStatements(account: Account, logGroupName: string): Statement[] {
  const { accountId } = account;
  return [
    {
      sid: "WriteTrail",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      // one for each region
      resources: [`${logGroupArn(account, logGroupName)}:log-stream:${accountId}_CloudTrail_*`],
    },
  ];
}
