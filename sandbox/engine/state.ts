import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { engineEnvironment } from "./environment";
import type { Engine } from "./locate";
import { isCounted } from "./steps";

const run = promisify(execFile);

/** A resource as the stack's state holds it; inputs and outputs are left out, since they may hold secrets. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** The provider's id; components have none. */
  readonly id?: string;
}

/** Which state to read. */
export interface StateOptions {
  readonly engine: Engine;
  readonly run: string;
  readonly stack: string;
  /** @default "rds-sightline" */
  readonly project?: string;
}

/** What the stack's state holds now, without the stack itself and its providers; empty after a complete destroy. */
export async function exportResources(options: StateOptions): Promise<StateResource[]> {
  const { deployment } = (await read("export", options)) as { deployment: { resources?: StateResource[] } };

  return (deployment.resources ?? [])
    .filter(({ type }) => isCounted(type))
    .map(({ urn, type, id }) => ({ urn, type, ...(id !== undefined && { id }) }));
}

/** The stack outputs as they may be shown: each secret, also one inside of a value, is `"[secret]"`. */
export async function readOutputs(options: StateOptions): Promise<Record<string, unknown>> {
  // not the outputs that the Automation API returns from `up`: there, a secret inside of a value is in clear
  return (await read("output", options)) as Record<string, unknown>;
}

async function read(what: "export" | "output", options: StateOptions): Promise<unknown> {
  const { engine, stack, project = "rds-sightline" } = options;
  const format = what === "output" ? ["--json"] : []; // export has no other
  const args = ["stack", what, ...format, "--stack", `organization/${project}/${stack}`, "--non-interactive"];
  const { stdout } = await run(engine.command, args, {
    cwd: options.run,
    env: engineEnvironment(options),
    maxBuffer: 256 * 1024 * 1024, // the state holds the code of the functions
  });

  return JSON.parse(stdout);
}
