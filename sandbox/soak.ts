import { Command, InvalidArgumentError } from "commander";
import {
  SOAK_REQUESTS_PER_MINUTE,
  type SoakFigures,
  type SoakPlan,
  soak,
  soakedStack,
  soakProblems,
} from "./soak/soak";
import { Closers } from "./tour/closers";
import { listenToInterrupts } from "./tour/interrupts";
import { makeRunFolder } from "./tour/run-folder";
import { openSandbox } from "./tour/sandbox";

// `npm run soak`: deploys the stack, has it forward thousands of objects while everything fails now and then, and says what came of it.

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(plan: SoakPlan): Promise<number> {
  const run = makeRunFolder();
  const closers = new Closers();
  const interrupts = listenToInterrupts();
  const { signal } = interrupts;
  let code = 1;
  try {
    const sandbox = await openSandbox({
      ...{ run, closers, signal, progress: print, returnAfterSeconds: 1 },
      pce: { requestsPerMinute: SOAK_REQUESTS_PER_MINUTE },
    });
    print("deploying");
    await sandbox.operate("up", { config: soakedStack(sandbox.settings.config) });
    const figures = await Promise.race([soak(sandbox, plan, print), interrupted(signal)]);
    print(`\n${table(figures)}\n`);
    const problems = soakProblems(figures);
    for (const problem of problems) print(`✖ ${problem}`);
    if (problems.length > 0) print(`  logs: ${run.log("*")}`);
    else print("Every connection arrived, every corrupt object is in the dead-letter queue, and nothing else is.");
    code = problems.length > 0 ? 1 : 0;
    return code;
  } finally {
    await closers.close();
    if (code === 0) run.remove();
    interrupts.release();
  }
}

/** Rejects when somebody ends the soak, which waits for its messages otherwise. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
}

function table({ faults, ...figures }: SoakFigures): string {
  const rows = Object.entries({
    ...figures,
    ...Object.fromEntries(Object.entries(faults).map(([name, count]) => [`PCE: ${name}`, count])),
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

function readPlan(words: readonly string[]): SoakPlan {
  const number = (text: string): number => {
    const value = Number(text);
    if (!(value > 0)) throw new InvalidArgumentError("it has to be a number above 0.");
    return value;
  };
  const command = new Command("npm run soak --")
    .description("Forwards many objects through the deployed stack while the PCE fails and workers are lost.")
    .option("--objects <n>", "objects", number, 2_000)
    .option("--corrupt-every <n>", "one object in so many is corrupt", number, 100)
    .option("--fault-rate <0 to 1>", "the part of the PCE's answers that are none", number, 0.2)
    .option("--lose-every-seconds <s>", "between two workers that are lost, on average", number, 3)
    .option("--seed <n>", "another seed is another soak", number, 1)
    .option("--deadline-seconds <s>", "how long it may take", number, 1_800)
    .showHelpAfterError()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.parse(words, { from: "user" });
  return command.opts<SoakPlan>();
}

void main(readPlan(process.argv.slice(2))).then((code) => {
  process.exitCode = code;
});
