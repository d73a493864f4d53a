import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperationResult } from "../sandbox/engine/operation";
import { Closers } from "../sandbox/tour/closers";
import { makeRunFolder } from "../sandbox/tour/run-folder";
import { openSandbox, type Sandbox } from "../sandbox/tour/sandbox";
import { type Benchmark, type Figures, medianOf } from "./benchmark";
import { fullStack } from "./full-stack";

/** What a preview of the full stack may take, in seconds. */
export const LIMIT_SECONDS = 10;

const RUNS = 3;
const BARE = join(__dirname, "bare-program.ts");
const POLICIES = join(__dirname, "../policies");

/** How long `pulumi preview` takes, of everything that the program can make, beside a program that makes nothing. */
export const PREVIEW: Benchmark = { name: "preview", run: () => inSandbox(measurePreviews) };

/** The parts of a sandbox that previews are measured with. */
export type Previewed = Pick<Sandbox, "operate"> & { readonly settings: Pick<Sandbox["settings"], "config"> };

/** Measures each preview three times, in turn, so that a busy moment falls on all of them. */
export async function measurePreviews({ operate, settings }: Previewed, runs = RUNS): Promise<Figures> {
  // each in a process of its own, as `pulumi preview` has one
  const everything = { config: fullStack(settings.config), kept: undefined };
  const previews: Readonly<Record<string, () => Promise<OperationResult>>> = {
    "a program that makes nothing": () => operate("preview", { program: BARE, kept: undefined }),
    "the sandbox's stack": () => operate("preview", { kept: undefined }),
    "the full stack": () => operate("preview", everything),
    "the full stack, judged by the policy pack": () => operate("preview", { ...everything, policyPacks: [POLICIES] }),
  };
  const measured: { what: string; create: number; seconds: number }[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const [what, preview] of Object.entries(previews)) {
      const { summary, seconds } = await preview();
      measured.push({ what, create: summary.create, seconds });
    }
  }
  const rows = Object.keys(previews).map((what) => {
    const own = measured.filter((each) => each.what === what);
    return { what, create: own[0]?.create ?? 0, seconds: medianOf(own.map(({ seconds }) => seconds)) ?? 0 };
  });
  return {
    figures: { previews: rows, limitSeconds: LIMIT_SECONDS },
    tables: [
      {
        title: `pulumi preview in the sandbox, of a stack that is not there yet: the middle of ${runs} runs`,
        rows: [
          ["of", "resources", "seconds", "of the first"],
          ...rows.map(({ what, create, seconds }) => [
            what,
            `${create}`,
            seconds.toFixed(1),
            `${(seconds / (rows[0]?.seconds ?? seconds)).toFixed(1)} x`,
          ]),
          ["the limit, for the full stack", "", `${LIMIT_SECONDS}`, ""],
        ],
      },
    ],
  };
}

async function inSandbox<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const closers = new Closers();
  const progress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const { signal } = new AbortController();
  try {
    return await work(await openSandbox({ run: makeRunFolder(folder), closers, signal, progress }));
  } finally {
    await closers.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
