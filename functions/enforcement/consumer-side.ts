import type { IpList } from "../../illumio/client/ip-lists";
import type { PceObjects } from "../../illumio/client/pce";
import type { Actor, Rule, Scope } from "../../illumio/client/rule-set";
import type { Workload } from "../../illumio/client/workload";
import { type AddressRange, parseRange, subtract, union } from "./address-ranges";
import { isInScope, type LabelCondition, type LabelConditions, meets } from "./labelled";

/** What consumers are read from. */
export type ConsumerSource = Pick<PceObjects, "workloads" | "ipLists">;

/** The addresses that a rule lets in, and what of it has no addresses that anybody here can know. */
export interface Consumers {
  readonly ranges: readonly AddressRange[];
  readonly unresolved: readonly string[];
}

/** Resolves the consumers of a rule, in a scope without label groups. @throws UnknownLabelError */
export async function consumersOf(
  rule: Rule,
  scope: Scope,
  pce: ConsumerSource,
  labels: LabelConditions,
): Promise<Consumers> {
  const { consumers, resolveLabelsAs, unscopedConsumers } = rule;
  const within = unscopedConsumers === true ? [] : scope;
  if (within.length > 0 && (await labels.repeats(consumers, within)))
    return { ranges: [], unresolved: ["its consumers repeat a key of the scope: a PCE may ignore it"] };
  // an exclusion could be of anybody that the others let in
  if (consumers.some(({ exclusion, label }) => exclusion === true && label === undefined))
    return { ranges: [], unresolved: ["its consumers exclude what is no label"] };
  const unresolved = consumers.flatMap(unresolvable);
  if (resolveLabelsAs.consumers.some((each) => each !== "workloads"))
    unresolved.push("its consumers are virtual services");
  const ranges: AddressRange[] = [];

  // a label group beside labels narrows them
  const isByLabel =
    resolveLabelsAs.consumers.includes("workloads") && !consumers.some(({ labelGroup }) => labelGroup !== undefined);
  const workloads = isByLabel ? [...(await labelledWorkloads(await labels.of(consumers), within, pce))] : [];
  for (const { workload, ipList } of consumers) {
    if (workload !== undefined) {
      const found = await pce.workloads.get(workload.href);
      if (found !== undefined && isInScope(found, within)) workloads.push(found);
    }
    if (ipList !== undefined) {
      const listed = await pce.ipLists.getActive(ipList.href);
      const { ranges: of, unresolved: left } = rangesOf(ipList.href, listed);
      ranges.push(...of);
      unresolved.push(...left);
    }
  }
  ranges.push(...workloads.flatMap(addressesOf));
  return { ranges, unresolved };
}

function unresolvable({ actors, labelGroup, virtualService, virtualServer }: Actor): string[] {
  if (actors !== undefined) return ["its consumers are all workloads"];
  if (labelGroup !== undefined) return ["its consumers have a label group"];
  return virtualService !== undefined || virtualServer !== undefined ? ["its consumers are virtual services"] : [];
}

async function labelledWorkloads(
  condition: LabelCondition,
  scope: Scope,
  { workloads }: ConsumerSource,
): Promise<readonly Workload[]> {
  const { groups } = condition;
  const [first] = groups;
  if (first === undefined) return [];
  const needed = groups.flatMap((group) => (group.length === 1 ? group : []));
  const found = new Map<string, Workload>();
  // labels that all must have are one question; else one for each that would do
  for (const hrefs of needed.length > 0 ? [needed] : first.map((href) => [href])) {
    for (const each of await workloads.listLabelled(hrefs.map((href) => ({ href })))) found.set(each.href, each);
  }
  return [...found.values()].filter((each) => meets(each, condition) && isInScope(each, scope));
}

/** The addresses of the interfaces that are not down. */
function addressesOf({ interfaces }: Workload): readonly AddressRange[] {
  return interfaces.flatMap(({ address, linkState }) => (linkState === "down" ? [] : (parseRange(address) ?? [])));
}

function rangesOf(href: string, list: IpList | undefined): Consumers {
  if (list === undefined) return { ranges: [], unresolved: [`the IP list ${href} is not active`] };
  const unresolved = list.fqdns.length > 0 ? [`the IP list "${list.name}" has names`] : [];
  const [included, excluded] = [false, true].map((wanted) =>
    list.ranges
      .filter(({ isExcluded }) => isExcluded === wanted)
      .flatMap(({ from, to }) => {
        const range = parseRange(from, to);
        if (range === undefined) unresolved.push(`the IP list "${list.name}" has "${from}${to ? `-${to}` : ""}"`);
        return range ?? [];
      }),
  );
  // an exclusion that cannot be read could be of anything
  if (unresolved.length > 0 && list.ranges.some(({ isExcluded }) => isExcluded)) return { ranges: [], unresolved };
  return { ranges: subtract(union(included ?? []), excluded ?? []), unresolved };
}
