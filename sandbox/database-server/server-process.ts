import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerFolder } from "./server-folder";

const START_MS = 30_000;

/** What is told of a server's process by its kind. */
export interface ServerKind {
  /** As people write it, in errors. */
  readonly title: string;
  /** What it writes to its standard error once it can be reached. */
  readonly readyText: string;
  /** What ends it at once: nothing is kept. */
  readonly endSignal: NodeJS.Signals;
}

/** The process of a database server, with the folder that goes when it does. A run that is killed leaves no server behind. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #folder: ServerFolder;
  readonly #kind: ServerKind;
  readonly #kill = () => this.#child.kill(this.#kind.endSignal);
  #log = "";
  #stopped: Promise<void> | undefined;

  constructor(child: ChildProcess, folder: ServerFolder, kind: ServerKind) {
    this.#child = child;
    this.#folder = folder;
    this.#kind = kind;
    child.on("error", (error) => {
      this.#log += error.message;
    });
    child.stderr?.on("data", (text: Buffer) => {
      this.#log += text.toString();
    });
    process.once("exit", this.#kill);
  }

  /** All that it wrote to its standard error so far. */
  get log(): string {
    return this.#log;
  }

  /** Resolves once it can be reached; it is stopped, and the log in the error, when it does not come to that. */
  async ready(): Promise<void> {
    const { title, readyText } = this.#kind;
    const deadline = Date.now() + START_MS;
    while (!this.#log.includes(readyText)) {
      if (this.#isGone() || Date.now() > deadline) {
        await this.stop();
        throw new Error(`${title} did not start: ${this.#log}`);
      }
      await sleep(20);
    }
  }

  /** Ends it and removes its folder; safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  #isGone(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  async #end(): Promise<void> {
    process.off("exit", this.#kill);
    if (!this.#isGone()) {
      const gone = once(this.#child, "exit");
      this.#kill();
      await gone;
    }
    this.#folder.remove();
  }
}
