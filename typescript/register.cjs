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
    compiler ??= keepingTraces(() => require("ts-node").create({ cwd: ROOT }));
    return compiler.compile(source, file);
  },
);
require.extensions[".ts"] = (module, file) => module._compile(files.load(file), file);

// ts-node and source-map-support each put a mapping of traces in place, of all libraries too: ours stays
function keepingTraces(load) {
  const { prepareStackTrace } = Error;
  const loaded = load();
  Error.prepareStackTrace = prepareStackTrace;
  return loaded;
}

// most processes end without having shown a trace, and the library takes its time to load
let wrapCallSite;
function loadWrapCallSite() {
  const library = require("source-map-support");
  library.install({
    environment: "node",
    handleUncaughtExceptions: false, // Node shows them as well, and this would end the process by itself
    overrideRetrieveSourceMap: true, // libraries are shown as they are: to read their maps takes longer than to read ours
    retrieveSourceMap: (file) => sourceMap(file, files.loaded(file)),
  });
  return library.wrapCallSite;
}

const MAP = "sourceMappingURL=data:application/json;charset=utf-8;base64,";
function sourceMap(url, code = "") {
  const at = code.lastIndexOf(MAP);
  return at < 0 ? null : { url, map: Buffer.from(code.slice(at + MAP.length), "base64").toString("utf8") };
}

Error.prepareStackTrace = (error, frames) => {
  wrapCallSite ??= keepingTraces(loadWrapCallSite);
  const lines = frames.map((frame) => `\n    at ${wrapCallSite(frame)}`);
  return `${Error.prototype.toString.call(error)}${lines.join("")}`;
};
