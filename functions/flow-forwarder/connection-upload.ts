import type { Connection } from "../../flow-logs/connections";
import type { Deadline } from "../shared/deadline";
import { csvLine, MAX_LINES_PER_BATCH } from "./csv-lines";
import type { UploadFlows } from "./pce-client";
import type { SentConnections } from "./sent-connections";
import type { UploadResult } from "./upload-answer";

/** What an upload goes by. */
export interface UploadOptions {
  readonly uploadFlows: UploadFlows;
  readonly sent: SentConnections;
  /** Whether connections of which every record was rejected are sent, too. */
  readonly sendRejected: boolean;
  readonly deadline: Deadline;
  /** Told of each answer of success. */
  readonly onAnswer: (result: UploadResult) => void;
  /** Connections to leave out at the beginning: an earlier invocation has sent them. */
  readonly after: number;
}

/**
 * Sends the connections of one file, a thousand a request, in the order in which they come: the same bytes are the same requests, but for
 * what the PCE took lately, which is left out.
 */
export class ConnectionUpload {
  readonly #options: UploadOptions;
  #lines: string[] = [];
  #seen = 0;
  #recent = 0;
  #progress: number;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#progress = options.after;
  }

  /** Connections, from the first on, that need not be sent again. */
  get progress(): number {
    return this.#progress;
  }

  /** Connections left out, because the PCE took them lately. */
  get recent(): number {
    return this.#recent;
  }

  /** Takes connections, and sends every full request. @throws what `UploadFlows` does; then `progress` says how far it came. */
  async add(connections: Iterable<Connection>): Promise<void> {
    const { sendRejected, sent, after } = this.#options;
    for (const connection of connections) {
      if (!sendRejected && connection.records === connection.rejected) continue;
      this.#seen += 1;
      if (this.#seen <= after) continue;
      const line = csvLine(connection);
      if (sent.isRecent(line)) {
        this.#recent += 1;
        continue;
      }
      this.#lines.push(line);
      if (this.#lines.length === MAX_LINES_PER_BATCH) await this.#send();
    }
  }

  /** Sends what is left. */
  async end(): Promise<void> {
    if (this.#lines.length > 0) await this.#send();
    this.#progress = this.#seen;
  }

  async #send(): Promise<void> {
    const { uploadFlows, sent, deadline, onAnswer } = this.#options;
    const lines = this.#lines;
    onAnswer(await uploadFlows(lines, deadline));
    sent.remember(lines);
    this.#lines = [];
    this.#progress = this.#seen;
  }
}
