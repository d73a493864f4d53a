import { canonicalAddress } from "../../illumio/client/address";
import type {
  NewWorkload,
  Workload,
  WorkloadChanges,
  WorkloadFields,
  WorkloadInterface,
} from "../../illumio/client/workload";
import { goneSince, markGone, unmarked } from "./gone-since";
import type { Resource } from "./inventory";
import type { LabelBook, LabelMapping } from "./labelling";
import type { Placement } from "./placement";

/** What a plan is made from. */
export interface PlanArgs extends Pick<Placement, "placed" | "covered" | "taken"> {
  /** The workloads that this sync has made. */
  readonly own: readonly Workload[];
  readonly labels: LabelBook;
  readonly mapping: LabelMapping;
  readonly externalDataSet: string;
  readonly nowMs: number;
  /** How long the workload of something that is gone stays. */
  readonly graceMs: number;
}

export type WorkloadUpdate = WorkloadChanges & { readonly href: string };

/** What must be written so that the PCE has what there is, in this order. Nothing in it is anybody else's. */
export interface Plan {
  readonly deletes: readonly string[];
  /** Updates that take away an address which another update or a creation gives to another workload. */
  readonly releases: readonly WorkloadUpdate[];
  readonly updates: readonly WorkloadUpdate[];
  readonly creates: readonly NewWorkload[];
}

type Step = "keep" | "delete" | WorkloadUpdate;

/**
 * Compares what there is with what the PCE has: only a difference is written, so a plan that was carried out is followed by an empty one.
 * A workload whose resource is gone is marked with the time, and deleted after the grace period; at once when it has nothing left that
 * would be its own, because its addresses are on others' workloads by now, or because it stands for the same resource as another.
 */
export function planOf(args: PlanArgs): Plan {
  const { placed, own, labels, mapping, externalDataSet } = args;
  const seen = new Set<string>();
  const steps = byHref(own).map((workload): readonly [string, Step] => {
    const reference = workload.externalDataReference ?? "";
    const resource = placed.get(reference);
    // runs that overlapped have made it twice
    const isRepeated = seen.has(reference);
    seen.add(reference);
    if (isRepeated || args.covered.has(reference)) return [workload.href, "delete"];
    return [workload.href, resource === undefined ? retire(workload, args) : keepUp(workload, resource, args)];
  });
  const updates = steps.flatMap(([, step]) => (typeof step === "object" ? [step] : []));
  const creates = [...placed.values()]
    .filter(({ reference }) => !seen.has(reference))
    .map((resource) => ({
      ...fieldsOf(resource),
      labels: labels.wanted(resource, mapping, []),
      externalDataSet,
      externalDataReference: resource.reference,
    }));
  const isRelease = releaseAmong(own, [...updates, ...creates]);
  return {
    deletes: steps.flatMap(([href, step]) => (step === "delete" ? [href] : [])),
    releases: updates.filter(isRelease),
    updates: updates.filter((update) => !isRelease(update)),
    creates,
  };
}

/** Whether an update takes an address from its workload that one of the changes gives to another. */
function releaseAmong(
  own: readonly Workload[],
  changes: readonly WorkloadFields[],
): (update: WorkloadUpdate) => boolean {
  const claimed = new Set(changes.flatMap(({ interfaces = [] }) => addressesOf(interfaces)));
  const held = new Map(own.map(({ href, interfaces }) => [href, addressesOf(interfaces)]));
  return ({ href, interfaces }) => {
    if (interfaces === undefined) return false;
    const kept = new Set(addressesOf(interfaces));
    return held.get(href)?.some((address) => claimed.has(address) && !kept.has(address)) === true;
  };
}

function keepUp(workload: Workload, resource: Resource, { labels, mapping }: PlanArgs): Step {
  const wanted = { ...fieldsOf(resource), labels: labels.wanted(resource, mapping, workload.labels) };
  return difference(workload, wanted);
}

function retire(workload: Workload, { taken, nowMs, graceMs }: PlanArgs): Step {
  // an address may be another's by now: AWS gives it away again at once
  const interfaces = workload.interfaces.filter(({ address }) => !taken.has(canonicalAddress(address)));
  const description = workload.description ?? "";
  const marked = goneSince(description);
  // a time to come is none that this sync has written
  const since = marked === undefined || marked > nowMs ? nowMs : marked;
  if (interfaces.length === 0 || nowMs - since >= graceMs) return "delete";
  return difference(workload, { description: markGone(unmarked(description), since), interfaces });
}

function fieldsOf({ name, description, hostname, addresses }: Resource): WorkloadFields & { readonly name: string } {
  return { name, description, ...(hostname !== undefined && { hostname }), interfaces: addresses };
}

/** Of the wanted fields, those that the workload has otherwise. */
function difference(workload: Workload, wanted: WorkloadFields): Step {
  const { name, description, hostname, interfaces, labels } = wanted;
  const changes: WorkloadFields = {
    ...(name !== undefined && name !== workload.name && { name }),
    ...(description !== undefined && description !== workload.description && { description }),
    ...(hostname !== undefined && hostname !== workload.hostname && { hostname }),
    ...(interfaces !== undefined && keysOf(interfaces) !== keysOf(workload.interfaces) && { interfaces }),
    ...(labels !== undefined && hrefsOf(labels) !== hrefsOf(workload.labels) && { labels }),
  };
  return Object.keys(changes).length === 0 ? "keep" : { href: workload.href, ...changes };
}

/** In canonical form. */
export function addressesOf(interfaces: readonly WorkloadInterface[]): readonly string[] {
  return interfaces.map(({ address }) => canonicalAddress(address));
}

function keysOf(interfaces: NonNullable<WorkloadFields["interfaces"]>): string {
  const keys = interfaces.map(({ name, address }) => `${name} ${canonicalAddress(address)}`);
  return [...new Set(keys)].sort().join("\n");
}

function hrefsOf(labels: NonNullable<WorkloadFields["labels"]>): string {
  return [...new Set(labels.map(({ href }) => href))].sort().join("\n");
}

function byHref(workloads: readonly Workload[]): readonly Workload[] {
  return [...workloads].sort((one, other) => (one.href < other.href ? -1 : 1));
}
