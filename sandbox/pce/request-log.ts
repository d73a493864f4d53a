/** One request in the log. There is no place in it for a header or a body, so no credential can end up there. */
export interface RequestLogEntry {
  /** When the request came in, ISO 8601. */
  readonly time: string;
  readonly method: string;
  readonly path: string;
  /** Absent when the connection was reset before an answer. */
  readonly status?: number;
  /** Lines of the body. */
  readonly lines: number;
  readonly ms: number;
  /** The fault that was injected into this request. */
  readonly fault?: string;
}

/** Takes one JSON line per request, newline included; `process.stdout.write` or a file stream's `write` will do. */
export type LogWriter = (line: string) => void;

/** Writes the entry as one line of JSON. */
export function logRequest(write: LogWriter, entry: RequestLogEntry): void {
  write(`${JSON.stringify(entry)}\n`);
}
