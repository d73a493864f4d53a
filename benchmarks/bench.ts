import { Command, Option } from "commander";
import { type Benchmark, drawn, type Figures } from "./benchmark";
import { FLOW_LOGS } from "./flow-logs/flow-logs";
import { FRONT_DOOR } from "./front-door";
import { PREVIEW } from "./preview";
import { WORKLOAD_SYNC } from "./workload-sync";

const BENCHMARKS: readonly Benchmark[] = [FLOW_LOGS, FRONT_DOOR, WORKLOAD_SYNC, PREVIEW];

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function bench(words: readonly string[]): Promise<void> {
  const { json, only, ...options } = readOptions(words);
  const results: Record<string, Figures["figures"]> = {};
  for (const { name, run } of BENCHMARKS.filter(
    ({ name }) => name === (options.file ? FLOW_LOGS.name : (only ?? name)),
  )) {
    const { figures, tables } = await run(options);
    results[name] = figures;
    if (!json) for (const table of tables) print(`${drawn(table)}\n`);
  }
  if (json) print(JSON.stringify(results, undefined, 2));
}

function readOptions(words: readonly string[]): {
  readonly json: boolean;
  readonly only?: string;
  readonly file?: string;
} {
  const command = new Command("npm run bench --")
    .description("Measures this project beside what it is compared with, in one run.")
    .option("--json", "print the figures as JSON", false)
    .addOption(new Option("--only <name>", "one benchmark").choices(BENCHMARKS.map(({ name }) => name)))
    .option("--file <path>", "measure flow-logs with this file, gzip text, in place of those it makes")
    .showHelpAfterError()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.parse(words, { from: "user" });
  return command.opts();
}

void bench(process.argv.slice(2));
