// What every process of this repository's own loads first: TypeScript, as tsconfig.json says, and some quiet.

// The AWS SDK warns on Node 20 of releases to come; the pinned ones support it, so a newcomer need not wonder.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

require("ts-node/register");

// Pulumi keeps a stack trace with every promise, for PULUMI_DEBUG_PROMISE_LEAKS. ts-node maps each line of each trace to its source, and
// that takes five times as long as the rest of a program of a hundred resources. All other traces are mapped as before.
const mapped = Error.prepareStackTrace;
if (mapped !== undefined && !process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
  Error.prepareStackTrace = (error, frames) =>
    frames[0]?.getFunctionName() === "debuggablePromise" ? String(error) : mapped(error, frames);
}
