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

// whose settings could lead the sandbox to a real account or another state
const NOT_INHERITED = /^(PULUMI|AWS)_/;

/** Where the engine keeps the state of a run's stacks. */
export function stateFolder(run: string): string {
  return join(run, "engine", "state");
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
    PULUMI_HOME: join(run, "engine", "home"),
    // the whole state is written once, at the end of an operation, and not at each of its steps
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(attached.length > 0 && { PULUMI_DEBUG_PROVIDERS: attached.join(",") }),
    ...environment,
  };
}
