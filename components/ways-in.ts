import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings";
import type { Access } from "./access";
import type { Account } from "./account";
import { Bastion, type BastionArgs } from "./bastion";
import { tierCidr } from "./cidr-plan";
import { ClientVpn } from "./client-vpn";
import type { InterfaceEndpoints } from "./interface-endpoints";
import type { StackNames } from "./names";
import type { Network } from "./network";

/** What the ways in lead through, and to. */
export interface WaysInArgs extends Pick<BastionArgs, "database" | "tags" | "logRetentionDays"> {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: Pick<Settings, "network" | "bastion" | "clientVpn">;
  readonly network: Pick<Network, "vpcId" | "privateSubnetIds">;
  readonly groupIds: Access["groupIds"];
  /** Of what the bastion needs, if there is one. */
  readonly endpoints: InterfaceEndpoints | undefined;
}

/** People's ways to the database, those that the settings have. */
export function waysIn(
  { settings, network, groupIds, endpoints, ...args }: WaysInArgs,
  opts: pulumi.ComponentResourceOptions,
): { readonly bastion: Bastion | undefined; readonly clientVpn: ClientVpn | undefined } {
  const { vpcId, privateSubnetIds: subnetIds } = network;
  const placed = (securityGroupId: pulumi.Output<string> | undefined) =>
    securityGroupId && { subnetIds, securityGroupId };

  const atBastion = placed(groupIds.bastion);
  const bastion =
    settings.bastion &&
    atBastion &&
    new Bastion(
      "bastion",
      { ...args, ...atBastion, settings: settings.bastion },
      { ...opts, dependsOn: endpoints ? [endpoints] : [] },
    );
  const atVpn = placed(groupIds["client-vpn"]);
  const { zones, cidr } = settings.network;
  const where = { vpcId, zones, databaseCidr: tierCidr(cidr, "database") };
  const clientVpn =
    settings.clientVpn &&
    atVpn &&
    new ClientVpn("client-vpn", { ...args, ...atVpn, ...where, settings: settings.clientVpn }, opts);
  return { bastion, clientVpn };
}
