import type { Labels } from "../../illumio/client/labels";
import { InvalidRequestError, RejectedError } from "../../illumio/client/pce-errors";
import { describeFailure, type Log } from "../shared/log";
import type { LabelBook, LabelName } from "./labelling";
import type { RunCounts } from "./metrics";

/** Labels that one run makes: tags are anybody's to write, and each label is a request. The next run goes on. */
export const MAX_NEW_LABELS = 50;

/**
 * Makes the labels that are missing, and puts them into the book. One that the PCE refuses is counted and logged, and the workloads go
 * without it. They get no identity of this stack's: a label is the organisation's, and stays.
 * @throws what every other request would fail with, too: an absent PCE, a refused API key.
 */
export async function makeLabels(
  missing: readonly LabelName[],
  { book, labels, counts, log }: { book: LabelBook; labels: Pick<Labels, "create">; counts: RunCounts; log: Log },
): Promise<void> {
  const later = Math.max(0, missing.length - MAX_NEW_LABELS);
  if (later > 0) {
    counts.failed += later;
    log.warn("there are more new labels than one run makes; the next run goes on", { most: MAX_NEW_LABELS, later });
  }
  for (const label of missing.slice(0, MAX_NEW_LABELS)) {
    try {
      book.add(await labels.create(label));
      log.info("a label was made", { ...label });
    } catch (failure) {
      if (!isAboutTheLabel(failure)) throw failure;
      counts.failed += 1;
      log.warn("the PCE refused a label; workloads go without it, and the next run tries again", {
        ...label,
        failure: describeFailure(failure),
      });
    }
  }
}

function isAboutTheLabel(failure: unknown): boolean {
  if (failure instanceof InvalidRequestError) return true;
  return failure instanceof RejectedError && ![401, 403].includes(failure.status);
}
