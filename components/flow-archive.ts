import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Exceptions, FlowLogSettings } from "../settings";
import type { Account } from "./account";
import { deliverySourceArn } from "./arns";
import { bucketGuards, denyWithoutNewTls } from "./bucket-guards";
import { EncryptionKey } from "./encryption-key";
import type { FlowLogPlaces } from "./flow-log-targets";
import { flowLogs } from "./flow-logs";
import { flowLogsKeyUses } from "./key-uses";
import type { StackNames } from "./names";
import { onBehalfOf, policyDocument, type Statement } from "./policy-documents";

/** What is logged, how, and for how long it is kept. Every default is settings.ts's. */
export interface FlowArchiveArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: FlowLogSettings;
  /** The archive's protection against deletion, given up with a reason. */
  readonly exceptions: Pick<Exceptions, "keepFlowLogs">;
  readonly places: FlowLogPlaces;
  /** Whether the forwarder keeps bad lines in the bucket. */
  readonly hasQuarantine: boolean;
  /** Whether backfills keep their results in the bucket. */
  readonly hasBackfill: boolean;
}

/** Every object that flow logs deliver is below this prefix; AWS reserves the name. */
export const FLOW_LOG_PREFIX = "AWSLogs/";

/**
 * The bucket that flow logs are kept in, and the flow logs. A change of fields, format or aggregation replaces the flow log.
 *
 * The bucket is protected: a destroy is refused before it deletes anything, and the key stays in the account even where the bucket is
 * taken out of the stack by hand. To give both up, write the reason to `exceptions.keepFlowLogs`, update, then destroy.
 *
 * Cost: about $0.25 per GB delivered, $0.023 per GB and month kept, $1 for the key.
 */
export class FlowArchive extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** The key that every object is encrypted with. */
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: FlowArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:flows:FlowArchive", name, {}, opts);

    const isKept = args.exceptions.keepFlowLogs === undefined;
    const key = this.encryptionKey(name, args, isKept);
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { forceDestroy: !isKept },
      // on the bucket alone: what else is here can be made again. Not forceDestroy's refusal only: S3's comes when half of a stack is gone
      { parent: this, protect: isKept },
    );
    const guards = bucketGuards(
      name,
      { bucket, keyArn: key.arn, retentionDays: args.settings.retentionDays },
      { parent: this },
    );
    const policy = this.policy(name, bucket, guards, args);
    this.flowLogs(name, bucket, [...guards, policy], args);

    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.keyArn = key.arn;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn, keyArn: this.keyArn });
  }

  private encryptionKey(
    name: string,
    { account, names, hasQuarantine, hasBackfill }: FlowArchiveArgs,
    outlivesStack: boolean,
  ): EncryptionKey {
    return new EncryptionKey(
      `${name}-key`,
      {
        account,
        alias: names.keyAlias("flow-logs"),
        description: "Flow logs in the archive bucket",
        uses: account.apply((place) => flowLogsKeyUses(place, { hasQuarantine, hasBackfill })),
        // nothing could read objects that are kept once their key is gone
        outlivesStack,
      },
      { parent: this },
    );
  }

  private policy(
    name: string,
    bucket: aws.s3.Bucket,
    guards: pulumi.Resource[],
    { account, settings }: FlowArchiveArgs,
  ): aws.s3.BucketPolicy {
    return new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: pulumi
          .all([account, bucket.arn])
          .apply(([place, bucketArn]) => policyDocument(bucketStatements(place, bucketArn, settings.partitions.hive))),
      },
      // S3 refuses two changes of one bucket's access at a time
      { parent: this, dependsOn: guards },
    );
  }

  private flowLogs(name: string, bucket: aws.s3.Bucket, before: pulumi.Resource[], args: FlowArchiveArgs): void {
    const { settings, places } = args;
    flowLogs(
      name,
      {
        settings,
        places,
        delivery: {
          logDestinationType: "s3",
          logDestination: bucket.arn,
          destinationOptions: {
            fileFormat: settings.fileFormat,
            hiveCompatiblePartitions: settings.partitions.hive,
            perHourPartition: settings.partitions.hourly,
          },
        },
      },
      // A flow log that finds no delivery policy writes one itself, over ours and its TLS rule. And in this order a destroy
      // ends the delivery before it empties the bucket
      { parent: this, dependsOn: before },
    );
  }
}

/** The archive's bucket policy: log delivery may write, in the account's own folder; nobody comes without TLS 1.2. */
export function bucketStatements(account: Account, bucketArn: string, isHive: boolean): Statement[] {
  const delivery = {
    principal: { service: "delivery.logs.amazonaws.com" },
    // Not s3:x-amz-acl, which AWS's sample adds: with ACLs off it may refuse deliveries, and the source conditions do without it
    conditions: onBehalfOf(account.accountId, deliverySourceArn(account)),
  };
  const folder = isHive ? `aws-account-id=${account.accountId}` : account.accountId;
  return [
    {
      ...delivery,
      sid: "FlowLogDeliveryWrites",
      actions: ["s3:PutObject"],
      resources: [`${bucketArn}/${FLOW_LOG_PREFIX}${folder}/*`],
    },
    {
      ...delivery,
      sid: "FlowLogDeliveryChecks",
      actions: ["s3:GetBucketAcl", "s3:ListBucket"],
      resources: [bucketArn],
    },
    ...denyWithoutNewTls(bucketArn),
  ];
}
