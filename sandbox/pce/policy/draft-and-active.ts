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

/** The object after its pending change went live; `undefined` when that was its deletion. */
export function provisioned<T>({ draft, change }: TwoVersions<T>): TwoVersions<T> | undefined {
  return change === "delete" ? undefined : { draft, active: draft, change: null };
}
