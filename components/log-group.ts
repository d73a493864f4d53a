import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** A log group that exists before its writer does. */
export interface LogGroupArgs {
  readonly logGroupName: pulumi.Input<string>;
  /** A key whose policy names this log group. */
  readonly keyArn: pulumi.Input<string>;
  /** Days until events are deleted: one of the values that CloudWatch Logs takes. */
  readonly retentionDays: number;
  /** True: CloudWatch Logs refuses to delete the group until an update has given that up. @default false */
  readonly isProtected?: boolean;
}

/** Made by us and not by its first writer, which would encrypt nothing with our key and keep everything for ever. */
export function logGroup(
  name: string,
  args: LogGroupArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: args.logGroupName,
      kmsKeyId: args.keyArn,
      retentionInDays: args.retentionDays,
      ...(args.isProtected !== undefined && { deletionProtectionEnabled: args.isProtected }),
    },
    opts,
  );
}
