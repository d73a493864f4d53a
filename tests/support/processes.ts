/** What runs on this computer, for tests of what must end. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** The numbers of the running processes whose command or environment contains the text: an assertion shows nothing else of them. */
export function running(text: string): number[] {
  return ps(["axeww", "-o", "pid=,stat=,command="])
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

/** Whether a process runs; one that has ended but that nobody has collected (in a container maybe for good) does not. */
export function isRunning(pid: number): boolean {
  return ps(["ax", "-o", "pid=,stat="]).some((line) => line.trim().startsWith(`${pid} `));
}

/**
 * Runs a script (TypeScript can be required) in a process of its own, kills that process once the script has printed the id of a
 * process that it started, and asserts that this one, which must be running then, ends within 5 seconds too.
 */
export async function assertEndsWithItsStarter(script: string): Promise<void> {
  const starter = spawn(process.execPath, ["-r", "./typescript/register.cjs", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = (await once(starter.stdout, "data")) as [Buffer];
  const pid = Number(text);
  assert.equal(isRunning(pid), true);

  starter.kill("SIGKILL");
  for (let tries = 0; isRunning(pid) && tries < 50; tries += 1) await sleep(100);

  assert.equal(isRunning(pid), false);
}

const ps = (args: readonly string[]): string[] =>
  execFileSync("ps", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })
    .split("\n")
    .filter((line) => line !== "" && !/^\s*\d+ Z/.test(line));
