import type { ChildProcess } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

/** How long a process may take to end by itself before it is killed, in milliseconds. */
export const GRACE_MS = 5_000;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Ends a process that was spawned `detached`, with everything it started: resolves once none of them is left. `ask` requests a
 * tidy end; who has not gone after `graceMs` is killed. The group is addressed by the pid of its first process, never by a name.
 */
export async function endGroup(child: ChildProcess, ask: () => void, graceMs: number = GRACE_MS): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }

  const exited = child.exitCode !== null || child.signalCode !== null;
  const exit = exited ? Promise.resolve() : new Promise<void>((resolve) => child.once("exit", () => resolve()));
  if (!exited) {
    ask();
    await Promise.race([exit, sleep(graceMs)]);
  }

  signalGroup(pid, "SIGKILL");
  await exit;
  await untilGone(pid);
}

/** Sends a signal to all processes of a group; false when it has none any more. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM is macOS's answer for a group of which only unreaped processes are left
    if (error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM")) {
      return false;
    }
    throw error;
  }
}

// bounded, because a killed process stays visible until its parent (in a container maybe nobody) has collected it
async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 40 && signalGroup(pid, 0) && !(await isOnlyZombies(pid)); tries += 1) {
    await sleep(25);
  }
}

/** True when all that is left of a group has ended and was not collected; false where there is no /proc to tell. */
async function isOnlyZombies(group: number): Promise<boolean> {
  const entries = await readdir("/proc").catch(() => []);
  const processes = entries.filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(processes.map((name) => readFile(`/proc/${name}/stat`, "utf8").catch(() => "")));
  // proc(5): pid (comm) state ppid pgrp ..., where comm may hold anything
  const fields = stats.map((stat) => stat.slice(stat.lastIndexOf(")") + 2).split(" "));
  const states = fields.filter(([, , pgrp]) => pgrp === `${group}`).map(([state]) => state);
  return states.length > 0 && states.every((state) => state === "Z" || state === "X");
}
