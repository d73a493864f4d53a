import { keysOf } from "./promises";
import { nameOf, type Run } from "./run";
import type { MakeSync, Sync } from "./sync-world";
import type { Environment, World } from "./world";

// Lambda's timeout of 300 s less the margin that the handler keeps for itself
const INVOCATION_MS = 290_000;
const RETRY_DELAYS_MS = [60_000, 120_000];

interface Invocation {
  readonly because: string;
  readonly event: unknown;
  /** How often it has been tried before. */
  readonly tries: number;
}

/** Lambda: keeps events in a queue, gives each to an execution environment that is free, and tries again what failed. */
export class Invocations {
  /** Every invocation so far. */
  readonly runs: Run[] = [];
  readonly #world: World;
  readonly #environments: readonly (Environment & { readonly sync: Sync })[];
  readonly #isRetried: boolean;
  readonly #queue: Invocation[] = [];
  #hasStopped = false;

  constructor(
    world: World,
    makeSync: MakeSync,
    options: { readonly environments: number; readonly isRetried: boolean },
  ) {
    this.#world = world;
    this.#isRetried = options.isRetried;
    this.#environments = Array.from({ length: options.environments }, (_, id) => {
      const environment: Environment = { id, run: undefined, told: [] };
      return Object.assign(environment, { sync: makeSync(world.reachedBy(environment)) });
    });
  }

  /** Whether nothing runs and nothing waits. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#environments.every(({ run }) => run === undefined);
  }

  /** Invokes the function as soon as an environment is free. */
  invoke(because: string, event: unknown, tries = 0): void {
    this.#queue.push({ because, event, tries });
    this.#start();
  }

  /** Forgets what waits, and tries nothing again from now on. */
  stop(): void {
    this.#queue.length = 0;
    this.#hasStopped = true;
  }

  #start(): void {
    for (const environment of this.#environments) {
      if (environment.run !== undefined) continue;
      const invocation = this.#queue.shift();
      if (invocation === undefined) return;
      void this.#run(environment, invocation);
    }
  }

  async #run(environment: Environment & { readonly sync: Sync }, invocation: Invocation): Promise<void> {
    const { clock, group, transcript, watch } = this.#world;
    const startedMs = clock.now();
    const run: Run = {
      id: this.runs.length + 1,
      environment: environment.id,
      because: invocation.because,
      startedMs,
      endedMs: undefined,
      failure: undefined,
      calls: {},
      troubles: [],
      told: new Set(),
      foundKeys: keysOf(group.active(startedMs)),
    };
    this.runs.push(run);
    environment.run = run;
    transcript.note(() => `${nameOf(run)} starts`);
    try {
      await environment.sync(invocation.event, { remainingMs: () => startedMs + INVOCATION_MS - clock.now() });
    } catch (reason) {
      run.failure = { reason };
    }
    run.endedMs = clock.now();
    environment.run = undefined;
    transcript.note(() => `run ${run.id} ${run.failure ? `fails: ${sentence(run.failure.reason)}` : "succeeds"}`);
    watch.ended(run, clock.now());
    if (run.failure !== undefined) this.#retry(invocation);
    this.#start();
  }

  #retry({ because, event, tries }: Invocation): void {
    const delayMs = RETRY_DELAYS_MS[tries];
    if (!this.#isRetried || delayMs === undefined) return;
    this.#world.clock.after(delayMs, () => {
      if (!this.#hasStopped) this.invoke(because, event, tries + 1);
    });
  }
}

function sentence(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
