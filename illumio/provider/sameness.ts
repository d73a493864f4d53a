import { canonicalAddress } from "../client/address";
import { draftHref } from "../client/hrefs";
import { isUnknown } from "./unknown";

// What differs in writing only is no change: the order of a list (each of the PCE's is a set), a default that is left
// away, the key of a label beside its href, an address in another notation.

/** What the PCE takes an absent field for. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  enabled: true,
  online: true,
  unscopedConsumers: false,
  exclusion: false,
  applyTo: "host_only",
  enforcementMode: "visibility_only",
};

/** Names of the inputs that differ. A value that is not known yet differs from any. */
export function changedInputs(olds: object, news: object): readonly string[] {
  const [before, after] = [new Map(Object.entries(olds)), new Map(Object.entries(news))];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.filter((name) => !isSame(name, before.get(name), after.get(name)));
}

/** The found inputs, in the wording of the wanted ones where both mean the same. */
export function inWordsOf<Inputs extends object>(wanted: Inputs, found: Inputs): Inputs {
  const given = new Map(Object.entries(wanted));
  const entries = Object.entries(found).flatMap(([name, value]) => {
    if (isSame(name, given.get(name), value)) return given.has(name) ? [[name, given.get(name)]] : [];
    return [[name, value]];
  });
  return Object.fromEntries(entries) as Inputs;
}

/** Whether something that is not known yet is anywhere inside, but for hrefs: what has a key is checked by its key. */
export function isToCome(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => name !== "href" && isToCome(member));
}

function isSame(name: string, one: unknown, other: unknown): boolean {
  return !hasUnknown(one) && !hasUnknown(other) && canonical({ [name]: one }) === canonical({ [name]: other });
}

function hasUnknown(value: unknown): boolean {
  return isUnknown(value) || (typeof value === "object" && value !== null && Object.values(value).some(hasUnknown));
}

function canonical(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(draftHref(canonicalAddress(value)));
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const members = Object.entries(value).filter(
    ([name, member]) => !isDefault(name, member) && !("href" in value && name === "key"),
  );
  return `{${members
    .map(([name, member]) => `${name}:${canonical(member)}`)
    .sort()
    .join()}}`;
}

function isDefault(name: string, value: unknown): boolean {
  const isNothing = value === undefined || value === null || value === "";
  return isNothing || value === DEFAULTS[name] || (Array.isArray(value) && value.length === 0);
}
