import { runLogged } from "./logged-process";
import { everySecond, type Ticker } from "./ticker";

const SCRIPT = "https://get.pulumi.com/install.sh";

// in a process of its own, since the Automation API can't be told to stop what it downloads
const INSTALL = `
  const { PulumiCommand } = require("@pulumi/pulumi/automation");
  PulumiCommand.install({ root: process.argv[1] }).catch((error) => {
    process.stderr.write(error.message + "\\n");
    process.exitCode = 1;
  });`;

/** What a download needs from outside. */
export interface DownloadOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Receives everything that the installation prints. */
  readonly logFile: string;
  readonly report: Ticker;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Installs the official CLI, in the version of our SDK, into `<root>/bin`. Rejects at once where there is no network, and after
 * 15 seconds where a firewall swallows the question; the Automation API by itself would wait for two minutes.
 */
export async function downloadEngine(root: string, { env, logFile, report, signal }: DownloadOptions): Promise<void> {
  await probe(signal);
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const stopTelling = everySecond((seconds) => report(`downloading the Pulumi engine, ${seconds} s`));
  try {
    const args = ["-e", INSTALL, root];
    const code = await runLogged({ command: process.execPath, args, cwd: __dirname, env, logFile, onLine, signal });
    if (code !== 0) {
      throw new Error(`${lines.slice(-3).join("\n") || `exit code ${code}`}\nlog: ${logFile}`);
    }
  } finally {
    stopTelling();
  }
}

async function probe(signal?: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(15_000);
  try {
    const answer = await fetch(SCRIPT, {
      method: "HEAD",
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`${SCRIPT} does not answer: ${reasonOf(cause)}`, { cause });
  }
}

// undici hides the reason ("getaddrinfo ENOTFOUND ...") in the cause of "fetch failed"
const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;

  return inner instanceof Error ? inner.message : String(inner);
};
