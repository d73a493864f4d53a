/** EventBridge's event patterns, as far as the sandbox plays them: exact values. Pure. */

/** A pattern that the sandbox does not play: guessing whether it matches would be worse. */
export class UnplayedPatternError extends Error {
  override readonly name = "UnplayedPatternError";
}

type Scalar = string | number | boolean | null;
type Pattern = { readonly [field: string]: readonly Scalar[] | Pattern };

/**
 * Reads a pattern: objects whose leaves are lists of strings, numbers, booleans and nulls. Throws UnplayedPatternError for anything
 * else: `prefix`, `anything-but`, `exists`, `$or` and the like, and what EventBridge itself refuses.
 */
export function readPattern(pattern: Readonly<Record<string, unknown>>, path = "the pattern"): Pattern {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new UnplayedPatternError(`${path} is empty; name at least one field`);
  return Object.fromEntries(
    fields.map(([field, wanted]) => {
      const place = `${path}.${field}`;
      if (isObject(wanted)) return [field, readPattern(wanted, place)];
      if (!Array.isArray(wanted) || wanted.length === 0) {
        throw new UnplayedPatternError(`${place} must be a list of values or an object, got ${JSON.stringify(wanted)}`);
      }
      const strange = wanted.find((value) => !isScalar(value)) as unknown;
      if (strange !== undefined) {
        throw new UnplayedPatternError(`${place} is not played, only exact values are, got ${JSON.stringify(strange)}`);
      }
      return [field, wanted as readonly Scalar[]];
    }),
  );
}

/**
 * Whether an event has, for every field of the pattern, one of the values listed there. A field of the event that is a list matches
 * when one of its elements does. Throws UnplayedPatternError as `readPattern` does.
 * source: EventBridge user guide, "Creating Amazon EventBridge event patterns", "Arrays in EventBridge event patterns"
 */
export const matches = (pattern: Readonly<Record<string, unknown>>, event: unknown): boolean =>
  fits(readPattern(pattern), event);

function fits(pattern: Pattern, event: unknown): boolean {
  if (Array.isArray(event)) return event.some((each) => fits(pattern, each));
  if (!isObject(event)) return false;
  return Object.entries(pattern).every(([field, wanted]) => {
    const found = event[field];
    if (isObject(wanted)) return fits(wanted, found);
    const values: readonly unknown[] = Array.isArray(found) ? found : [found];
    return values.some((value) => (wanted as readonly unknown[]).includes(value));
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
