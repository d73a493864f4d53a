import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stateFolder } from "./environment";
import { isCounted } from "./steps";

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
  const { checkpoint } = await readCheckpoint(options);
  const stack = checkpoint.latest?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");

  return masked(stack?.outputs ?? {}) as Record<string, unknown>;
}

// source: pulumi/sdk/go/common/resource/sig, where each kind of value that JSON has not is an object with this key
const KIND = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

// In the file a secret is in cipher, and to read it is not needed. Not the outputs that the Automation API returns from `up`: there, a
// secret inside of a value is in clear.
function masked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(masked);
  if ((value as Record<string, unknown>)[KIND] === SECRET) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
}

interface StackFile {
  readonly checkpoint: {
    readonly latest?: { readonly resources?: readonly (StateResource & { readonly outputs?: unknown })[] } | null;
  };
}

// the file, not `pulumi stack export` or `pulumi stack output`, which take a process and a second to say the same
async function readCheckpoint(options: StateOptions): Promise<StackFile> {
  return JSON.parse(await readFile(stackFile(options), "utf8")) as StackFile;
}

// source: pulumi/pkg/backend/diy/store.go, projectReferenceStore.StackBasePath; with PULUMI_DIY_BACKEND_GZIP it would be .json.gz
function stackFile({ run: folder, stack, project = PROJECT }: StateOptions): string {
  return join(stateFolder(folder), ".pulumi", "stacks", project, `${stack}.json`);
}
