import type { FlowFile } from "../flow-logs/flow-file";

/** A file that is open; closing it gives back what it holds of this computer or the network. */
export type OpenFile = FlowFile & { close(): void };

/** One file of flow logs that was asked for, wherever it is. */
export interface Source {
  /** As people know it; anybody may have chosen it. */
  readonly name: string;
  /** Undefined when nobody can say before it is read. */
  readonly lengthBytes?: number | undefined;
  /** Rejects when it can't be read, with the reason. */
  open(): Promise<OpenFile>;
}

/** What was asked for and is not there: a source that can't be opened, so that it is told of where the others' failures are. */
export function missing(name: string, reason: string, cause?: unknown): Source {
  return {
    name,
    open: () => Promise.reject(new Error(reason, { cause })),
  };
}
