import { PulumiCommand } from "@pulumi/pulumi/automation";

/** What the Automation API needs of a command: all that it does with an engine is a run of one. */
interface Runs {
  run(args: string[], ...rest: unknown[]): Promise<{ stdout: string; stderr: string; code: number }>;
}

// An update by the Automation API is six processes, of which one updates. These three tell it what nobody asks here: every command
// names its stack, and what came of it is read from the state (`state.ts`).
const SPARED: Readonly<Record<string, string>> = {
  "stack select": "",
  "stack output": "{}",
  "stack history": "[]",
};

/**
 * The engine's command for the Automation API, which leaves out the processes whose answers are of no use here: a stack that it opens
 * must be there, and the outputs and the summary of an update are empty. `version` is trusted, and not asked for.
 */
export function sparedCommand(command: string, version: string): PulumiCommand {
  const known = { command, version: { toString: () => version } };
  // the constructor is the API's own, and finds the version by a process
  const made = Object.assign(Object.create(PulumiCommand.prototype) as PulumiCommand & Runs, known);
  const run = made.run.bind(made);
  made.run = async (args, ...rest) => {
    const answer = SPARED[args.slice(0, 2).join(" ")];
    return answer === undefined ? await run(args, ...rest) : { stdout: answer, stderr: "", code: 0 };
  };
  return made;
}
