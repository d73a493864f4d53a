/** What is pending for an object of the policy: `update_type` on the wire. */
export type Change = "create" | "update" | "delete" | null;

/** An object of the policy in its two versions. */
export interface TwoVersions<T> {
  readonly draft: T;
  /** `undefined` until the object is provisioned. */
  readonly active: T | undefined;
  /** What the next provisioning would do; null when draft and active are the same. */
  readonly change: Change;
}

/** A new object: a draft, and nothing active yet. */
export function created<T>(draft: T): TwoVersions<T> {
  return { draft, active: undefined, change: "create" };
}

/** The object with another draft. One that was never provisioned stays to be created, one to be deleted stays that. */
export function changed<T>({ active, change }: TwoVersions<T>, draft: T): TwoVersions<T> {
  return { draft, active, change: change ?? "update" };
}

/** The object with its deletion pending. */
export function toBeDeleted<T>({ draft, active }: TwoVersions<T>): TwoVersions<T> {
  return { draft, active, change: "delete" };
}

/**
 * The object after the change that was pending at `asked` went live; `undefined` when that was its deletion. What was done
 * to the draft since then stays pending. `asLive` gives the draft as it is once it is live.
 */
export function provisioned<T>(
  now: TwoVersions<T>,
  asked: TwoVersions<T> = now,
  asLive: (draft: T) => T = (draft) => draft,
): TwoVersions<T> | undefined {
  if (asked.change === "delete") return undefined;
  const active = asLive(asked.draft);
  if (now.draft === asked.draft && now.change === asked.change) return { draft: active, active, change: null };
  return { draft: now.draft, active, change: now.change === "delete" ? "delete" : "update" };
}
