import { type HrefReference, readHref, readReferences } from "./hrefs";
import type { ExternalIdentity } from "./identity";
import { InvalidRequestError } from "./pce-errors";
import { Fields, present } from "./wire";

/** Ports of one protocol. */
export interface ServicePort {
  readonly port: number;
  /** The last port, of a range. */
  readonly toPort?: number;
  /** IANA number: 6 is TCP, 17 UDP. */
  readonly proto: number;
}

/** Where a virtual service is: at a name, or at an address. The port of a name is that of the service. */
export type ServiceAddress =
  | { readonly fqdn: string; readonly description?: string; readonly port?: number }
  | { readonly ip: string; readonly port?: number; readonly network?: HrefReference };

export interface VirtualServiceFields {
  /** Need not be unique. */
  readonly name: string;
  readonly description?: string;
  readonly labels?: readonly HrefReference[];
  /** @default "host_only" */
  readonly applyTo?: "host_only" | "internal_bridge_network";
  /** Either this or `servicePorts`. */
  readonly service?: HrefReference;
  readonly servicePorts?: readonly ServicePort[];
  readonly serviceAddresses?: readonly ServiceAddress[];
  /** Addresses or networks used in place of those of the bound workloads. */
  readonly ipOverrides?: readonly string[];
}

export type NewVirtualService = VirtualServiceFields & ExternalIdentity;

export type VirtualServiceChanges = Partial<VirtualServiceFields & ExternalIdentity>;

/** What of an object is not provisioned yet; undefined when draft and active are the same. */
export type PendingChange = "create" | "update" | "delete";

/** A virtual service as the PCE has it. */
export interface VirtualService extends VirtualServiceFields, Partial<ExternalIdentity> {
  readonly href: string;
  readonly pending?: PendingChange;
  readonly labels: readonly HrefReference[];
  readonly servicePorts: readonly ServicePort[];
  readonly serviceAddresses: readonly ServiceAddress[];
}

/** Reads a virtual service, draft or active, of an answer. */
export function readVirtualService(body: unknown, state: "draft" | "active"): VirtualService {
  const fields = new Fields(body, "a virtual service");
  const service = fields.object("service")?.text("href");
  return present({
    href: readHref(fields, `${state} virtual service`),
    name: fields.requiredText("name"),
    description: fields.text("description"),
    labels: readReferences(fields, "labels"),
    applyTo: fields.text("apply_to") === "internal_bridge_network" ? ("internal_bridge_network" as const) : "host_only",
    service: service === undefined ? undefined : { href: service },
    servicePorts: fields.items("service_ports", readServicePort),
    serviceAddresses: fields.items("service_addresses", readServiceAddress),
    ipOverrides: fields.items("ip_overrides", String),
    pending: readPending(fields),
    externalDataSet: fields.text("external_data_set"),
    externalDataReference: fields.text("external_data_reference"),
  });
}

/** What `update_type` says. */
export function readPending(fields: Fields): PendingChange | undefined {
  const change = fields.text("update_type");
  return change === "create" || change === "update" || change === "delete" ? change : undefined;
}

export function readServicePort(item: unknown): ServicePort {
  const fields = new Fields(item, "a port of a service");
  return present({
    // a protocol without ports has none, and a PCE may say -1
    port: fields.integer("port") ?? -1,
    toPort: fields.integer("to_port"),
    proto: fields.integer("proto") ?? -1,
  });
}

function readServiceAddress(item: unknown): ServiceAddress {
  const fields = new Fields(item, "an address of a virtual service");
  const fqdn = fields.text("fqdn");
  const port = fields.integer("port");
  if (fqdn !== undefined) return present({ fqdn, description: fields.text("description"), port });
  const network = fields.object("network")?.text("href");
  return present({
    ip: fields.requiredText("ip"),
    port,
    network: network === undefined ? undefined : { href: network },
  });
}

/** @throws InvalidRequestError for a virtual service that no PCE takes. */
export function checkVirtualService(service: VirtualServiceChanges, isNew: boolean): void {
  if (service.name !== undefined && (service.name === "" || service.name.length > 255)) {
    throw new InvalidRequestError(
      `the name of a virtual service must have 1 to 255 characters, got ${service.name.length}`,
    );
  }
  const hasPorts = service.servicePorts !== undefined && service.servicePorts.length > 0;
  const hasService = service.service !== undefined;
  if (hasPorts && hasService) {
    throw new InvalidRequestError("a virtual service must have a service or service ports, got both; leave one away");
  }
  if (isNew && !hasPorts && !hasService) {
    throw new InvalidRequestError("a virtual service must have a service or service ports, got neither; give its port");
  }
  for (const { port, toPort = port } of service.servicePorts ?? []) {
    if (isPort(port) && isPort(toPort) && port <= toPort) continue;
    throw new InvalidRequestError(
      `the ports of a virtual service must be 0 to 65535, the first one first, got ${port} to ${toPort}`,
    );
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}
