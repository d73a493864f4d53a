/** One execution of a state machine, from its start to its end, redrives included. */

import type { DeployedStateMachine } from "./machines";
import { MapRun, type MapServices } from "./map-run";
import type { Definition } from "./states-language";
import { StatesRun } from "./states-run";

/** How an execution stands. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  readonly startDate: Date;
  /** JSON text, as it was given. */
  readonly input: string;
  readonly redriveCount: number;
  readonly stopDate?: Date;
  /** JSON text. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What an execution is started with. */
export interface ExecutionStart {
  readonly machine: Pick<DeployedStateMachine, "name" | "arn">;
  readonly definition: Definition;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly services: Omit<MapServices, "mapRun">;
}

/** Runs as soon as it is made. */
export class Execution {
  readonly #run: StatesRun;
  readonly #now: () => Date;
  #stopping = new AbortController();
  #description: ExecutionDescription;
  #ended: Promise<void>;

  constructor({ machine, definition, name, input, services }: ExecutionStart) {
    const whole: MapServices = {
      ...services,
      mapRun: (state, sources) => new MapRun(state, sources, machine.arn, whole),
    };
    this.#now = () => services.now();
    this.#run = new StatesRun(definition, machine.arn, JSON.parse(input), whole);
    this.#description = {
      executionArn: `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`,
      stateMachineArn: machine.arn,
      name,
      status: "RUNNING",
      startDate: services.now(),
      input,
      redriveCount: 0,
    };
    this.#ended = this.#go();
  }

  describe(): ExecutionDescription {
    return this.#description;
  }

  /** Resolves when it does not run any more. */
  async ended(): Promise<ExecutionDescription> {
    await this.#ended;
    return this.#description;
  }

  /** Ends it where it is; functions that run are left to their end. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Goes on where it failed or was aborted. */
  redrive(): void {
    const { stopDate: _, output: _output, error: _error, cause: _cause, ...description } = this.#description;
    this.#description = { ...description, status: "RUNNING", redriveCount: description.redriveCount + 1 };
    this.#stopping = new AbortController();
    this.#ended = this.#go();
  }

  async #go(): Promise<void> {
    const { status, ...end } = await this.#run.run(this.#stopping.signal);
    const { output, ...failure } = end as { output?: unknown; error?: string; cause?: string };
    const said = status === "SUCCEEDED" ? { output: JSON.stringify(output) } : failure;
    this.#description = { ...this.#description, status, stopDate: this.#now(), ...said };
  }
}
