import { checkVirtualService, type NewVirtualService } from "../../client/virtual-service";
import type { Kind } from "../kind";
import { type LabelReference, withoutKeys } from "../label-references";
import { nextRevision, provisionDeletion } from "../policy-objects";
import { inWordsOf } from "../sameness";

/** A service by its name or address and its ports. */
export interface VirtualServiceInputs extends NewVirtualService {
  readonly labels?: readonly LabelReference[];
}

/**
 * The draft of a virtual service. One with the same external data set and reference is taken over. Its deletion is
 * provisioned at once: nothing else is left to do it.
 */
export const virtualServiceKind: Kind<VirtualServiceInputs> = {
  replacedBy: ["externalDataSet", "externalDataReference"],
  cleared: { description: "", labels: [], serviceAddresses: [], ipOverrides: [] },

  check: (inputs) => checkVirtualService(inputs, true),

  async create({ virtualServices }, inputs) {
    const wanted = withoutKeys(inputs);
    const existing = await virtualServices.findByReference(inputs);
    if (existing !== undefined) await virtualServices.update(existing.href, wanted);
    const { href } = existing ?? (await virtualServices.create(wanted));
    return { id: href, extras: nextRevision({}) };
  },

  async read({ virtualServices }, id, wanted, extras) {
    const service = await virtualServices.get(id);
    if (service === undefined || service.pending === "delete") return undefined;
    const { href: _, pending: __, ...fields } = service;
    const found = fields as VirtualServiceInputs;
    const isImport = wanted === undefined;
    return { id, inputs: isImport ? found : inWordsOf(wanted, found), extras: isImport ? nextRevision({}) : extras };
  },

  async update({ virtualServices }, id, inputs, extras) {
    await virtualServices.update(id, withoutKeys(inputs));
    return nextRevision(extras);
  },

  async delete(pce, id, { name }) {
    await pce.virtualServices.delete(id);
    await provisionDeletion(pce, id, `the virtual service ${name}`);
    return undefined;
  },
};
