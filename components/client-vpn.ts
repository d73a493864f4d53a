import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ClientVpnSettings } from "../settings";
import type { Account } from "./account";
import type { Zone } from "./cidr-plan";
import { EncryptionKey } from "./encryption-key";
import { logKeyUses } from "./key-uses";
import { logGroup } from "./log-group";
import type { StackNames } from "./names";

/** Where the VPN ends, and what is behind it. */
export interface ClientVpnArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: ClientVpnSettings;
  readonly logRetentionDays: number;
  readonly vpcId: pulumi.Input<string>;
  /** Zones whose subnets people come out in. */
  readonly zones: readonly Zone[];
  /** One for each zone, in the order of their letters. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** The network that the database's subnets are in: the only one that the VPN leads to. */
  readonly databaseCidr: string;
}

/**
 * A Client VPN endpoint that leads to the database's subnets and nowhere else, for whoever has a certificate of the authority that the
 * settings name. Every connection and every refused one is in the log group. People come out under addresses of the private subnets, so
 * flow logs show those; who had which, the connection log says.
 *
 * Cost: $73 per zone and month, and $0.05 per connection and hour.
 */
export class ClientVpn extends pulumi.ComponentResource {
  readonly endpointId: pulumi.Output<string>;

  constructor(name: string, args: ClientVpnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:access:ClientVpn", name, {}, opts);
    const { account, names, settings } = args;
    const logGroupName = names.peopleLogGroup("vpn");

    const key = new EncryptionKey(
      `${name}-key`,
      {
        account,
        alias: names.keyAlias("vpn"),
        description: "The log of connections to the VPN",
        uses: account.apply((place) => logKeyUses(place, logGroupName)),
      },
      { parent: this },
    );
    const log = logGroup(
      `${name}-log`,
      { logGroupName, keyArn: key.arn, retentionDays: args.logRetentionDays },
      { parent: this },
    );
    const stream = new aws.cloudwatch.LogStream(
      `${name}-stream`,
      { name: "connections", logGroupName: log.name },
      { parent: this },
    );
    const endpoint = new aws.ec2clientvpn.Endpoint(
      `${name}-endpoint`,
      {
        description: "People's way to the database",
        serverCertificateArn: settings.serverCertificateArn,
        clientCidrBlock: settings.clientCidr,
        authenticationOptions: [
          { type: "certificate-authentication", rootCertificateChainArn: settings.clientCertificateArn },
        ],
        connectionLogOptions: { enabled: true, cloudwatchLogGroup: log.name, cloudwatchLogStream: stream.name },
        vpcId: args.vpcId,
        securityGroupIds: [args.securityGroupId],
        // only what is for the database goes through the VPN
        splitTunnel: true,
        transportProtocol: "udp",
        sessionTimeoutHours: settings.sessionHours,
        disconnectOnSessionTimeout: true,
        selfServicePortal: "disabled",
        tags: { Name: `${names.prefix}-vpn` },
      },
      { parent: this },
    );
    for (const [index, zone] of [...args.zones].sort().entries()) {
      const subnetId = args.subnetIds[index];
      if (subnetId === undefined) throw new Error(`the VPN has no subnet in zone ${zone}`);
      new aws.ec2clientvpn.NetworkAssociation(
        `${name}-association-${zone}`,
        { clientVpnEndpointId: endpoint.id, subnetId },
        { parent: this },
      );
    }
    new aws.ec2clientvpn.AuthorizationRule(
      `${name}-to-database`,
      {
        clientVpnEndpointId: endpoint.id,
        targetNetworkCidr: args.databaseCidr,
        // a certificate says no group: whoever has one may
        authorizeAllGroups: true,
        description: "The subnets of the database",
      },
      { parent: this },
    );

    this.endpointId = endpoint.id;
    this.registerOutputs({ endpointId: this.endpointId });
  }
}
