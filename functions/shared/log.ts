/** The part of a logger that functions use: a sentence, and fields beside it. Powertools' Logger is one. */
export interface Log {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/** The errors behind an error that are worth a line; more than this is a loop. */
const MAX_CAUSES = 5;

/**
 * What may be logged of a failure: names, messages, stacks, and the fields `code`, `status` and `requestId`.
 * Never its other fields: HTTP and AWS errors carry requests, with their headers and bodies.
 */
export function describeFailure(failure: unknown): Record<string, unknown> {
  return describe(failure, MAX_CAUSES);
}

function describe(failure: unknown, causes: number): Record<string, unknown> {
  if (!(failure instanceof Error)) return { name: typeof failure, message: "something other than an Error was thrown" };
  const { code, status, requestId } = failure as { code?: unknown; status?: unknown; requestId?: unknown };
  return {
    name: failure.name,
    message: failure.message,
    ...(isPlain(code) && { code }),
    ...(isPlain(status) && { status }),
    ...(isPlain(requestId) && { requestId }),
    stack: failure.stack
      ?.split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(failure.cause !== undefined && causes > 0 && { cause: describe(failure.cause, causes - 1) }),
    ...(failure instanceof AggregateError &&
      causes > 0 && { errors: failure.errors.slice(0, MAX_CAUSES).map((error) => describe(error, causes - 1)) }),
  };
}

function isPlain(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
