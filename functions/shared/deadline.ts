/** How long an invocation may still work. */
export interface Deadline {
  /** Milliseconds left, 0 or less when there are none. */
  remainingMs(): number;
}

/** The invocation's time ran out; the work goes back to the queue whole. */
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
