import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { onlyIdentitiesOf } from "./policy-documents";

/** Which services are to be inside the VPC. */
export interface InterfaceEndpointsArgs {
  readonly account: pulumi.Output<Account>;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Lets the VPC in on port 443. */
  readonly securityGroupId: pulumi.Input<string>;
  /** By the last part of their names, for example `ssm`; each once. */
  readonly services: readonly string[];
}

/**
 * AWS's services at addresses of the VPC, for what has no way to the internet. Their names lead everybody in the VPC here, and only
 * identities of this account pass: with keys of another account nothing is carried out of the VPC.
 *
 * Cost: $7.30 per service, subnet and month, and $0.01 per GB.
 */
export class InterfaceEndpoints extends pulumi.ComponentResource {
  constructor(name: string, args: InterfaceEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:InterfaceEndpoints", name, {}, opts);
    for (const service of args.services) {
      const child = `${name}-${service}`;
      new aws.ec2.VpcEndpoint(
        child,
        {
          vpcId: args.vpcId,
          vpcEndpointType: "Interface",
          serviceName: args.account.apply(({ region }) => `com.amazonaws.${region}.${service}`),
          subnetIds: [...args.subnetIds],
          securityGroupIds: [args.securityGroupId],
          privateDnsEnabled: true,
          policy: args.account.apply(({ accountId }) => onlyIdentitiesOf(accountId)),
          tags: { Name: child },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
