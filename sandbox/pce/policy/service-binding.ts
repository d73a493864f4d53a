import { z } from "zod";
import { externalFields, port, protocol, type Reference, reference } from "../objects/fields";
import type { Stored } from "../objects/object-store";

const portOverride = z.strictObject({
  port,
  proto: protocol,
  new_port: port,
  new_to_port: port.optional(),
});

/** One item of a POST: the active version of a virtual service, and a workload. */
export const newBinding = z.strictObject({
  virtual_service: reference,
  workload: reference,
  port_overrides: z.array(portOverride).optional(),
  ...externalFields,
});

/** A binding as it is stored. */
export interface ServiceBinding extends Stored {
  /** The active version. */
  readonly virtual_service: Reference;
  readonly workload: Reference;
  readonly port_overrides: readonly z.output<typeof portOverride>[];
}

/** The keys that bindings are found by: `workload <href>` and `virtual service <active href>`. */
export function bindingKeys({ virtual_service, workload }: ServiceBinding): string[] {
  return [`workload ${workload.href}`, `virtual service ${virtual_service.href}`];
}
