import type { Autoname } from "./resource-type";
import { RefusedError } from "./resource-type";
import type { Properties } from "./wire";

const SUFFIX_DIGITS = 7;

/** Properties that the stand-in named itself, kept in the inputs as the AWS provider keeps them. */
export const DEFAULTS = "__defaults";

/**
 * The inputs with a name: the given one, else the one made before, else `<logical name>-<7 hex digits>`.
 * A given prefix takes the logical name's place. The result is stable over updates and new for a replacement.
 */
export function withName(
  rule: Autoname,
  logicalName: string,
  before: Properties,
  inputs: Properties,
  hex: (digits: number) => string,
): Properties {
  const { property } = rule;
  if (typeof inputs[property] === "string") return inputs;
  if (wasNamed(before, property)) return { ...inputs, [property]: before[property], [DEFAULTS]: [property] };

  const given = inputs[`${property}Prefix`];
  const stem = typeof given === "string" ? given : `${rule.prefix ?? ""}${logicalName}-`;
  const name = `${rule.lowerCase ? stem.toLowerCase() : stem}${hex(SUFFIX_DIGITS)}`;
  if (name.length > rule.maxLength) {
    throw new RefusedError(
      "NameTooLong",
      `${property} "${name}" has ${name.length} characters; ${rule.maxLength} are allowed; shorten "${stem}" or give the ${property}`,
    );
  }
  return { ...inputs, [property]: name, [DEFAULTS]: [property] };
}

/** True when the stand-in made the name: then a replacement can stand beside the old one. */
export function wasNamed(inputs: Properties, property: string): boolean {
  const made = inputs[DEFAULTS];
  return Array.isArray(made) && made.includes(property) && typeof inputs[property] === "string";
}
