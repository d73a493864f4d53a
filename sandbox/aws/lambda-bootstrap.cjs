/**
 * Plays the Node runtime of Lambda inside a process of its own: loads the handler named in _HANDLER from LAMBDA_TASK_ROOT, then runs
 * one invocation at a time as the parent asks over IPC. Plain JavaScript, so that a cold start compiles nothing.
 *
 * in:  { type: "invoke", requestId, event, deadlineMs, functionArn }
 * out: { type: "ready" } | { type: "failed", error } once, then per invocation { type: "answer", requestId, answer? , error? }
 */
const dns = require("node:dns");
const { join } = require("node:path");
const { Worker } = require("node:worker_threads");

/**
 * Node's default resolver and every `new Resolver()` ask the sandbox's DNS server, as they ask the VPC's in Lambda. `dns.lookup` is
 * the operating system's, and stays so.
 */
function resolveThrough(server) {
  dns.setServers([server]); // also of the default functions of dns/promises
  for (const place of [dns, dns.promises]) {
    place.Resolver = class extends place.Resolver {
      constructor(options) {
        super(options);
        this.setServers([server]);
      }
    };
  }
}

/**
 * What connects looks a name up by the operating system, which knows no database of the sandbox: those are on this computer, where a real
 * server listens if a test started one.
 */
function lookUpDatabases() {
  const { lookup } = dns;
  dns.lookup = (name, options, callback) =>
    lookup(/\.rds\.amazonaws\.com$/.test(name) ? "127.0.0.1" : name, options, callback);
}

/** As the runtime reports it: type, message and stack. */
const described = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") }
    : { errorType: typeof error, errorMessage: String(error) };

const contextOf = ({ requestId, deadlineMs, functionArn }) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: "$LATEST",
  invokedFunctionArn: functionArn,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  awsRequestId: requestId,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

async function loadHandler() {
  const [file, name] = process.env._HANDLER.split(".");
  const path = join(process.env.LAMBDA_TASK_ROOT, `${file}.js`);
  const handler = require(path)[name];
  if (typeof handler !== "function") throw new TypeError(`${file}.${name} is undefined or not exported`);
  return handler;
}

/** Undefined is sent as no answer; an answer that is not JSON is the function's error, as in Lambda. */
const asJson = (answer) => (answer === undefined ? undefined : JSON.parse(JSON.stringify(answer) ?? "null"));

/** An answer may overtake what was written before it, so both streams say where an invocation's output ends. */
const endOutput = (requestId) => {
  for (const stream of [process.stdout, process.stderr]) stream.write(`\u0000end of ${requestId}\n`);
};

const runOne = async (handler, invocation) => {
  try {
    return { answer: asJson(await handler(invocation.event, contextOf(invocation))) };
  } catch (error) {
    return { error: described(error) };
  }
};

// A handler in an endless loop never hears that the parent is gone, so a thread looks: the sandbox leaves no process behind.
new Worker(`setInterval(() => process.ppid === ${process.ppid} || process.kill(process.pid, "SIGKILL"), 500)`, {
  eval: true,
  env: {},
  execArgv: [],
}).unref();
if (process.env.SANDBOX_DNS) resolveThrough(process.env.SANDBOX_DNS);
lookUpDatabases();
delete process.env.SANDBOX_DNS; // not a variable that Lambda has
process.on("disconnect", () => process.exit(0)); // the parent is gone

loadHandler().then(
  (handler) => {
    process.on("message", (invocation) => {
      const { requestId } = invocation;
      void runOne(handler, invocation).then((end) => {
        endOutput(requestId);
        process.send({ type: "answer", requestId, ...end });
      });
    });
    process.send({ type: "ready" });
  },
  (error) => process.send({ type: "failed", error: described(error) }, () => process.exit(1)),
);
