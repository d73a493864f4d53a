import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Engine } from "./locate";

/** Where an engine works and what it attaches to. */
export interface EngineSurroundings {
  readonly engine: Engine;
  readonly run: string;
  readonly providers?: Readonly<Record<string, number>>;
  /** Added as it is. */
  readonly environment?: Readonly<Record<string, string>>;
}

export const PROJECT_ROOT = join(__dirname, "..", "..");

// whose settings could lead the sandbox to a real account or another state
const NOT_INHERITED = /^(PULUMI|AWS)_/;

/** Where the engine keeps the state of a run's stacks. */
export function stateFolder(run: string): string {
  return join(run, "engine", "state");
}

const homeFolder = (run: string): string => join(run, "engine", "home");

/**
 * Makes the engine write no logs of its own in its home: it has no switch for them, and takes a third of its time to press and seal what
 * nobody here reads. A file where their folder would be makes it go on without.
 */
export async function keepLogsAway(run: string): Promise<void> {
  await mkdir(homeFolder(run), { recursive: true });
  await writeFile(join(homeFolder(run), "logs"), "");
}

/**
 * The environment of everything that the engine runs: the user's, without their Pulumi and AWS settings, with a state on this disk
 * and no way to fetch anything.
 */
export function engineEnvironment(
  { engine, run, providers = {}, environment = {} }: EngineSurroundings,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(base).filter(([name]) => !NOT_INHERITED.test(name)));
  const { PATH = "" } = base;
  const attached = Object.entries(providers).map(([name, port]) => `${name}:${port}`);

  return {
    ...inherited,
    // the Automation API looks for `pulumi` there, and the engine for what runs a policy pack
    PATH: [dirname(engine.command), join(__dirname, "launchers"), PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${stateFolder(run)}`,
    PULUMI_CONFIG_PASSPHRASE: "rds-sightline-sandbox", // protects nothing: the state it locks lives and dies with the run folder
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true", // a provider that was forgotten fails by name, not by a download
    PULUMI_HOME: homeFolder(run),
    // the whole state is written once, at the end of an operation, and not at each of its steps
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(attached.length > 0 && { PULUMI_DEBUG_PROVIDERS: attached.join(",") }),
    ...environment,
  };
}
