import { draftHref } from "../../client/hrefs";
import type { PortOverride } from "../../client/service-bindings";
import type { Kind } from "../kind";

/** A workload that a virtual service runs on. */
export interface ServiceBindingInputs {
  /** Href of the draft; it must be provisioned. */
  readonly virtualService: string;
  /** Its href. */
  readonly workload: string;
  readonly portOverrides?: readonly PortOverride[];
}

/** Binds a virtual service to a workload. A binding that exists is taken over. A binding can't be changed, only made anew. */
export const serviceBindingKind: Kind<ServiceBindingInputs> = {
  replacedBy: ["virtualService", "workload", "portOverrides"],

  check: () => undefined,

  async create({ serviceBindings }, { virtualService, workload, portOverrides }) {
    const { href } = await serviceBindings.create({
      virtualService: { href: virtualService },
      workload: { href: workload },
      ...(portOverrides && { portOverrides }),
    });
    return { id: href, extras: {} };
  },

  async read({ serviceBindings }, id) {
    const binding = await serviceBindings.get(id);
    if (binding === undefined) return undefined;
    const { virtualService, workload, portOverrides } = binding;
    return {
      id,
      inputs: {
        virtualService: draftHref(virtualService.href),
        workload: workload.href,
        ...(portOverrides.length > 0 && { portOverrides }),
      },
      extras: {},
    };
  },

  update: () => Promise.resolve({}),

  async delete({ serviceBindings }, id) {
    await serviceBindings.delete(id);
    return undefined;
  },
};
