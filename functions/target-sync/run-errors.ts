import { OutOfTimeError } from "../shared/deadline";

/** The target group is in sync, but something failed on the way; `errors` has every failure, in order. */
export class FailedLooksError extends AggregateError {
  override readonly name = "FailedLooksError";

  constructor(failures: readonly unknown[]) {
    const looks = failures.length === 1 ? "1 look" : `${failures.length} looks`;
    super(failures, `the target group is in sync, but ${looks} on the way failed, the last with ${nameOf(failures)}`);
  }
}

/** The time ran out before the group was in sync; the last failure on the way, if there was one, is the cause. */
export function notInSync(waitedFor: string, failures: readonly unknown[]): OutOfTimeError {
  return outOfTime(`the target group is not in sync: time ran out while waiting for ${waitedFor}`, failures);
}

/** RDS announced a failover, and the address did not move; the last failure on the way, if there was one, is the cause. */
export function notMoved(
  { endpoint, announcedMs, elapsedMs, addresses }: NotMoved,
  failures: readonly unknown[],
): OutOfTimeError {
  const answers = addresses === undefined ? "could not be looked up" : `still answers ${addresses.join(", ")}`;
  const announced = `RDS announced a failover at ${new Date(announcedMs).toISOString()}`;
  return outOfTime(`${announced}; ${endpoint} ${answers} after ${Math.round(elapsedMs / 1_000)} s`, failures);
}

/** What is known when a failover's address has not moved. */
export interface NotMoved {
  readonly endpoint: string;
  readonly announcedMs: number;
  /** Since the run began. */
  readonly elapsedMs: number;
  /** Of the last look that succeeded. */
  readonly addresses: readonly string[] | undefined;
}

function outOfTime(message: string, failures: readonly unknown[]): OutOfTimeError {
  if (failures.length === 0) return new OutOfTimeError(message);
  return new OutOfTimeError(`${message}; the last failure was ${nameOf(failures)}`, { cause: failures.at(-1) });
}

// in the message, not only as a cause: Lambda's record of a failed invocation has no more than the message
function nameOf(failures: readonly unknown[]): string {
  const last = failures.at(-1);
  return last instanceof Error ? `${last.name}: ${last.message}` : String(last);
}
