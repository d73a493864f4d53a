/** AWS's codes for "there is no such thing", which services spell in their own ways. */
const NOT_FOUND =
  /NotFound|NoSuch|NonExistent|DoesNotExist|ResourceNotFoundException|DBInstanceNotFound|DBSubnetGroupNotFoundFault|\.Unknown$/;

/** True when the failure says that the thing asked for is not there. */
export const isNotFound = (cause: unknown): boolean => cause instanceof Error && NOT_FOUND.test(cause.name);

/** The answer, or `undefined` when the thing is not there; any other failure is thrown. */
export async function ifFound<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

/** The value; throws when AWS left it out of its answer. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the emulator's answer lacks ${what}`);
  return value;
}
