import { NotKnownYet, UNKNOWN } from "./unknown";

/** "<input> is <value>", unless it is one of the allowed values, or not known yet. */
export function unless(
  props: Record<string, unknown>,
  input: string,
  ...allowed: readonly unknown[]
): string | undefined {
  const value = props[input];
  return value === UNKNOWN || allowed.includes(value) ? undefined : `${input} is ${shown(value)}`;
}

/** "<input> is not set", unless it is. */
export function unlessSet(props: Record<string, unknown>, input: string): string | undefined {
  const value = props[input];
  return value === undefined || value === null || value === "" ? `${input} is not set` : undefined;
}

/** The input as a list of objects; a single object is a list of one, as the providers' versions differ there. @throws NotKnownYet in a preview. */
export function listOf(value: unknown): readonly Record<string, unknown>[] {
  if (value === UNKNOWN) throw new NotKnownYet();
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as readonly Record<string, unknown>[];
}

/** The input as an object; an empty one when it is not set. @throws NotKnownYet in a preview. */
export function objectOf(value: unknown): Record<string, unknown> {
  return listOf(value)[0] ?? {};
}

/** The input as a number. @throws NotKnownYet in a preview. */
export function numberOf(value: unknown, otherwise: number): number {
  if (value === UNKNOWN) throw new NotKnownYet();
  return Number(value ?? otherwise);
}

/** The input as a list of texts; a single text is a list of one, as in IAM's documents. */
export function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

const shown = (value: unknown): string => (value === undefined ? "not set" : JSON.stringify(value));
