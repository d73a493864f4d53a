import ipaddr from "ipaddr.js";
import { addressKey, type Workload } from "../objects/workload";
import type { World } from "../world";
import { rulesAllowing } from "./rule-match";

/** One end of a flow: an address, and the workloads with an interface of that address. */
export interface FlowEnd {
  readonly address: string;
  readonly workloads: readonly { readonly href: string; readonly name: string }[];
}

/** What the PCE makes of one flow. */
export interface ExplainedFlow {
  /** As the ledger has it: `src,dst,port,protocol`. */
  readonly flow: string;
  /** How many times it was taken. */
  readonly times: number;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  readonly port: number;
  readonly protocol: number;
  /** The active rules that allow it, by the href of the active version. */
  readonly allowedBy: readonly string[];
  /** `unattributed` when an end has no workload: a PCE draws no such flow. */
  readonly verdict: "allowed" | "not allowed" | "unattributed";
}

/** All flows, and the addresses that no workload has, each once in the order they came. */
export interface ExplainedFlows {
  readonly flows: readonly ExplainedFlow[];
  readonly addressesWithoutWorkload: readonly string[];
}

/** Says of each flow whose it is and whether the active policy allows it; `flows` as the ledger has them. */
export function explainFlows(world: World, flows: ReadonlyMap<string, number>): ExplainedFlows {
  const ends = endsBySpelling(world);
  const explained = [...flows].map(([flow, times]) => explain(world, ends, flow, times));
  const without = explained
    .flatMap(({ source, destination }) => [source, destination])
    .filter(({ workloads }) => workloads.length === 0)
    .map(({ address }) => address);
  return { flows: explained, addressesWithoutWorkload: [...new Set(without)] };
}

type WorkloadsAt = (address: string) => readonly Workload[];

/** Workloads at an address of the ledger, which has IPv6 in one spelling where a workload may have another. */
function endsBySpelling(world: World): WorkloadsAt {
  const byAddress = new Map<string, Workload[]>();
  for (const workload of world.workloads.allAlive()) {
    for (const { address } of workload.interfaces) {
      if (!address.includes(":")) continue;
      const spelling = ipaddr.parse(address).toString();
      byAddress.set(spelling, [...(byAddress.get(spelling) ?? []), workload]);
    }
  }
  return (address) => byAddress.get(address) ?? world.workloads.withKey(addressKey(address));
}

function explain(world: World, workloadsAt: WorkloadsAt, flow: string, times: number): ExplainedFlow {
  const [from = "", to = "", port = "", protocol = ""] = flow.split(",");
  const [sources, destinations] = [workloadsAt(from), workloadsAt(to)];
  const service = { port: Number(port), protocol: Number(protocol) };
  const allowedBy = rulesAllowing(world, sources, destinations, service);
  const attributed = sources.length > 0 && destinations.length > 0;
  return {
    flow,
    times,
    source: end(from, sources),
    destination: end(to, destinations),
    ...service,
    allowedBy,
    verdict: !attributed ? "unattributed" : allowedBy.length > 0 ? "allowed" : "not allowed",
  };
}

function end(address: string, workloads: readonly Workload[]): FlowEnd {
  return {
    address,
    workloads: workloads.map(({ href, name, hostname }) => ({ href, name: name ?? hostname ?? href })),
  };
}
