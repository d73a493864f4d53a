import { canonicalAddress } from "../../illumio/client/address";
import type { BulkResult } from "../../illumio/client/bulk";
import type { Workload, WorkloadFields } from "../../illumio/client/workload";
import type { Workloads } from "../../illumio/client/workloads";
import type { Log } from "../shared/log";
import type { RunCounts } from "./metrics";
import type { Plan } from "./plan";

/** What a plan is carried out with. */
export interface CarryOutParts {
  /** The workloads that the plan was made of. */
  readonly own: readonly Workload[];
  readonly workloads: Pick<Workloads, "bulkDelete" | "bulkUpdate" | "bulkCreate">;
  /** Counts what is done and what fails. */
  readonly counts: RunCounts;
  readonly log: Log;
}

/** Failures of one operation that have a line of their own in the log. */
const LOGGED_FAILURES = 20;

/**
 * Writes a plan: first what gives addresses up, then what gets them. What the PCE refuses of it is counted and logged, and an address that
 * could not be taken from one workload is given to no other: the next run tries again.
 * @throws whatever a whole request fails with. What was written before it stays, and the next run plans from there.
 */
export async function carryOut(plan: Plan, { own, workloads, counts, log }: CarryOutParts): Promise<void> {
  const holders = new Holders(own);
  const note = (what: string, { done, failed }: BulkResult): number => {
    counts.failed += failed.length;
    for (const failure of failed.slice(0, LOGGED_FAILURES)) {
      log.warn(`the PCE refused the ${what} of a workload; the next run tries again`, { ...failure });
    }
    holders.note(failed.map(({ item }) => item));
    return done.length;
  };
  const free = <T extends WorkloadFields & { readonly href?: string }>(changes: readonly T[]): readonly T[] => {
    const free = changes.filter((change) => !holders.block(change));
    counts.failed += changes.length - free.length;
    return free;
  };
  counts.deleted += note("deletion", await workloads.bulkDelete(plan.deletes));
  counts.updated += note("update", await workloads.bulkUpdate(free(plan.releases)));
  counts.updated += note("update", await workloads.bulkUpdate(free(plan.updates)));
  counts.created += note("creation", await workloads.bulkCreate(free(plan.creates)));
}

/** The addresses that are still on workloads which should have given them up. */
class Holders {
  readonly #own: ReadonlyMap<string, Workload>;
  readonly #held = new Map<string, string>();

  constructor(own: readonly Workload[]) {
    this.#own = new Map(own.map((workload) => [workload.href, workload]));
  }

  /** These workloads are as they were before. */
  note(hrefs: readonly string[]): void {
    for (const href of hrefs) {
      for (const { address } of this.#own.get(href)?.interfaces ?? []) this.#held.set(canonicalAddress(address), href);
    }
  }

  block({ href, interfaces = [] }: WorkloadFields & { readonly href?: string }): boolean {
    return interfaces.some(({ address }) => {
      const holder = this.#held.get(canonicalAddress(address));
      return holder !== undefined && holder !== href;
    });
  }
}
