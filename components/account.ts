import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where a stack is deployed: what ARNs and source conditions are made of. */
export interface Account {
  /** Twelve digits. */
  readonly accountId: string;
  /** For example `eu-west-1`. */
  readonly region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

/** Asks AWS for the account and region of the default provider. Known in previews too. */
export function currentAccount(): pulumi.Output<Account> {
  return pulumi
    .all([aws.getCallerIdentityOutput(), aws.getRegionOutput(), aws.getPartitionOutput()])
    .apply(([caller, { region }, { partition }]) => ({ accountId: caller.accountId, region, partition }));
}
