import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The folder of what tours leave behind; not in git. */
export const SANDBOX_FOLDER = join(__dirname, "..", "..", ".sandbox");

/** One tour's own folder: state, records and logs. No two tours share one. */
export interface RunFolder {
  readonly path: string;
  /** The file that a part of the sandbox logs to. */
  readonly log: (part: string) => string;
  /** Deletes the folder with all in it. */
  readonly remove: () => void;
}

/** The folder that holds a log of each deployed function. */
export const functionLogs = ({ path }: Pick<RunFolder, "path">): string => join(path, "logs", "lambda");

/** Makes a fresh run folder in `parent`. */
export function makeRunFolder(parent = SANDBOX_FOLDER): RunFolder {
  const runs = join(parent, "runs");
  mkdirSync(runs, { recursive: true });
  const path = mkdtempSync(join(runs, "run-"));
  mkdirSync(join(path, "logs"));

  return {
    path,
    log: (part) => join(path, "logs", `${part}.log`),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
