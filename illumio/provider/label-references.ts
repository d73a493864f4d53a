import type { HrefReference } from "../client/hrefs";

/** A label by its href. Its key, when it is said, lets rules be checked before the label exists. */
export interface LabelReference extends HrefReference {
  readonly key?: string;
}

/** The value as the PCE takes it: a label's reference without its key. */
export function withoutKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutKeys) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !("href" in value && name === "key"));
  return Object.fromEntries(entries.map(([name, member]) => [name, withoutKeys(member)])) as T;
}
