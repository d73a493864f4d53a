import { appendFileSync } from "node:fs";
import { inspect } from "node:util";
import { type Credentials, makeAdmin, turnOnAccessControl } from "../aws/access-control";
import { followDatabaseNames } from "../aws/database-names";
import { type DnsServer, startDns } from "../aws/dns";
import type { StartEmulator } from "../aws/emulator-process";
import { type LambdaRunner, type LambdaRunnerOptions, startLambdaRunner } from "../aws/lambda-runner";
import { type Moto, startMoto } from "../aws/moto";
import { startAwsProvider, startRandomProvider } from "../aws/provider/start";
import { StepFunctions } from "../aws/states/step-functions";
import { KeptProcess } from "../engine/kept-process";
import { type Engine, locateEngine } from "../engine/locate";
import {
  type ConfigValue,
  type OperationKind,
  type OperationOptions,
  type OperationResult,
  runOperation,
} from "../engine/operation";
import { type Pce, type PceOptions, startPce } from "../pce/server";
import type { Closers } from "./closers";
import { functionLogs, type RunFolder } from "./run-folder";
import { regionOf, type StackSettings, sandboxSettings } from "./stack-settings";

/** The stack's name in the sandbox. */
export const STACK = "sandbox";

const MINUTE_MS = 60_000;

/** A place to deploy to: the engine, the emulator, Lambda, Step Functions, the providers, the PCE stand-in, all on this computer. */
export interface Sandbox {
  readonly run: RunFolder;
  readonly engine: Engine;
  readonly moto: Moto;
  readonly pce: Pce;
  /** Knows the names of the databases that are deployed. */
  readonly dns: DnsServer;
  /** Runs what is deployed, from the moment that it is. */
  readonly runner: LambdaRunner;
  /** Runs the state machines that are deployed, when it is asked to. */
  readonly stepFunctions: StepFunctions;
  readonly region: string;
  /** May do everything in the emulator, where access control is on. */
  readonly admin: Credentials;
  readonly settings: StackSettings;
  /** Runs one engine operation on the stack; `config` replaces settings of the same keys. Operations share a process that is `kept`. */
  operate(
    kind: OperationKind,
    options?: Pick<OperationOptions, "onEvent" | "config" | "policyPacks" | "program" | "kept">,
  ): Promise<OperationResult>;
}

/** What opening a sandbox needs. */
export interface SandboxOptions extends Pick<LambdaRunnerOptions, "returnAfterSeconds" | "minuteMs"> {
  readonly run: RunFolder;
  /** Gets everything that must be ended, whether or not opening succeeds. */
  readonly closers: Closers;
  readonly signal: AbortSignal;
  /** Told what takes long: an engine being built, an environment being made. */
  readonly progress: (sentence: string) => void;
  /** How the PCE stand-in behaves. @default - as it does by itself */
  readonly pce?: PceOptions;
  /** How the emulator is started. @default by itself */
  readonly startEmulator?: StartEmulator;
  /** What keeps the process of its operations, and is not closed with it. @default one of its own, which is */
  readonly kept?: KeptProcess;
  /** Settings of the stack, in place of the sandbox's own of the same keys. @default - none */
  readonly config?: Readonly<Record<string, ConfigValue>>;
}

/** Opens a sandbox with nothing deployed in it. The first time on a computer this gets the engine and the emulator. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { run, closers, signal, progress } = options;
  const engine = await locateEngine({ report: progress, signal });
  progress(`pulumi ${engine.version} (${engine.how})`);
  const moto = closers.keep(
    await startMoto({
      logFile: run.log("moto"),
      progress,
      ...(options.startEmulator && { start: options.startEmulator }),
    }),
    (each) => each.stop(),
  );
  signal.throwIfAborted();
  const writeLog = (line: string) => appendFileSync(run.log("pce"), `${line}\n`);
  const pce = closers.keep(await startPce({ writeLog, ...options.pce }), (each) => each.close());
  const dns = closers.keep(await startDns(), (each) => each.close());
  const admin = await makeAdmin(moto);
  await turnOnAccessControl(moto);
  const settings = sandboxSettings(pce, options.config);
  const region = regionOf(settings);
  const place = { run: run.path, endpoint: moto.url, region };
  const runner = closers.keep(await startLambdaRunner({ ...place, ...played(options), admin, dns }), (each) =>
    each.stop(),
  );
  const invoke: LambdaRunner["invoke"] = (name, event) => runner.invoke(name, event);
  const stepFunctions = closers.keep(
    await StepFunctions.open({ ...place, admin, invoke, secondMs: (options.minuteMs ?? MINUTE_MS) / 60 }),
    (each) => each.close(),
  );
  const failed = (cause: unknown) => appendFileSync(run.log("dns"), `${inspect(cause)}\n`);
  closers.keep(await followDatabaseNames(run.path, dns, failed), (each) => each.stop());

  const logFile = run.log("providers");
  const starts = [startAwsProvider({ ...place, ...admin, logFile }), startRandomProvider({ logFile })].map((start) =>
    start.then((provider) => closers.keep(provider, (each) => each.stop())),
  );
  const providers = Object.fromEntries((await Promise.all(starts)).map(({ name, port }) => [name, port]));
  signal.throwIfAborted();

  const kept = options.kept ?? closers.keep(new KeptProcess(), (each) => each.close());
  const operate: Sandbox["operate"] = (kind, { config, ...options } = {}) =>
    runOperation({
      kind,
      engine,
      run: run.path,
      stack: STACK,
      config: { ...settings.config, ...config },
      secrets: settings.secrets,
      providers,
      // as a shell that deploys has them: the provider of the PCE's resources reads the secret with the API key
      environment: {
        AWS_ENDPOINT_URL: moto.url,
        AWS_ACCESS_KEY_ID: admin.accessKeyId,
        AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
      },
      logFile: run.log(`pulumi-${kind}`),
      signal,
      kept,
      ...options,
    });
  return { run, engine, moto, pce, dns, runner, stepFunctions, region, admin, settings, operate };
}

const played = ({ run, returnAfterSeconds, minuteMs }: SandboxOptions) => ({
  logFolder: functionLogs(run),
  ...(returnAfterSeconds !== undefined && { returnAfterSeconds }),
  ...(minuteMs !== undefined && { minuteMs }),
});
