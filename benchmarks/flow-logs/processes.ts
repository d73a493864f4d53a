import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import type { ChildReport } from "./child";

const run = promisify(execFile);
const OUTPUT_BYTES = 64 * 2 ** 20;

/** How to run a child. */
export interface ChildOptions {
  readonly rounds: number;
  /** Whether the file is inflated alone, too. */
  readonly isWithInflate: boolean;
  /** Whether it has one processor core only, zlib's threads included. */
  readonly isPinned: boolean;
}

/** The benchmark's child, bundled into a folder. */
export class Child {
  readonly #script: string;

  constructor(folder: string) {
    this.#script = join(folder, "child.js");
    buildSync({
      entryPoints: [join(__dirname, "child.ts")],
      outfile: this.#script,
      ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "silent" },
    });
  }

  /** Measures one file. */
  async measure(file: string, { rounds, isWithInflate, isPinned }: ChildOptions): Promise<ChildReport> {
    const words = [process.execPath, this.#script, file, `${rounds}`, `${isWithInflate}`];
    return JSON.parse(await output(isPinned ? pinned(words) : words)) as ChildReport;
  }
}

/** What a command prints; it rejects when the command fails. */
export async function output([command = "", ...words]: readonly string[]): Promise<string> {
  const { stdout } = await run(command, words, { maxBuffer: OUTPUT_BYTES });
  return stdout;
}

/** The same command on one core: the last one, since the first has the most to do beside. Where there is no taskset, as it is. */
export function pinned(words: readonly string[]): readonly string[] {
  const cores = coresOf();
  return cores.length === 0 ? words : ["taskset", "-c", `${cores.at(-1)}`, ...words];
}

/** Whether `pinned` does anything here. */
export function canPin(): boolean {
  return coresOf().length > 0;
}

// source: util-linux, taskset: "pid 1's current affinity list: 0,2-3"
function coresOf(): readonly number[] {
  try {
    const text = execFileSync("taskset", ["-cp", `${process.pid}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const list = text.slice(text.lastIndexOf(":") + 1).trim();
    return list.split(",").flatMap((part) => {
      const [from = 0, to = from] = part.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, at) => from + at);
    });
  } catch {
    return [];
  }
}
