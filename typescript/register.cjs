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

// most processes end without having shown a trace, and the library takes its time to load
let wrapCallSite;
function loadWrapCallSite() {
  const { prepareStackTrace } = Error;
  const library = require("source-map-support");
  library.install({
    environment: "node",
    handleUncaughtExceptions: false, // Node shows them as well, and this would end the process by itself
    overrideRetrieveSourceMap: true, // libraries are shown as they are: to read their maps takes longer than to read ours
    retrieveSourceMap: (file) => sourceMap(file, files.loaded(file)),
  });
  Error.prepareStackTrace = prepareStackTrace;
  return library.wrapCallSite;
}

const MAP = "sourceMappingURL=data:application/json;charset=utf-8;base64,";
function sourceMap(url, code = "") {
  const at = code.lastIndexOf(MAP);
  return at < 0 ? null : { url, map: Buffer.from(code.slice(at + MAP.length), "base64").toString("utf8") };
}

Error.prepareStackTrace = (error, frames) => {
  wrapCallSite ??= loadWrapCallSite();
  const lines = frames.map((frame) => `\n    at ${wrapCallSite(frame)}`);
  return `${Error.prototype.toString.call(error)}${lines.join("")}`;
};
