import { type Connection, toConnections } from "./connections";
import { LineRegions } from "./line-regions";
import { type MalformedLine, RecordScanner, type Tally } from "./record-scanner";

/** What one file of flow logs holds. */
export interface FlowLog {
  readonly tally: Readonly<Tally>;
  /** Sorted, each once. */
  readonly connections: readonly Connection[];
  /** The first malformed lines, without their content. */
  readonly malformedLines: readonly MalformedLine[];
}

/**
 * Decodes one plain-text file of flow logs, chunk by chunk: `push` its bytes, cut anywhere, then `finish` once.
 * Only conversations are kept, never lines. Free of AWS and of I/O: the forwarder and the command line share it.
 */
export class FlowLogDecoder {
  readonly #servicePorts: ReadonlySet<number>;
  readonly #scanner = new RecordScanner();
  readonly #lines = new LineRegions(this.#scanner);

  /** `servicePorts` are the ports known to be servers', the database's first of all. */
  constructor(servicePorts: Iterable<number>) {
    this.#servicePorts = new Set(servicePorts);
  }

  /** @throws FormatError when the file's header lacks columns that a connection needs. */
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** @throws FormatError as `push`. */
  finish(): FlowLog {
    this.#lines.end();
    const { tally, samples, conversations, addresses } = this.#scanner;
    return { tally, connections: toConnections(conversations, addresses, this.#servicePorts), malformedLines: samples };
  }
}
