// Pulumi keeps a stack trace with each promise, a thousand in a program of two hundred resources, and prints it where one is left over and
// PULUMI_DEBUG_PROMISE_LEAKS is set. It sends another with each resource, for the engine to keep where in the program that is. Nobody reads
// either here, and they are half of what such a program takes. The SDK has no switch for them.

type Debuggable = <T>(promise: Promise<T>, context: unknown) => Promise<T>;

const runtime = require("@pulumi/pulumi/runtime/debuggable") as { debuggablePromise: Debuggable };
const { Resource } = require("@pulumi/pulumi/resource") as { Resource: { callsites(): readonly object[] } };

/**
 * From now on Pulumi's promises have no traces, and resources no place in the program. Which promises are left over it knows as before. A
 * second call does nothing, nor does any where PULUMI_DEBUG_PROMISE_LEAKS is set.
 */
export function leaveUntraced(): void {
  const { debuggablePromise } = runtime;
  if (debuggablePromise === untraced || process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return;
  traced = debuggablePromise;
  runtime.debuggablePromise = untraced;
  Resource.callsites = () => [];
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
