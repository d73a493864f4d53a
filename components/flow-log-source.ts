import type * as pulumi from "@pulumi/pulumi";

/** A bucket that flow logs are delivered to as objects, and the key that they are encrypted with. */
export interface BucketSource {
  readonly bucketName: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/** A log group that flow logs are delivered to as lines. */
export interface LogGroupSource {
  readonly logGroupName: pulumi.Input<string>;
  readonly logGroupArn: pulumi.Input<string>;
  /** What a line of the stack's own flow logs holds, in order. */
  readonly fields: readonly string[];
}

/** Where flow logs are: one of the two. */
export type FlowLogSource =
  | { readonly archive: BucketSource; readonly logGroup?: undefined }
  | { readonly archive?: undefined; readonly logGroup: LogGroupSource };
