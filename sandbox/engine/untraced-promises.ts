// Pulumi keeps a stack trace with each promise, a thousand in a program of two hundred resources, and prints it where one is left over and
// PULUMI_DEBUG_PROMISE_LEAKS is set. Without it they are a third of what such a program takes. The SDK has no switch for that.

type Debuggable = <T>(promise: Promise<T>, context: unknown) => Promise<T>;

const runtime = require("@pulumi/pulumi/runtime/debuggable") as { debuggablePromise: Debuggable };

/** From now on Pulumi's promises have no traces; which are left over it knows as before. A second call does nothing. */
export function leavePromisesUntraced(): void {
  const { debuggablePromise } = runtime;
  if (debuggablePromise === untraced || process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return;
  traced = debuggablePromise;
  runtime.debuggablePromise = untraced;
}

let traced: Debuggable;

function untraced<T>(promise: Promise<T>, context: unknown): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return traced(promise, context);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
