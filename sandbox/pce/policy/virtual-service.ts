import { isIP } from "node:net";
import { z } from "zod";
import { externalFields, freeText, port, protocol, type Reference, reference, text } from "../objects/fields";
import type { PolicyObject } from "./policy-store";

/** A port and its protocol, or ports up to `to_port`. */
export const servicePort = z
  .strictObject({ port, to_port: port.optional(), proto: protocol })
  .refine(({ port: from, to_port: to }) => to === undefined || to >= from, "to_port is below port");

const ip = z.string().refine((address) => isIP(address) > 0, "an IPv4 or IPv6 address");
const ipOrNetwork = z.string().refine((value) => {
  const [address = "", prefix, ...more] = value.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  return (
    isIP(address) > 0 &&
    more.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}, "an address or a network");

/** Exactly one of three shapes: a name, an address and a port, an address and its network. */
const serviceAddress = z
  .strictObject({
    fqdn: text.optional(),
    description: freeText.optional(),
    ip: ip.optional(),
    port: port.optional(),
    network: reference.optional(),
  })
  .refine(
    ({ fqdn, description, ip: address, port: at, network }) =>
      fqdn !== undefined
        ? address === undefined && network === undefined
        : address !== undefined && description === undefined && (at === undefined) !== (network === undefined),
    "exactly one of fqdn (port, description), ip and port, ip and network",
  );

const fields = z.strictObject({
  name: text,
  description: freeText.optional(),
  apply_to: z.enum(["host_only", "internal_bridge_network"]).optional(),
  service: reference.optional(),
  service_ports: z.array(servicePort).min(1).optional(),
  service_addresses: z.array(serviceAddress).optional(),
  ip_overrides: z.array(ipOrNetwork).optional(),
  labels: z.array(reference).optional(),
  ...externalFields,
});

/** What a POST, or an item of `bulk_create`, may hold: a service or ports, and not both. */
export const newVirtualService = fields.refine(
  ({ service, service_ports }) => (service === undefined) !== (service_ports === undefined),
  "exactly one of service and service_ports",
);
/** What a PUT may hold: what is not there stays as it is. */
export const virtualServiceChange = fields
  .partial()
  .refine(
    ({ service, service_ports }) => service === undefined || service_ports === undefined,
    "not both of service and service_ports",
  );
/** An item of `bulk_update`. */
export const bulkVirtualServiceChange = fields.partial().extend({ href: z.string() });

/** A virtual service as it is stored. */
export interface VirtualService extends PolicyObject {
  readonly name: string;
  readonly description: string | null;
  readonly apply_to: "host_only" | "internal_bridge_network";
  readonly service?: Reference;
  readonly service_ports?: readonly z.output<typeof servicePort>[];
  readonly service_addresses: readonly z.output<typeof serviceAddress>[];
  readonly ip_overrides: readonly string[];
  readonly labels: readonly Reference[];
}

/** What a new virtual service has where nothing was said. */
export const VIRTUAL_SERVICE_DEFAULTS = {
  description: null,
  pce_fqdn: null,
  apply_to: "host_only",
  service_addresses: [],
  ip_overrides: [],
  labels: [],
  external_data_set: null,
  external_data_reference: null,
} as const;
