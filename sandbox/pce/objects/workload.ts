import { isIP } from "node:net";
import { z } from "zod";
import { externalFields, freeText, type Reference, reference, text } from "./fields";
import type { Stored } from "./object-store";

const networkInterface = z.strictObject({
  name: text,
  address: z.string().refine((address) => isIP(address) > 0, "an IPv4 or IPv6 address"),
  cidr_block: z.int().min(0).max(128).optional(),
  default_gateway_address: z.string().optional(),
  link_state: z.enum(["up", "down", "unknown"]).optional(),
  friendly_name: freeText.optional(),
});

const fields = z.strictObject({
  name: text.optional(),
  hostname: text.optional(),
  description: freeText.optional(),
  service_principal_name: freeText.optional(),
  public_ip: z.string().optional(),
  agent_to_pce_certificate_authentication_id: freeText.optional(),
  distinguished_name: freeText.optional(),
  service_provider: freeText.optional(),
  data_center: freeText.optional(),
  data_center_zone: freeText.optional(),
  os_id: freeText.optional(),
  os_detail: freeText.optional(),
  enforcement_mode: z.enum(["idle", "visibility_only", "full", "selective"]).optional(),
  online: z.boolean().optional(),
  ignored_interface_names: z.array(z.string()).optional(),
  labels: z.array(reference).optional(),
  interfaces: z.array(networkInterface).optional(),
  ...externalFields,
});

/** What a POST, or an item of `bulk_create`, may hold. */
export const newWorkload = fields.refine(({ name, hostname }) => name !== undefined || hostname !== undefined, {
  message: "name or hostname is required",
});
/** What a PUT may hold: what is not there stays as it is, `labels` and `interfaces` are replaced as a whole. */
export const workloadChange = fields;
/** An item of `bulk_update`. */
export const bulkWorkloadChange = fields.extend({ href: z.string() });
/** An item of `bulk_delete`. */
export const bulkDeletion = reference;

/** An interface; names may repeat. */
export type WorkloadInterface = z.output<typeof networkInterface>;

/** A workload as it is stored; texts that were never given are null. */
export interface Workload extends Stored {
  readonly name: string | null;
  readonly hostname: string | null;
  readonly description: string | null;
  readonly public_ip: string | null;
  readonly enforcement_mode: string;
  readonly online: boolean;
  readonly labels: readonly Reference[];
  readonly interfaces: readonly WorkloadInterface[];
  /** The agent of a managed workload; an unmanaged one has none. */
  readonly ven?: Reference;
}

/** What a test says of a workload that has an agent. */
export type PlantedWorkload = z.input<typeof fields>;

/** What a new workload has where nothing was said. */
export const WORKLOAD_DEFAULTS = {
  name: null,
  hostname: null,
  description: null,
  public_ip: null,
  service_provider: null,
  data_center: null,
  data_center_zone: null,
  os_id: null,
  os_detail: null,
  enforcement_mode: "visibility_only",
  online: true,
  labels: [],
  interfaces: [],
  external_data_set: null,
  external_data_reference: null,
} as const;

/** The key that workloads are found by when only an address is known. */
export function addressKey(address: string): string {
  return `address ${address}`;
}
