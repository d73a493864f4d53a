import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { administration } from "./key-uses";
import { policyDocument, type Statement } from "./policy-documents";

/** What a key is for. */
export interface EncryptionKeyArgs {
  readonly account: pulumi.Input<Account>;
  /** A sentence for the console: what the key protects. */
  readonly description: string;
  /** `alias/` and a name that is unique in the account and region. */
  readonly alias: string;
  /** Who may use the key: one of the tables of key-uses.ts. The account's administration is added. */
  readonly uses: pulumi.Input<readonly Statement[]>;
  /** @default - the stack's own region */
  readonly region?: string;
  /**
   * Leaves the key in the account when it is removed from the stack, because something encrypted with it stays too.
   * @default false
   */
  readonly outlivesStack?: boolean;
}

/**
 * A customer-managed key that rotates every year, with an explicit policy. Deleted 30 days after its removal, so that a
 * mistake can be undone. Cost: about $1 per month, and $1 more for each of the first two rotations.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** The key's ARN: services take it where an alias or an id would change or be looked up elsewhere. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:security:EncryptionKey", name, {}, opts);

    const key = new aws.kms.Key(
      `${name}-key`,
      {
        ...(args.region !== undefined && { region: args.region }),
        description: args.description,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: pulumi
          .all([args.account, args.uses])
          .apply(([account, uses]) => policyDocument([administration(account), ...uses])),
      },
      { parent: this, retainOnDelete: args.outlivesStack ?? false },
    );
    new aws.kms.Alias(
      `${name}-alias`,
      { ...(args.region !== undefined && { region: args.region }), name: args.alias, targetKeyId: key.keyId },
      { parent: this },
    );

    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
