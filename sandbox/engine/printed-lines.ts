import { closeSync, openSync, writeSync } from "node:fs";

type Write = NodeJS.WriteStream["write"];

let log: number | undefined;

/** Appends to this file, from now on, whatever this process prints. What other code of the process writes by itself still goes past it. */
export function printTo(file: string): void {
  if (log !== undefined) closeSync(log);
  const fd = openSync(file, "a");
  log = fd;
  const write = ((text, encoding, done) => {
    if (typeof text === "string") writeSync(fd, text);
    else writeSync(fd, text);
    const called = typeof encoding === "function" ? encoding : done;
    if (called) process.nextTick(called);
    return true;
  }) as Write;
  process.stdout.write = write;
  process.stderr.write = write;
}

/** The file descriptor that `printTo` prints to, for a process that is started here. */
export const printedTo = (): number | "inherit" => log ?? "inherit";
