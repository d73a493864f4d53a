import { execFileSync } from "node:child_process";

/** The running processes of which a line of `ps` (number, state, command, environment) contains the text. */
export function running(text: string): string[] {
  return ps(["axeww", "-o", "pid=,stat=,command="]).filter((line) => line.includes(text));
}

/** Whether a process runs; one that has ended but that nobody has collected (in a container maybe for good) does not. */
export function isRunning(pid: number): boolean {
  return ps(["ax", "-o", "pid=,stat="]).some((line) => line.trim().startsWith(`${pid} `));
}

const ps = (args: readonly string[]): string[] =>
  execFileSync("ps", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })
    .split("\n")
    .filter((line) => line !== "" && !/^\s*\d+ Z/.test(line));
