// What every process of this repository's own loads first: TypeScript, as tsconfig.json says, and some quiet.

// The AWS SDK warns on Node 20 of releases to come; the pinned ones support it, so a newcomer need not wonder.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { CompiledFiles } = require("./compiled-files.cjs");

const ROOT = join(__dirname, "..");

let compiler;
const files = new CompiledFiles(
  join(ROOT, "node_modules", ".cache", "typescript"), // with the compilers, so that `npm ci` begins anew
  [
    readFileSync(join(ROOT, "tsconfig.json"), "utf8"),
    ...["ts-node", "typescript", "@swc/core"].map((name) => require(`${name}/package.json`).version),
  ].join("\0"),
  (source, file) => {
    compiler ??= newCompiler();
    return compiler.compile(source, file);
  },
);
function newCompiler() {
  const { prepareStackTrace } = Error;
  const made = require("ts-node").create({ cwd: ROOT });
  Error.prepareStackTrace = prepareStackTrace; // it puts its own in place, which maps all that is below
  return made;
}
require.extensions[".ts"] = (module, file) => module._compile(files.load(file), file);

let mapped;
// most processes end without having shown a trace, and the library takes its time to load
function loadMapped() {
  const lazy = Error.prepareStackTrace;
  require("source-map-support").install({
    environment: "node",
    handleUncaughtExceptions: false, // Node shows them as well, and this would end the process by itself
    retrieveFile: (file) => files.loaded(file) ?? null,
  });
  mapped = Error.prepareStackTrace;
  Error.prepareStackTrace = lazy;
}

// Pulumi keeps a stack trace with every promise, for PULUMI_DEBUG_PROMISE_LEAKS. To map each line of each trace to its source takes five
// times as long as the rest of a program of a hundred resources.
Error.prepareStackTrace = (error, frames) => {
  if (frames[0]?.getFunctionName() === "debuggablePromise" && !process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
    return String(error);
  }
  if (mapped === undefined) loadMapped();
  return mapped(error, frames);
};
