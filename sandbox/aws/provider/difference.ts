import { wasNamed } from "./autoname";
import type { ResourceType } from "./resource-type";
import type { Decoded, Properties } from "./wire";
import { canonical } from "./wire";

/** What an update would do to a resource. */
export interface Difference {
  readonly changes: boolean;
  /** The changed inputs that replace the resource. */
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
}

/**
 * Compares the inputs that a resource was made from with the wanted ones: archives by their hash, the stand-in's own bookkeeping
 * left out. A value that is not known yet counts as a change.
 */
export function difference(type: ResourceType, before: Properties, wanted: Decoded): Difference {
  const keys = new Set([...Object.keys(before), ...Object.keys(wanted.plain), ...wanted.unknown]);
  const changed = [...keys]
    .filter((key) => !key.startsWith("__"))
    .filter((key) => wanted.unknown.has(key) || canonical(before[key]) !== canonical(wanted.plain[key]))
    .sort();
  // v7 gives every regional type a `region`, whose change always replaces
  const replaceOn = new Set<string>([...(type.replaceOn ?? []), "region"]);
  const judged = (type.replacedBy?.(before, wanted.plain) ?? []).filter((key) => !wanted.unknown.has(key));
  for (const key of judged) replaceOn.add(key);
  const replaces = type.update === undefined ? changed : changed.filter((key) => replaceOn.has(key));
  return {
    changes: changed.length > 0,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && (type.deleteBeforeReplace ?? keepsName(type, before, wanted)),
  };
}

// a given name that stays the same would collide with itself; the AWS provider deletes first then, too
function keepsName(type: ResourceType, before: Properties, wanted: Decoded): boolean {
  const property = type.autoname?.property;
  if (property === undefined || wasNamed(wanted.plain, property)) return false;
  return !wanted.unknown.has(property) && before[property] === wanted.plain[property];
}
