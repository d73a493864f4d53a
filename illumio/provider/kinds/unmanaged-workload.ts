import { canonicalAddress } from "../../client/address";
import { InvalidRequestError } from "../../client/pce-errors";
import { present } from "../../client/wire";
import { checkWorkload, type NewWorkload, type Workload, type WorkloadInterface } from "../../client/workload";
import type { Workloads } from "../../client/workloads";
import type { Kind } from "../kind";
import { type LabelReference, withoutKeys } from "../label-references";
import { inWordsOf } from "../sameness";

/** A workload without an agent. */
export interface UnmanagedWorkloadInputs extends NewWorkload {
  readonly labels?: readonly LabelReference[];
}

/**
 * A workload without an agent. One with the same external data set and reference is taken over. An address that a managed
 * workload has is refused: the agent knows better, and two workloads with one address confuse every rule about either.
 */
export const unmanagedWorkloadKind: Kind<UnmanagedWorkloadInputs> = {
  replacedBy: ["externalDataSet", "externalDataReference"],
  cleared: { description: "", labels: [], interfaces: [] },

  check: (inputs) => checkWorkload(inputs, true),

  async create({ workloads }, inputs) {
    await refuseShadows(workloads, inputs);
    const wanted = withoutKeys(inputs);
    const existing = await workloads.findByReference(inputs);
    if (existing === undefined) return { id: (await workloads.create(wanted)).href, extras: {} };
    if (existing.isManaged) throw managedError(existing);
    await workloads.update(existing.href, wanted);
    return { id: existing.href, extras: {} };
  },

  async read({ workloads }, id, wanted) {
    const workload = await workloads.get(id);
    if (workload === undefined) return undefined;
    if (workload.isManaged) throw managedError(workload);
    const { href: _, isManaged: __, ...fields } = workload;
    const found = fields as UnmanagedWorkloadInputs;
    if (wanted === undefined) return { id, inputs: found, extras: {} };
    const interfaces = fields.interfaces.map((each) => asGiven(each, wanted.interfaces ?? []));
    const asked = Object.entries({ ...found, interfaces }).filter(([name]) => name in wanted || name === "labels");
    return {
      id,
      inputs: inWordsOf(wanted, Object.fromEntries(asked) as unknown as UnmanagedWorkloadInputs),
      extras: {},
    };
  },

  async update({ workloads }, id, inputs) {
    await refuseShadows(workloads, inputs);
    await workloads.update(id, withoutKeys(inputs));
    return {};
  },

  async delete({ workloads }, id) {
    await workloads.delete(id);
    return undefined;
  },
};

// a PCE adds the state of the link and the like: what was not given is not looked at
function asGiven(found: WorkloadInterface, wanted: readonly WorkloadInterface[]): WorkloadInterface {
  const given = wanted.find(
    ({ name, address }) => name === found.name && canonicalAddress(address) === canonicalAddress(found.address),
  );
  if (given === undefined) return found;
  return present(
    Object.fromEntries(Object.keys(given).map((name) => [name, found[name as keyof WorkloadInterface]])),
  ) as unknown as WorkloadInterface;
}

async function refuseShadows(workloads: Workloads, { interfaces = [], publicIp }: UnmanagedWorkloadInputs) {
  const addresses = [...interfaces.map(({ address }) => address), ...(publicIp === undefined ? [] : [publicIp])];
  for (const address of new Set(addresses)) {
    const managed = (await workloads.findByAddress(address)).find(({ isManaged }) => isManaged);
    if (managed === undefined) continue;
    throw new InvalidRequestError(
      `an unmanaged workload must have no address of a managed one, got ${address}, which ${managed.name ?? managed.hostname ?? "one"} ` +
        `(${managed.href}) has; leave the address away, or remove the agent there`,
    );
  }
}

function managedError({ href }: Workload): InvalidRequestError {
  return new InvalidRequestError(
    `an unmanaged workload must have no agent, got ${href}, which has one; choose another external reference`,
  );
}
