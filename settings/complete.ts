import * as pulumi from "@pulumi/pulumi";
import { engineNamed } from "../components/engines/engines";
import type {
  ClientVpnSettings,
  DatabaseUserSettings,
  FrontDoorSettings,
  IllumioSettings,
  PceCredentials,
  PceSettings,
  Settings,
} from "../settings";
import type { ParsedSettings } from "./schema";

/** Settings of what the schema took and the rules let pass: what they ask for is there, and everything is frozen. */
export function complete(parsed: ParsedSettings, apiSecret: pulumi.Output<string> | undefined): Settings {
  const { databaseUsers, pce, frontDoor, illumio, clientVpn, ...rest } = parsed;
  return freeze({
    ...rest,
    ...(clientVpn && { clientVpn: completeClientVpn(clientVpn) }),
    ...(databaseUsers && { databaseUsers: completeUsers(databaseUsers, parsed) }),
    ...(illumio && { illumio: completeIllumio(illumio) }),
    ...(frontDoor && { frontDoor: completeFrontDoor(frontDoor, parsed) }),
    ...(pce && { pce: completePce(pce, apiSecret) }),
  });
}

function completeUsers(
  users: NonNullable<ParsedSettings["databaseUsers"]>,
  { database: { engine, name: made } }: ParsedSettings,
): Record<string, DatabaseUserSettings> {
  const hasSchemas = engineNamed(engine).users?.hasSchemas;
  return Object.fromEntries(
    Object.entries(users).map(([name, { schema: given, ...rest }]) => {
      const schema = hasSchemas ? given : (rest.database ?? made);
      // the rules have asked for it
      if (schema === undefined) throw new Error("a database user without a schema passed the rules of the settings");
      return [name, { ...rest, schema }];
    }),
  );
}

function completeFrontDoor(
  { exposure, allowedCidrs, ...rest }: NonNullable<ParsedSettings["frontDoor"]>,
  { network, database }: ParsedSettings,
): FrontDoorSettings {
  // the rules have asked for both
  if (exposure === undefined || allowedCidrs === undefined)
    throw new Error("a front door without an exposure or networks passed the rules of the settings");
  const { port = database.port, zones = network.zones, allowedPrincipals = [] } = rest;
  return { ...rest, exposure, allowedCidrs, port, allowedPrincipals, zones };
}

function completeIllumio({ clients, ...rest }: NonNullable<ParsedSettings["illumio"]>): IllumioSettings {
  // the rules have asked for them
  if (clients === undefined) throw new Error("an Illumio side without clients passed the rules of the settings");
  return { ...rest, clients };
}

function completeClientVpn({
  serverCertificateArn,
  clientCertificateArn,
  ...rest
}: NonNullable<ParsedSettings["clientVpn"]>): ClientVpnSettings {
  // the rules have asked for both
  if (serverCertificateArn === undefined || clientCertificateArn === undefined)
    throw new Error("a VPN without its certificates passed the rules of the settings");
  return { ...rest, serverCertificateArn, clientCertificateArn };
}

function completePce(
  pce: NonNullable<ParsedSettings["pce"]>,
  apiSecret: pulumi.Output<string> | undefined,
): PceSettings {
  const { host, credentialsSecretArn, apiKeyId, port, orgId, requestsPerMinute, cidrs = [], caCertificate } = pce;
  const credentials: PceCredentials | undefined =
    credentialsSecretArn !== undefined
      ? { secretArn: credentialsSecretArn }
      : apiKeyId !== undefined && apiSecret !== undefined
        ? { apiKeyId, apiSecret }
        : undefined;
  // the rules have asked for both
  if (host === undefined || credentials === undefined)
    throw new Error("settings without a host or credentials passed their rules");
  return { host, port, orgId, requestsPerMinute, cidrs, credentials, ...(caCertificate && { caCertificate }) };
}

// an Output has to stay as it is
function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null && !pulumi.Output.isInstance(inner)) freeze(inner);
  }
  return Object.freeze(value);
}
