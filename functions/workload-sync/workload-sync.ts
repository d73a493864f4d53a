import type { PceObjects } from "../../illumio/client/pce";
import { type Deadline, untilDeadline } from "../shared/deadline";
import { describeFailure, type Log } from "../shared/log";
import type { MetricSink } from "../shared/metric-sink";
import type { ReadInventory } from "./aws-inventory";
import { carryOut } from "./carry-out";
import type { WorkloadSyncConfig } from "./config";
import type { Resource } from "./inventory";
import { LabelBook, labelsOf } from "./labelling";
import { makeLabels } from "./make-labels";
import { noCounts, publishMetrics, type RunCounts } from "./metrics";
import { place, tellApart } from "./placement";
import { planOf } from "./plan";
import { readTrigger } from "./trigger";

/** What the workload sync takes from outside. */
export interface WorkloadSyncParts {
  readonly config: Pick<WorkloadSyncConfig, "externalDataSet" | "labels" | "graceMs">;
  readonly readInventory: ReadInventory;
  /** The PCE for the time of a run; `onAnswer` hears of every answer. */
  readonly pce: (deadline: Deadline, onAnswer: () => void) => Pick<PceObjects, "labels" | "workloads">;
  readonly log: Log;
  readonly metrics: MetricSink;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a run did. */
export interface SyncOutcome extends Readonly<RunCounts> {
  /** Requests to the PCE that were answered. */
  readonly requests: number;
}

/** Brings the PCE's workloads in sync with the VPC. */
export type WorkloadSync = (event: unknown, deadline: Deadline) => Promise<SyncOutcome>;

/** EC2 and RDS may show a change only some time after they have told of it. */
export const SETTLE_MS = 10_000;

/** Resources whose tags are refused that have a line of their own in the log. */
const LOGGED_TAGS = 20;

/**
 * Makes the workload sync of one execution environment. It remembers when its last good run began: of a burst of events, those that were
 * before that are done without a request.
 *
 * A run reads everything, of AWS and of the PCE, and writes the difference; so whatever an earlier run left undone, or did twice, the next
 * one puts right.
 * @throws a run rejects with what kept it from reading, or failed a whole request. What the PCE refuses of single workloads and labels
 * does not fail it: it is counted, and the run is not in sync.
 */
export function createWorkloadSync(parts: WorkloadSyncParts): WorkloadSync {
  const { log, metrics, now } = parts;
  let doneUntilMs = Number.NEGATIVE_INFINITY;

  return async (event, deadline) => {
    const trigger = readTrigger(event);
    const startedMs = now();
    const counts = noCounts();
    let requests = 0;
    if (trigger.kind === "event" && trigger.at + SETTLE_MS <= doneUntilMs) {
      log.info("a run since has seen to this event", { at: new Date(trigger.at).toISOString() });
      return { ...counts, requests, isSynchronised: true };
    }
    const what = trigger.kind === "removal" ? "taking the workloads away" : "bringing the workloads in sync";
    try {
      await untilDeadline(deadline, what, async (abortSignal) => {
        const pce = parts.pce(deadline, () => {
          requests += 1;
        });
        if (trigger.kind === "removal") await remove(pce, parts, counts);
        else await synchronise(pce, parts, { counts, abortSignal, nowMs: startedMs });
      });
      counts.isSynchronised = counts.failed === 0;
      if (counts.isSynchronised && trigger.kind !== "removal") doneUntilMs = startedMs;
      const outcome = { ...counts, requests };
      log.info(counts.isSynchronised ? "the workloads are in sync" : "the workloads are in sync but for what failed", {
        trigger: trigger.kind,
        ...outcome,
        seconds: (now() - startedMs) / 1_000,
      });
      return outcome;
    } catch (failure) {
      log.error("the run failed", { trigger: trigger.kind, ...counts, requests, failure: describeFailure(failure) });
      throw failure;
    } finally {
      publishMetrics(counts, metrics);
    }
  };
}

async function synchronise(
  { labels, workloads }: Pick<PceObjects, "labels" | "workloads">,
  { config, readInventory, log }: WorkloadSyncParts,
  { counts, abortSignal, nowMs }: { counts: RunCounts; abortSignal: AbortSignal; nowMs: number },
): Promise<void> {
  const [resources, held, present] = await Promise.all([
    readInventory(abortSignal),
    // all of them: an address may be on anybody's workload
    workloads.list(),
    labels.list(),
  ]);
  const { externalDataSet, labels: mapping, graceMs } = config;
  const { own, foreign } = tellApart(held, externalDataSet);
  const { skippedAddresses, ...placement } = place(resources, foreign, externalDataSet);
  counts.resources = resources.length;
  counts.skippedAddresses = skippedAddresses;

  const book = new LabelBook(present);
  warnOfTags(placement.placed.values(), config, log);
  await makeLabels(book.missing(placement.placed.values(), mapping), { book, labels, counts, log });
  const plan = planOf({ ...placement, own, labels: book, mapping, externalDataSet, nowMs, graceMs });
  await carryOut(plan, { own, workloads, counts, log });
}

/** Deletes everything that this sync has made. @throws when something stays. */
async function remove(
  { workloads }: Pick<PceObjects, "workloads">,
  { config: { externalDataSet }, log }: WorkloadSyncParts,
  counts: RunCounts,
): Promise<void> {
  const { own } = tellApart(await workloads.listDataSet(externalDataSet), externalDataSet);
  const deletes = own.map(({ href }) => href);
  await carryOut({ deletes, releases: [], updates: [], creates: [] }, { own, workloads, counts, log });
  if (counts.failed === 0) return;
  throw new Error(
    `${counts.failed} of ${deletes.length} workloads of ${externalDataSet} stayed in the PCE, which refused to delete them; ` +
      "the log says why: cure that, or delete them by hand, then try again",
  );
}

function warnOfTags(resources: Iterable<Resource>, { labels }: Pick<WorkloadSyncConfig, "labels">, log: Log): void {
  const refused = [...resources].flatMap((resource) =>
    labelsOf(resource, labels).refused.map(({ key, value }) => ({ resource: resource.reference, key, value })),
  );
  for (const { resource, key, value } of refused.slice(0, LOGGED_TAGS)) {
    log.warn(
      "a tag's value can't be a label's; the workload goes without this label. A label has 1 to 255 characters, and not All Roles, " +
        "All Applications, All Environments or All Locations: change the tag",
      { resource, label: key, characters: value.length, got: value.slice(0, 80) },
    );
  }
}
