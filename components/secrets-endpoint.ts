import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { anyResource, policyDocument } from "./policy-documents";

/** Where the endpoint is. */
export interface SecretsEndpointArgs {
  readonly account: pulumi.Output<Account>;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** The group that the table of access rules calls `endpoints`. */
  readonly securityGroupId: pulumi.Input<string>;
}

/**
 * The way to Secrets Manager out of a network that has no other. Only this account's secrets pass it, and by its name whoever is in the
 * network finds it: a group decides who gets in.
 *
 * Cost: about $8 per month in each zone.
 */
export class SecretsEndpoint extends pulumi.ComponentResource {
  /** For what must come after it. */
  readonly endpoint: aws.ec2.VpcEndpoint;

  constructor(name: string, args: SecretsEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:SecretsEndpoint", name, {}, opts);

    this.endpoint = new aws.ec2.VpcEndpoint(
      `${name}-endpoint`,
      {
        vpcId: args.vpcId,
        vpcEndpointType: "Interface",
        serviceName: args.account.apply(({ region }) => `com.amazonaws.${region}.secretsmanager`),
        subnetIds: [...args.subnetIds],
        securityGroupIds: [args.securityGroupId],
        privateDnsEnabled: true,
        policy: args.account.apply(secretsEndpointPolicy),
        tags: { Name: `${name}-endpoint` },
      },
      { parent: this },
    );
    this.registerOutputs({ endpointId: this.endpoint.id });
  }
}

/** What may pass: what functions and applications do with secrets of this account. A secret of another could carry data out. */
export function secretsEndpointPolicy({ accountId }: Account): string {
  return policyDocument([
    {
      sid: "OwnSecrets",
      principal: { aws: "*" },
      actions: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      resources: anyResource("the condition says which: all of this account and no other"),
      conditions: { StringEquals: { "aws:ResourceAccount": accountId } },
    },
  ]);
}
