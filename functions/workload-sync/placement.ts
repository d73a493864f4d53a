import { canonicalAddress } from "../../illumio/client/address";
import type { Workload } from "../../illumio/client/workload";
import type { Resource } from "./inventory";

/** What the PCE has, told apart. */
export interface Holdings {
  /** Made by this sync, without an agent. */
  readonly own: readonly Workload[];
  /** Everything else: with an agent, or of another data set. Nothing of it is ever changed. */
  readonly foreign: readonly Workload[];
}

/** Tells the workloads of an organisation apart. One of ours that got an agent since is its agent's, no longer ours. */
export function tellApart(workloads: readonly Workload[], externalDataSet: string): Holdings {
  const isOwn = (workload: Workload) => workload.externalDataSet === externalDataSet && !workload.isManaged;
  return { own: workloads.filter(isOwn), foreign: workloads.filter((workload) => !isOwn(workload)) };
}

/** Which addresses are whose. */
export interface Placement {
  /** The resources that are to have a workload, by reference, with the addresses that are theirs alone. */
  readonly placed: ReadonlyMap<string, Resource>;
  /** References of resources that are there, and whose addresses are all on others' workloads. */
  readonly covered: ReadonlySet<string>;
  /** In canonical form: every address that a resource or somebody else's workload has. */
  readonly taken: ReadonlySet<string>;
  readonly skippedAddresses: number;
}

/**
 * Gives each address to one workload: one that somebody else's workload has is theirs, and each other one the first resource's that has it.
 * A resource that stands in the PCE as a workload of ours that got an agent has no other.
 */
export function place(
  resources: readonly Resource[],
  foreign: readonly Workload[],
  externalDataSet: string,
): Placement {
  const taken = new Set(foreign.flatMap(addressesOf).map(canonicalAddress));
  const agents = new Set(
    foreign.flatMap((each) => (each.externalDataSet === externalDataSet ? (each.externalDataReference ?? []) : [])),
  );
  const placed = new Map<string, Resource>();
  const covered = new Set<string>();
  let skippedAddresses = 0;
  for (const resource of resources) {
    const addresses = agents.has(resource.reference)
      ? []
      : resource.addresses.filter(({ address }) => !taken.has(canonicalAddress(address)));
    for (const { address } of addresses) taken.add(canonicalAddress(address));
    skippedAddresses += resource.addresses.length - addresses.length;
    if (addresses.length > 0) placed.set(resource.reference, { ...resource, addresses });
    else covered.add(resource.reference);
  }
  return { placed, covered, taken, skippedAddresses };
}

function addressesOf({ interfaces, publicIp }: Workload): readonly string[] {
  return [...interfaces.map(({ address }) => address), ...(publicIp === undefined ? [] : [publicIp])];
}
