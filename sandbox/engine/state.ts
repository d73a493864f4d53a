import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { engineEnvironment, stateFolder } from "./environment";
import type { Engine } from "./locate";
import { isCounted } from "./steps";

const run = promisify(execFile);
const PROJECT = "rds-sightline";

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
  const { checkpoint } = await readCheckpoint(options);

  return (checkpoint.latest?.resources ?? [])
    .filter(({ type }) => isCounted(type))
    .map(({ urn, type, id }) => ({ urn, type, ...(id !== undefined && { id }) }));
}

/** Whether the stack has been made. */
export async function hasStack(options: StateOptions): Promise<boolean> {
  return await access(stackFile(options)).then(
    () => true,
    () => false,
  );
}

/** The stack outputs as they may be shown: each secret, also one inside of a value, is `"[secret]"`. */
export async function readOutputs(options: StateOptions): Promise<Record<string, unknown>> {
  const { engine, stack, project = PROJECT } = options;
  // not the outputs that the Automation API returns from `up`: there, a secret inside of a value is in clear
  const args = ["stack", "output", "--json", "--stack", `organization/${project}/${stack}`, "--non-interactive"];
  const { stdout } = await run(engine.command, args, {
    cwd: options.run,
    env: engineEnvironment(options),
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

interface StackFile {
  readonly checkpoint: { readonly latest?: { readonly resources?: readonly StateResource[] } | null };
}

// the file, not `pulumi stack export`, which takes a process and a second to say the same
async function readCheckpoint(options: StateOptions): Promise<StackFile> {
  return JSON.parse(await readFile(stackFile(options), "utf8")) as StackFile;
}

// source: pulumi/pkg/backend/diy/store.go, projectReferenceStore.StackBasePath; with PULUMI_DIY_BACKEND_GZIP it would be .json.gz
function stackFile({ run: folder, stack, project = PROJECT }: StateOptions): string {
  return join(stateFolder(folder), ".pulumi", "stacks", project, `${stack}.json`);
}
