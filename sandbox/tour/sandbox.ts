import { appendFileSync } from "node:fs";
import { type Credentials, makeAdmin } from "../aws/access-control";
import { type DnsServer, startDns } from "../aws/dns";
import { type Moto, startMoto } from "../aws/moto";
import { startAwsProvider, startRandomProvider } from "../aws/provider/start";
import { type Engine, locateEngine } from "../engine/locate";
import { type OperationKind, type OperationOptions, type OperationResult, runOperation } from "../engine/operation";
import { type Pce, startPce } from "../pce/server";
import type { Closers } from "./closers";
import type { RunFolder } from "./run-folder";
import { regionOf, type StackSettings, tourSettings } from "./stack-settings";

/** The stack's name in the sandbox. */
export const STACK = "sandbox";

/** A place to deploy to: the engine, the emulator, the providers, the PCE stand-in, all on this computer. */
export interface Sandbox {
  readonly run: RunFolder;
  readonly engine: Engine;
  readonly moto: Moto;
  readonly pce: Pce;
  readonly dns: DnsServer;
  readonly region: string;
  /** May do everything in the emulator, also once access control is on. */
  readonly admin: Credentials;
  readonly settings: StackSettings;
  /** Runs one engine operation on the stack; `config` replaces settings of the same keys. */
  operate(kind: OperationKind, options?: Pick<OperationOptions, "onEvent" | "config">): Promise<OperationResult>;
}

/** What opening a sandbox needs. */
export interface SandboxOptions {
  readonly run: RunFolder;
  /** Gets everything that must be ended, whether or not opening succeeds. */
  readonly closers: Closers;
  readonly signal: AbortSignal;
  /** Told what takes long: an engine being built, an environment being made. */
  readonly progress: (sentence: string) => void;
}

/** Opens a sandbox with nothing deployed in it. The first time on a computer this gets the engine and the emulator. */
export async function openSandbox({ run, closers, signal, progress }: SandboxOptions): Promise<Sandbox> {
  const engine = await locateEngine({ report: progress, signal });
  progress(`pulumi ${engine.version} (${engine.how})`);
  const moto = closers.keep(await startMoto({ logFile: run.log("moto"), progress }), (each) => each.stop());
  signal.throwIfAborted();
  const writeLog = (line: string) => appendFileSync(run.log("pce"), `${line}\n`);
  const pce = closers.keep(await startPce({ writeLog }), (each) => each.close());
  const dns = closers.keep(await startDns(), (each) => each.close());
  const admin = await makeAdmin(moto);
  const settings = tourSettings(pce);
  const region = regionOf(settings);

  const logFile = run.log("providers");
  const starts = [
    startAwsProvider({ endpoint: moto.url, region, ...admin, run: run.path, logFile }),
    startRandomProvider({ logFile }),
  ].map((start) => start.then((provider) => closers.keep(provider, (each) => each.stop())));
  const providers = Object.fromEntries((await Promise.all(starts)).map(({ name, port }) => [name, port]));
  signal.throwIfAborted();

  const operate: Sandbox["operate"] = (kind, { config, onEvent } = {}) =>
    runOperation({
      kind,
      engine,
      run: run.path,
      stack: STACK,
      config: { ...settings.config, ...config },
      secrets: settings.secrets,
      providers,
      logFile: run.log(`pulumi-${kind}`),
      signal,
      ...(onEvent && { onEvent }),
    });
  return { run, engine, moto, pce, dns, region, admin, settings, operate };
}
