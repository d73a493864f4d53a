/** The functions that are deployed now. Every invocation of any source comes through here, so that reserved concurrency is one count. */
import type { InvocationEnd } from "./lambda-environment";
import { type FunctionServices, LambdaFunction } from "./lambda-function";
import { type DeployedFunction, listFunctions, readFunction } from "./registry";

/** Lambda did not run the function: as many invocations run as are reserved for it. */
export interface Throttled {
  readonly outcome: "throttled";
  readonly reason: string;
}

/** How an attempt to invoke ended. */
export type InvokeEnd = InvocationEnd | Throttled;

/** The functions of a run folder, by name. */
export class LambdaFunctions {
  readonly #run: string;
  readonly #services: FunctionServices;
  readonly #functions = new Map<string, LambdaFunction>();
  // by name: an update replaces the function while what was invoked before may still run
  readonly #running = new Map<string, number>();
  #followed: Promise<void> = Promise.resolve();

  constructor(run: string, services: FunctionServices) {
    this.#run = run;
    this.#services = services;
  }

  /** Takes up what was added, changed or removed since. */
  follow(): Promise<void> {
    // one at a time: what was read first must not be applied last
    this.#followed = this.#followed.catch(() => undefined).then(() => this.#follow());
    return this.#followed;
  }

  async #follow(): Promise<void> {
    const deployed = new Map((await listFunctions(this.#run)).map((each) => [each.name, each]));
    for (const [name, known] of this.#functions) {
      if (same(known.deployed, deployed.get(name))) continue;
      this.#functions.delete(name);
      await known.retire();
    }
    for (const [name, each] of deployed) {
      if (!this.#functions.has(name)) this.#functions.set(name, new LambdaFunction(each, this.#services));
    }
  }

  /** The function of this name or ARN; undefined when it is not deployed. */
  find(nameOrArn: string): DeployedFunction | undefined {
    const all = [...this.#functions.values()].map(({ deployed }) => deployed);
    return all.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  }

  /** Sorted by name. */
  names(): readonly string[] {
    return [...this.#functions.keys()].sort();
  }

  /** Invocations that run now, of all functions. */
  running(): number {
    return [...this.#running.values()].reduce((total, each) => total + each, 0);
  }

  /** Invokes once, or not at all at the function's reserved concurrency. Rejects when it is not deployed, or its role is not Lambda's. */
  async invoke(name: string, event: unknown, requestId?: string): Promise<InvokeEnd> {
    const found = this.#functions.get(name);
    if (found === undefined) throw new NotDeployedError(name, this.names());
    const running = this.#running.get(name) ?? 0;
    const { reservedConcurrency } = found.deployed;
    if (reservedConcurrency !== undefined && running >= reservedConcurrency) {
      return { outcome: "throttled", reason: `${running} of ${reservedConcurrency} reserved invocations run` };
    }
    this.#running.set(name, running + 1);
    try {
      return await found.invoke(event, requestId);
    } catch (cause) {
      // deleted since this was last followed, and its role with it
      const isGone = (await readFunction(this.#run, name)) === undefined;
      throw isGone
        ? new NotDeployedError(
            name,
            this.names().filter((each) => each !== name),
          )
        : cause;
    } finally {
      this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    }
  }

  /** Kills one process of a function, as a worker that is lost; false when it has none. */
  async lose(name: string, at: number): Promise<boolean> {
    return (await this.#functions.get(name)?.lose(at)) ?? false;
  }

  /** Kills the functions' processes and waits until they are gone. */
  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
  }
}

/** The function that was to be invoked is not there. */
export class NotDeployedError extends Error {
  override readonly name = "NotDeployedError";

  constructor(name: string, deployed: readonly string[]) {
    super(`No function named ${name} is deployed; deployed: ${deployed.join(", ") || "none"}`);
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
