import type { Deadline } from "../../illumio/client/deadline";

export type { Deadline } from "../../illumio/client/deadline";

/** The invocation's time ran out before the work was done. */
export class OutOfTimeError extends Error {
  override readonly name = "OutOfTimeError";
}

/** The deadline of a Lambda invocation, `marginMs` before Lambda's own, so that there is time to report. */
export function invocationDeadline(
  context: { getRemainingTimeInMillis(): number },
  { marginMs }: { readonly marginMs: number },
): Deadline {
  return { remainingMs: () => context.getRemainingTimeInMillis() - marginMs };
}

/**
 * Runs work that listens to a signal, and aborts it when the time is over. However the work ends, the signal is aborted
 * then: what it still holds open is given back.
 * @throws OutOfTimeError, and whatever the work throws before the time is over.
 */
export async function untilDeadline<T>(
  deadline: Deadline,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const outOfTime = new OutOfTimeError(`time ran out while ${what}`);
  const timer = setTimeout(() => controller.abort(outOfTime), Math.max(0, deadline.remainingMs()));
  try {
    return await work(controller.signal);
  } catch (error) {
    // the work's own says more: what it was waiting for
    throw controller.signal.aborted && !(error instanceof OutOfTimeError) ? outOfTime : error;
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}
