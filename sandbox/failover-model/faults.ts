/** A call that a function under test makes. */
export type Operation = "describe" | "register" | "deregister" | "resolve4" | "resolve6" | "interfaces" | "rds";

/**
 * How a call goes wrong.
 * - `throttled`, `denied`: AWS refuses, nothing happens
 * - `lost`: it took effect, but the answer never arrives
 * - `servfail`, `timeout`: the resolver fails
 * - `empty`: no data where there should be some (DNS: ENODATA; interfaces: an empty list)
 * - `foreign`: addresses that are not the database's, alone
 * - `mixed`: the right addresses, and a foreign one
 */
export type FaultKind = "throttled" | "denied" | "lost" | "servfail" | "timeout" | "empty" | "foreign" | "mixed";

/** Something that goes wrong, and when. */
export interface Fault {
  readonly on: Operation;
  readonly kind: FaultKind;
  /** Seconds since the start of the history. */
  readonly fromSeconds: number;
  /** Every call in this time; 0 = only the next one. */
  readonly forSeconds: number;
}

/** The faults that make sense for an operation. */
export const FAULT_KINDS: Readonly<Record<Operation, readonly FaultKind[]>> = {
  describe: ["throttled", "denied", "lost"],
  register: ["throttled", "denied", "lost"],
  deregister: ["throttled", "denied", "lost"],
  resolve4: ["servfail", "timeout", "empty", "foreign", "mixed"],
  resolve6: ["servfail", "timeout", "empty", "foreign", "mixed"],
  interfaces: ["throttled", "denied", "empty"],
  rds: ["throttled", "denied"],
};

/** Says which fault a call meets. */
export class Faults {
  #faults: readonly Fault[];
  readonly #spent = new Set<Fault>();

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  /** The fault of a call that is made now, if it meets one. */
  meet(on: Operation, elapsedMs: number): Fault | undefined {
    const seconds = elapsedMs / 1000;
    const met = this.#faults.find(
      (fault) =>
        fault.on === on &&
        seconds >= fault.fromSeconds &&
        (fault.forSeconds === 0 ? !this.#spent.has(fault) : seconds < fault.fromSeconds + fault.forSeconds),
    );
    if (met?.forSeconds === 0) this.#spent.add(met);
    return met;
  }

  /** From now on no call meets a fault. */
  end(): void {
    this.#faults = [];
  }
}

/** When the last of the faults is over, in seconds; a fault of one call is over when its time has come. */
export function lastFaultSeconds(faults: readonly Fault[]): number {
  return Math.max(0, ...faults.map(({ fromSeconds, forSeconds }) => fromSeconds + forSeconds));
}

/** What the SDK throws: the name is AWS's error code. */
export class AwsError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What node:dns throws: the code is c-ares's. It has no stack: each look makes one, and a history makes thousands of looks. */
export function dnsError(code: string, call: string, hostname: string): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return Object.assign(new Error(`${call} ${code} ${hostname}`), { code });
  } finally {
    Error.stackTraceLimit = limit;
  }
}
