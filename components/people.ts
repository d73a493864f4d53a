import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccessSettings } from "../settings";
import type { Account } from "./account";
import type { StackNames } from "./names";
import {
  connectStatements,
  operatorStatements,
  type PeopleScope,
  protectStatements,
  readOnlyStatements,
} from "./people-policies";
import { attachPolicy } from "./policy-attachments";
import { policyDocument, type Statement } from "./policy-documents";

/** Whose policies, and about which database. */
export interface PeopleArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: AccessSettings;
  readonly scope: {
    readonly [K in Exclude<keyof PeopleScope, "account" | "alarmPrefix" | "logGroupNames">]: pulumi.Input<
      PeopleScope[K]
    >;
  } & { readonly logGroupNames: readonly pulumi.Input<string>[] };
}

const DESCRIPTIONS = {
  operators: "May see, modify, reboot and snapshot the database of this stack, and no other",
  "read-only": "May see the database of this stack, its logs and metrics",
  protect: "May not delete the database of this stack, its backups or key, nor turn its protection off",
};

/**
 * IAM policies for people, attached to those that the settings name. Each is a managed policy with a name of its own, so that a permission set
 * of IAM Identity Center can name it, too. Free of charge.
 *
 * IAM lets a group, role or user have 10 managed policies unless the account's quota is raised.
 */
export class People extends pulumi.ComponentResource {
  /** The policies' ARNs: `operators`, `read-only`, `protect`, and `connect-<user>` for each user of the database. */
  readonly policyArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: PeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:access:People", name, {}, opts);
    const { account, names, settings } = args;
    const scope = pulumi
      .all([account, pulumi.output(args.scope)])
      .apply(([place, database]): PeopleScope => ({ ...database, account: place, alarmPrefix: names.alarmPrefix }));

    const policy = (
      what: string,
      description: string,
      statements: (scope: PeopleScope) => Statement[],
      principals: readonly string[],
    ): [string, pulumi.Output<string>] => {
      const made = new aws.iam.Policy(
        `${name}-${what}`,
        { name: names.policy(what), description, policy: scope.apply((found) => policyDocument(statements(found))) },
        { parent: this },
      );
      attachPolicy(`${name}-${what}`, made.arn, principals, { parent: this });
      return [what, made.arn];
    };
    this.policyArns = Object.fromEntries([
      policy("operators", DESCRIPTIONS.operators, operatorStatements, settings.operators),
      policy("read-only", DESCRIPTIONS["read-only"], readOnlyStatements, settings.readOnly),
      policy("protect", DESCRIPTIONS.protect, protectStatements, settings.protect),
      ...Object.entries(settings.connect).map(([user, principals]) =>
        policy(
          `connect-${user}`,
          `May connect to the database of this stack as ${user}, by IAM`,
          (found) => connectStatements(found, user),
          principals,
        ),
      ),
    ]);
    this.registerOutputs({ policyArns: this.policyArns });
  }
}
