import { checkLabel, type Label } from "../../client/labels";
import { RejectedError } from "../../client/pce-errors";
import type { Kind } from "../kind";

/** A label of the organisation: its key and its value are what it is. */
export interface LabelInputs {
  readonly key: string;
  readonly value: string;
  readonly externalDataSet?: string;
  readonly externalDataReference?: string;
}

/**
 * A label. One that exists is taken as it is, never renamed, and deleted only when this made it: others use it, too. One
 * that workloads have stays, and one that the PCE refuses to delete.
 */
export const labelKind: Kind<LabelInputs> = {
  replacedBy: ["key", "value"],

  check: checkLabel,

  async create({ labels }, inputs) {
    const existing = await labels.find(inputs.key, inputs.value);
    const label = existing ?? (await labels.create(inputs));
    // an identity of ours on one that exists: a creation before this one made it, and ended before it was told
    return { id: label.href, extras: { adopted: !isMadeWith(label, inputs) } };
  },

  async read({ labels }, id, wanted, { adopted = false }) {
    const label = await labels.get(id);
    if (label === undefined) return undefined;
    const { key, value } = label;
    const identity = adopted === true && wanted !== undefined ? identityOf(wanted) : identityOf(label);
    return { id, inputs: { key, value, ...identity }, extras: { adopted } };
  },

  async update({ labels }, id, inputs, { adopted = false }) {
    if (adopted !== true) await labels.update(id, identityOf(inputs));
    return { adopted };
  },

  async delete({ labels, workloads }, id, { key, value }, { adopted }) {
    if (adopted === true) return undefined;
    // asked first: whether a PCE refuses to delete a label in use, or takes it off the workloads, is documented nowhere
    const users = await workloads.listLabelled([{ href: id }]);
    if (users.length > 0)
      return `the label ${key}=${value} stays in the PCE, since ${users.length} of its workloads have it`;
    try {
      await labels.delete(id);
    } catch (error) {
      // something else of somebody else's has it, a rule set perhaps: no reason for a destroy to fail
      if (!(error instanceof RejectedError) || error.status !== 406) throw error;
      return `the label ${key}=${value} stays in the PCE, which refused to delete it: ${error.message}`;
    }
    return undefined;
  },
};

type Identity = Pick<LabelInputs, "externalDataSet" | "externalDataReference">;

function identityOf({ externalDataSet, externalDataReference }: Identity): Identity {
  return {
    ...(externalDataSet !== undefined && { externalDataSet }),
    ...(externalDataReference !== undefined && { externalDataReference }),
  };
}

// without an identity nothing tells who made it
function isMadeWith(label: Label, { externalDataSet, externalDataReference }: LabelInputs): boolean {
  return (
    externalDataSet !== undefined &&
    externalDataReference !== undefined &&
    label.externalDataSet === externalDataSet &&
    label.externalDataReference === externalDataReference
  );
}
