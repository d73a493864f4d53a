/** Runs states one after another: those of an execution, or of a batch of a map. */
import { setTimeout as sleep } from "node:timers/promises";
import { chosen } from "./choices";
import { Retries } from "./retries";
import { type Failure, failureOf, StatesError } from "./states-error";
import type { MapState, State, States, TaskState } from "./states-language";
import { TASK_RESOURCES } from "./states-language";
import { type Context, fill, type Sources, valueAt } from "./templates";

/** What states take from outside. */
export interface StatesServices {
  /** Invokes a function and returns what it answers. @throws StatesError with Lambda's name for what went wrong */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  /** The executions of the state machine that run, as ListExecutions tells of them. @throws StatesError when the role may not ask */
  listRunning(most: number): Promise<unknown>;
  /** Ends early when the signal is aborted. */
  pause(seconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** The run of a map: the same one when the state is redriven. */
  mapRun(state: MapState, sources: Sources): { run(signal: AbortSignal): Promise<unknown> };
}

/** How a run of states ended. */
export type StatesEnd =
  | { readonly status: "SUCCEEDED"; readonly output: unknown }
  | ({ readonly status: "FAILED" } & Failure)
  | { readonly status: "ABORTED" };

/** Where a run of states is: when it failed or was aborted, it can be run again from there, which is a redrive. */
export class StatesRun {
  readonly #states: States["States"];
  readonly #services: StatesServices;
  readonly #context: Context;
  #at: string;
  #input: unknown;
  #mapRun: ReturnType<StatesServices["mapRun"]> | undefined;

  /** @param stateMachineArn with the map's label when the states are a map's */
  constructor({ StartAt, States: states }: States, stateMachineArn: string, input: unknown, services: StatesServices) {
    this.#states = states;
    this.#services = services;
    this.#at = StartAt;
    this.#input = input;
    this.#context = { Execution: { Input: input }, StateMachine: { Id: stateMachineArn } };
  }

  /** Never rejects. */
  async run(signal: AbortSignal): Promise<StatesEnd> {
    try {
      for (;;) {
        const state = this.#states[this.#at] as State;
        const { output, next } = await this.#step(state, signal);
        if (next === undefined) return { status: "SUCCEEDED", output };
        this.#at = next;
        this.#input = output;
        this.#mapRun = undefined;
      }
    } catch (thrown) {
      return signal.aborted ? { status: "ABORTED" } : { status: "FAILED", ...failureOf(thrown) };
    }
  }

  async #step(state: State, signal: AbortSignal): Promise<{ output: unknown; next: string | undefined }> {
    switch (state.Type) {
      case "Choice":
        return { output: this.#input, next: chosen(state, this.#sources) };
      case "Fail":
        throw new StatesError(state.Error ?? "", state.Cause ?? "");
      case "Task":
        return { output: await this.#task(state, signal), next: state.Next };
      case "Map":
        this.#mapRun ??= this.#services.mapRun(state, this.#sources);
        return { output: await this.#mapRun.run(signal), next: state.Next };
    }
  }

  get #sources(): Sources {
    return { input: this.#input, context: this.#context };
  }

  async #task(state: TaskState, signal: AbortSignal): Promise<unknown> {
    const retries = new Retries(state.Retry, () => this.#services.random());
    for (;;) {
      try {
        const output = await this.#call(state, signal);
        return state.OutputPath === undefined ? output : valueAt(state.OutputPath, { ...this.#sources, input: output });
      } catch (thrown) {
        signal.throwIfAborted();
        const delay = retries.delaySeconds(failureOf(thrown).error);
        if (delay === undefined) throw thrown;
        await this.#services.pause(delay, signal);
        signal.throwIfAborted();
      }
    }
  }

  async #call(state: TaskState, signal: AbortSignal): Promise<unknown> {
    if (state.Resource === TASK_RESOURCES.listExecutions) {
      return this.#services.listRunning(state.Parameters.MaxResults);
    }
    const { FunctionName, Payload } = state.Parameters;
    const answer = await this.#invoke(FunctionName, fill(Payload, this.#sources), state.TimeoutSeconds, signal);
    // source: Step Functions developer guide, "Invoke an AWS Lambda function": what the task's output is made of
    return { ExecutedVersion: "$LATEST", Payload: answer, StatusCode: 200 };
  }

  /** Nobody waits for the function any more once the time is over, or the run is aborted; it runs to its end all the same. */
  async #invoke(functionArn: string, payload: unknown, timeoutSeconds: number, signal: AbortSignal): Promise<unknown> {
    const waiting = new AbortController();
    const stop = AbortSignal.any([signal, waiting.signal]);
    // in real time: so is the function's
    const late = sleep(Math.min(timeoutSeconds * 1_000, LONGEST_TIMER_MS), undefined, { signal: stop }).then(() => {
      throw new StatesError("States.Timeout", `no answer within ${timeoutSeconds} s`);
    });
    late.catch(() => undefined);
    const invoked = this.#services.invoke(functionArn, payload);
    invoked.catch(() => undefined);
    try {
      return await Promise.race([invoked, late]);
    } finally {
      waiting.abort();
    }
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
