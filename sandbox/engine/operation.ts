import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { keepLogsAway, PROJECT_ROOT, stateFolder } from "./environment";
import type { KeptProcess } from "./kept-process";
import type { Engine } from "./locate";
import { inProcess } from "./operation-process";
import { exportResources, hasStack, readOutputs } from "./state";
import { countSteps, type OperationEvent, type OperationStep, type StepCounts } from "./steps";

/** What an operation does; the names are the Automation API's. */
export type OperationKind = "up" | "preview" | "destroy" | "refresh";

/** A stack setting: what a stack file can hold. */
export type ConfigValue = string | number | boolean | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

/** What one operation works on. */
export interface OperationOptions {
  readonly kind: OperationKind;
  readonly engine: Engine;
  /** The run folder: state, home and work folders of the engine are made in `<run>/engine`. */
  readonly run: string;
  readonly stack: string;
  /** Settings by key; a key without a namespace belongs to the project. Defaults of the schema are the engine's to add. */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** Settings that the engine keeps encrypted. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Ports of provider servers on this computer, by package name; the engine attaches to them and downloads none. */
  readonly providers?: Readonly<Record<string, number>>;
  /** Variables that providers find which the engine starts, as a shell would give them: the credentials that they work with. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets everything that the engine and the program print; appended to. */
  readonly logFile: string;
  readonly onEvent?: (event: OperationEvent) => void;
  /** Ends the operation with all its processes; `runOperation` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How long the engine may take to finish what it is at once it is told to stop. @default 5000 */
  readonly graceMs?: number;
  /** Where the process comes from, and goes to when all went well. @default a new one, which is ended */
  readonly kept?: KeptProcess | undefined;
  /** The file whose exports become the stack outputs. @default the project's index.ts */
  readonly program?: string;
  /** Folders of the policy packs that judge a preview or an update; a mandatory violation fails it. @default none */
  readonly policyPacks?: readonly string[];
  /** @default the project's Pulumi.yaml */
  readonly projectFile?: string;
}

/** What one operation did; of a preview, what an update would do. */
export interface OperationResult {
  readonly kind: OperationKind;
  readonly summary: StepCounts;
  /** Steps that are not "same". */
  readonly changes: number;
  readonly steps: readonly OperationStep[];
  /** The outputs of the stack after an update, secrets as `"[secret]"`; of any other operation none. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Resources in the stack's state afterwards, components included; not counted are the stack itself and its providers. */
  readonly resources: number;
  readonly seconds: number;
  readonly events: readonly OperationEvent[];
}

/**
 * Runs one engine operation in a process of its own and resolves when the engine is done and none of its processes is left, but the one
 * that `kept` keeps.
 * Rejects with `EngineError` when the program, a resource or the engine fails.
 */
export async function runOperation(options: OperationOptions): Promise<OperationResult> {
  const { kind, engine, run, stack, signal } = options;
  signal?.throwIfAborted();
  const start = performance.now();
  const { workDir, project, stackFile, secrets } = await prepare(options);
  const program = resolve(options.program ?? join(PROJECT_ROOT, "index.ts"));

  const events: OperationEvent[] = [];
  const state = { run, stack, project };
  const isNew = !(await hasStack(state));
  const { policyPacks = [] } = options;
  const { command, version } = engine;
  const request = { kind, stack, isNew, project, program, workDir, command, version, secrets, policyPacks };
  const steps = await inProcess(request, options, (event) => {
    events.push(event);
    options.onEvent?.(event);
  });
  signal?.throwIfAborted();
  await rememberSecrets(stackFile, secrets);

  const [left, outputs] = await Promise.all([exportResources(state), kind === "up" ? readOutputs(state) : {}]);
  const summary = countSteps(steps);

  return {
    kind,
    summary,
    changes: steps.length - summary.same,
    steps,
    outputs,
    resources: left.length,
    seconds: Math.round((performance.now() - start) / 10) / 100,
    events,
  };
}

interface ProjectFile {
  readonly main?: string;
  readonly name: string;
  readonly plugins?: { readonly providers: readonly { readonly name: string; readonly path: string }[] };
}

interface Prepared {
  readonly workDir: string;
  readonly project: string;
  readonly stackFile: string;
  /** Those that are still to be encrypted. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a stack file says of one secret. */
interface Encrypted {
  readonly salt: string;
  readonly secure: string;
}

// By name and value: to encrypt one takes the engine a process. In memory, where the values are anyway
const encrypted = new Map<string, Encrypted>();
const nameOf = ([key, value]: readonly [string, string]) => `${key} ${value}`;

interface StackFile {
  readonly encryptionsalt?: string;
  readonly config?: Readonly<Record<string, { readonly secure?: string } | undefined>>;
}

/** The secrets as the stack file has them; undefined when they were not all encrypted with one salt before. */
function knownSecrets(secrets: Readonly<Record<string, string>>): StackFile | undefined {
  const known = Object.entries(secrets).map((entry) => [entry[0], encrypted.get(nameOf(entry))] as const);
  const [salt, ...others] = new Set(known.map(([, found]) => found?.salt));
  if (salt === undefined || others.length > 0) return undefined;
  return {
    encryptionsalt: salt,
    config: Object.fromEntries(known.map(([key, found]) => [key, found && { secure: found.secure }])),
  };
}

async function rememberSecrets(stackFile: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  const { encryptionsalt: salt, config = {} } = parse(await readFile(stackFile, "utf8")) as StackFile;
  for (const entry of Object.entries(secrets)) {
    const secure = config[entry[0]]?.secure;
    if (salt !== undefined && secure !== undefined) encrypted.set(nameOf(entry), { salt, secure });
  }
}

// the engine applies the schema and the defaults of Pulumi.yaml by itself, but insists that `main` exists beside it
async function prepare(options: OperationOptions): Promise<Prepared> {
  const { kind, run, stack, projectFile = join(PROJECT_ROOT, "Pulumi.yaml") } = options;
  const { main: _, plugins, ...project } = parse(await readFile(projectFile, "utf8")) as ProjectFile;

  await mkdir(stateFolder(run), { recursive: true });
  await keepLogsAway(run);
  const workDir = await mkdtemp(join(run, "engine", `${stack}-${kind}-`));
  // the folders of the project's own providers are told from where its file is
  const providers = plugins?.providers.map((each) => ({ ...each, path: resolve(dirname(projectFile), each.path) }));
  await writeFile(
    join(workDir, "Pulumi.yaml"),
    stringify({ ...project, ...(providers && { plugins: { providers } }) }),
  );
  const stackFile = join(workDir, `Pulumi.${stack}.yaml`);
  const secrets = qualify(options.secrets, project.name);
  const isThere = await hasStack({ run, stack, project: project.name });
  // a stack that is new gets a salt of its own
  const known = isThere ? knownSecrets(secrets) : undefined;
  const config = { ...qualify(options.config, project.name), ...known?.config };
  await writeFile(stackFile, stringify({ ...known, config }));

  return { workDir, project: project.name, stackFile, secrets: known === undefined ? secrets : {} };
}

const qualify = <T>(settings: Readonly<Record<string, T>> = {}, project: string): Record<string, T> =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
  );
