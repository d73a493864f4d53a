import type { ChildProcess } from "node:child_process";
import type { ToChild } from "./operation-messages";
import { endGroup } from "./process-group";

/** Sends a message to a process of operations; to none when it is just leaving, which is no error. */
export function tellProcess(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => undefined);
}

interface Kept {
  readonly child: ChildProcess;
  readonly forget: () => void;
}

/**
 * Keeps the process of an operation that went well for the next one, which then finds the libraries loaded and the compiler warm: half
 * the time of a small operation. The program's own file is loaded anew each time; what it imports stays, and must make no resource by itself. At most one is kept, and it ends with this process, whose
 * end it never holds up; `close` ends it at once, with all that it started.
 */
export class KeptProcess {
  private kept: Kept | undefined;

  /** Hands out the process that was kept, once; undefined when there is none. */
  take(): ChildProcess | undefined {
    if (this.kept === undefined) return undefined;
    const { child, forget } = this.kept;
    forget();
    child.ref();
    child.channel?.ref();
    return child;
  }

  /** Keeps a process that has nothing to do; another one that was kept is ended. */
  async keep(child: ChildProcess): Promise<void> {
    await this.close();
    if (!child.connected) {
      await endGroup(child, () => undefined);
      return;
    }
    const forget = () => {
      child.off("exit", forget);
      this.kept = undefined;
    };
    child.once("exit", forget);
    child.unref();
    child.channel?.unref();
    this.kept = { child, forget };
  }

  async close(): Promise<void> {
    const { kept } = this;
    if (kept === undefined) return;
    kept.forget();
    await endGroup(kept.child, () => tellProcess(kept.child, { stop: true }));
  }
}
