import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";

/** The steps that can be asked for by name, in order; each needs the ones before it. */
export const STEPS = ["deploy", "repeat", "forward", "policy", "failover"] as const;

/** A step of the tour. */
export type Step = (typeof STEPS)[number];

/** What a tour is asked to do. */
export interface TourOptions {
  /** Flow-log files in place of the built-in traffic; absolute paths. */
  readonly logs: readonly string[];
  /** Leaves the sandbox running until Ctrl-C. */
  readonly keep: boolean;
  /** The one step to see, with what it needs. @default - all of them */
  readonly only?: Step;
}

/** Reads the words after `npm start --`. Bad words end the process with a sentence and exit code 2. */
export function readOptions(words: readonly string[]): TourOptions {
  const command = new Command("npm start --")
    .description(
      "Deploys the whole stack on this computer, forwards flow logs to a PCE stand-in, fails the database over, destroys everything.",
    )
    .option("--logs <file...>", "forward these flow logs in place of the built-in traffic", existingFile, [])
    .option("--keep", "leave the sandbox running and print how to reach it", false)
    .addOption(new Option("--only <step>", "one step, with what it needs").choices(STEPS))
    .showHelpAfterError()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  command.parse(words, { from: "user" });
  return command.opts<TourOptions>();
}

function existingFile(path: string, before: readonly string[]): string[] {
  const file = resolve(process.env["INIT_CWD"] ?? ".", path); // where the user typed it: npm changes the folder
  if (!existsSync(file)) throw new InvalidArgumentError(`there is no file ${file}.`);
  return [...before, file];
}
