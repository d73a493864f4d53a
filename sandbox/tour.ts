import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Listr } from "listr2";
import { Closers } from "./tour/closers";
import { type Interrupts, listenToInterrupts } from "./tour/interrupts";
import { readOptions, STEPS, type Step, type TourOptions } from "./tour/options";
import { policyListing } from "./tour/policy-listing";
import { howToReach } from "./tour/reach";
import { type TourReport, writeReport } from "./tour/report";
import { makeRunFolder, type RunFolder, SANDBOX_FOLDER } from "./tour/run-folder";
import { openSandbox } from "./tour/sandbox";
import { ILLUMIO_SIDE } from "./tour/stack-settings";
import { StepError } from "./tour/step-error";
import { summaryTable } from "./tour/summary";
import { deploy, destroy, failover, forward, type Progress, policy, repeat, type TourState } from "./tour/tour-steps";

const REPORT_FILE = join(SANDBOX_FOLDER, "report.json");
// AWS makes a failed message wait for the queue's visibility timeout, twelve minutes here; a tour can't
const RETURN_AFTER_SECONDS = 1;
// the front door's schedule looks each minute, and a tour can't wait for it
const MINUTE_MS = 6_000;
const INTERRUPTED = 130; // 128 + SIGINT, as shells count

const RUNS: Readonly<Record<Step, { readonly title: string; readonly run: typeof deploy }>> = {
  deploy: { title: "Deploy the stack with the Pulumi engine", run: deploy },
  repeat: { title: "Deploy it again", run: repeat },
  forward: { title: "Forward flow logs to the PCE", run: forward },
  policy: { title: "Ask the PCE what its policy says of the flows", run: policy },
  failover: { title: "Fail the database over", run: failover },
};

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs the tour and returns the exit code: 0 only when every step held. */
async function tour(options: TourOptions, interrupts: Interrupts): Promise<number> {
  const run = makeRunFolder();
  const closers = new Closers();
  const report: TourReport = {};
  const failures: unknown[] = [];
  try {
    await walk(options, interrupts, { run, closers, report, failures });
  } catch (failure) {
    failures.push(failure);
  }
  await closers.close().catch((failure: unknown) => failures.push(failure));

  if (interrupts.signal.aborted) {
    run.remove();
    print("\nInterrupted. Nothing is left running.");
    return INTERRUPTED;
  }
  writeReport(REPORT_FILE, report);
  print(`\n${summaryTable(report)}\n`);
  if (failures.length > 0) {
    for (const failure of failures) print(explain(failure, run));
    appendFileSync(run.log("tour"), `${failures.map((failure) => inspect(failure)).join("\n")}\n`);
    return 1;
  }
  run.remove();
  print(`Every step held. Report: ${REPORT_FILE}`);
  return 0;
}

interface Walk extends Pick<TourState, "report"> {
  readonly closers: Closers;
  readonly run: RunFolder;
  readonly failures: unknown[];
}

async function walk(options: TourOptions, { signal, next }: Interrupts, { run, closers, report, failures }: Walk) {
  const sandbox = await show("Open the sandbox", async (progress) => {
    const opened = await openSandbox({
      run,
      closers,
      signal,
      progress: process.stdout.isTTY ? progress : announce(),
      returnAfterSeconds: RETURN_AFTER_SECONDS,
      minuteMs: MINUTE_MS,
      config: ILLUMIO_SIDE,
    });
    return {
      made: opened,
      outcome: `pulumi ${opened.engine.version} (${opened.engine.how}), AWS and a PCE on 127.0.0.1`,
    };
  });
  const state = { sandbox, logs: options.logs, report };
  try {
    for (const step of stepsOf(options)) {
      const { title, run: runStep } = RUNS[step];
      await show(title, async (progress) => ({ made: undefined, outcome: await runStep(state, progress) }));
      if (step === "policy" && report.policy) print(`\n${policyListing(report.policy)}\n`);
    }
    if (options.keep) {
      print(`\n${await howToReach(sandbox)}\n`);
      await next();
    }
  } catch (failure) {
    failures.push(failure);
  }
  // also after a failure: what can't be destroyed then is worth knowing
  if (!signal.aborted) {
    await show("Destroy the stack", async (progress) => ({ made: undefined, outcome: await destroy(state, progress) }));
  }
}

// the first run takes minutes: a log without a terminal gets each sentence once, not every second again
function announce(): Progress {
  let last = "";
  return (sentence) => {
    const wording = sentence.replaceAll(/\d+/g, "");
    if (wording !== last) print(`  ${sentence}`);
    last = wording;
  };
}

function stepsOf({ only }: TourOptions): readonly Step[] {
  if (only === undefined) return STEPS;
  // without flows there is nothing that a policy says
  if (only === "policy") return ["deploy", "forward", "policy"];
  return only === "deploy" ? ["deploy"] : ["deploy", only];
}

/** Shows one step while it works: live where there is a terminal, its end alone where there is none. */
async function show<T>(
  title: string,
  work: (progress: Progress) => Promise<{ readonly made: T; readonly outcome: string }>,
): Promise<T> {
  let made: T | undefined;
  const isLive = process.stdout.isTTY === true;
  // listr2 would end the process at Ctrl-C, with everything that was started still running
  const options = { registerSignalListeners: false } as const;
  await new Listr(
    [
      {
        title,
        task: async (_, task) => {
          const done = await work((sentence) => {
            if (isLive) task.output = sentence;
          });
          made = done.made;
          task.title = `${title}: ${done.outcome}`;
        },
      },
    ],
    options,
  ).run();
  return made as T;
}

function explain(failure: unknown, run: RunFolder): string {
  const what = failure instanceof Error ? failure.message : String(failure);
  const logs = failure instanceof StepError ? failure.logs : [];
  const places = logs.length > 0 ? logs.map((log) => `  log: ${log}`) : [];
  return [`✖ ${what}`, ...places, `  all logs: ${run.log("*")}`].join("\n");
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const interrupts = listenToInterrupts();
  process.exitCode = await tour(options, interrupts);
  interrupts.release();
}

void main();
