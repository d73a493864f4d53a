import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that only the update will know: of a preview, it is known to be there, and nothing else. */
export const UNKNOWN = "(known after the update)";

/** Thrown by what can't judge without the value: the update judges again, when it is known. */
export class NotKnownYet extends Error {
  override readonly name = "NotKnownYet";
}

/** The inputs with `UNKNOWN` in place of each value that the pack's own objects throw at whoever reads it. */
export function withUnknowns(props: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(props).map((key) => [key, read(props, key)]));
}

function read(from: Record<string, unknown>, key: string): unknown {
  try {
    const value = from[key];
    if (Array.isArray(value)) return Object.values(withUnknowns(value as unknown as Record<string, unknown>));
    return typeof value === "object" && value !== null ? withUnknowns(value as Record<string, unknown>) : value;
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}

/** What is wrong, as far as it can be known. */
export function asFarAsKnown<T>(judge: () => T, otherwise: T): T {
  try {
    return judge();
  } catch (error) {
    if (error instanceof NotKnownYet) return otherwise;
    throw error;
  }
}
