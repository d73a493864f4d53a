import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Closers } from "../../sandbox/tour/closers";
import { makeRunFolder } from "../../sandbox/tour/run-folder";
import { openSandbox, type Sandbox, type SandboxOptions } from "../../sandbox/tour/sandbox";
import { sharedProcess, startFork } from "./worker-processes";

const FIRST_TIME_MS = 900_000; // the first time on a machine the engine is built

/**
 * Opens a sandbox before the tests of the suite that calls this and hands it over, with closers for what the suite starts itself. After
 * the tests everything is ended, what a test that ran out of time left behind too, and the folder is gone. `name` is part of the folder's.
 */
export function suiteSandbox(
  name: string,
  options: Pick<SandboxOptions, "returnAfterSeconds" | "minuteMs" | "pce" | "config">,
  opened: (sandbox: Sandbox, closers: Closers) => void | Promise<void>,
): void {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const closers = new Closers();
  const stop = new AbortController();

  before(async function () {
    this.timeout(FIRST_TIME_MS);
    const run = makeRunFolder(folder);
    const sandbox = await openSandbox({
      run,
      closers,
      signal: stop.signal,
      progress: () => undefined,
      kept: sharedProcess,
      startEmulator: startFork,
      ...options,
    });
    await opened(sandbox, closers);
  });
  after(async () => {
    stop.abort();
    await closers.close();
    rmSync(folder, { recursive: true, force: true });
  });
}
