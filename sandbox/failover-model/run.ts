import type { Operation } from "./faults";

/** What was seen of one invocation. */
export interface Run {
  readonly id: number;
  /** Of which execution environment. */
  readonly environment: number;
  /** What it was invoked with, for people. */
  readonly because: string;
  readonly startedMs: number;
  /** Undefined while it runs. */
  endedMs: number | undefined;
  /** Why it rejected; undefined when it succeeded. */
  failure: { readonly reason: unknown } | undefined;
  /** Calls that it made, by operation. */
  readonly calls: Partial<Record<Operation, number>>;
  /** Calls that failed or gave an empty or foreign answer. */
  readonly troubles: string[];
  /** Every address that DNS told it. */
  readonly told: Set<string>;
  /** The targets that were registered when it started. */
  readonly foundKeys: string;
}

/** What DNS told an execution environment, and when. */
export interface Told {
  readonly atMs: number;
  readonly addresses: readonly string[];
}

/** Calls of AWS: DNS is not one. */
export function awsCalls({ calls }: Run): number {
  return (
    (calls.describe ?? 0) + (calls.register ?? 0) + (calls.deregister ?? 0) + (calls.interfaces ?? 0) + (calls.rds ?? 0)
  );
}

/** Calls that may change the group. */
export function writingCalls({ calls }: Run): number {
  return (calls.register ?? 0) + (calls.deregister ?? 0);
}

/** A run's name in sentences. */
export function nameOf({ id, environment, because }: Run): string {
  return `run ${id} (${because}, environment ${environment})`;
}
