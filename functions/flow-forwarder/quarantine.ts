import { gzipSync } from "node:zlib";

/** Enough to see what is wrong with a file; the file itself is still in the bucket. */
const MAX_BYTES = 1024 * 1024;

/** Where quarantined lines are: nothing is notified of objects there. */
export const QUARANTINE_PREFIX = "quarantine/";

/** Puts an object in place of any that is there. */
export type PutObject = (key: string, body: Buffer) => Promise<void>;

/** Collects the malformed lines of one file after the other: the first megabyte of each. */
export class Quarantine {
  readonly #put: PutObject;
  #lines: Buffer[] = [];
  #bytes = 0;

  constructor(put: PutObject) {
    this.#put = put;
  }

  /** Begins a file. */
  begin(): void {
    this.#lines = [];
    this.#bytes = 0;
  }

  /** Takes a line, which may be used anew after the call. */
  add(line: Buffer): void {
    if (this.#bytes + line.length > MAX_BYTES) return;
    this.#lines.push(Buffer.from(line), NEWLINE);
    this.#bytes += line.length + NEWLINE.length;
  }

  /**
   * Puts the file's lines, if there are any, beside the others: gzipped, at a key that is made of the file's own. So the same file, read
   * again, is there once. Returns the lines.
   */
  async write(key: string): Promise<number> {
    const lines = this.#lines.length / 2;
    if (lines > 0) await this.#put(`${QUARANTINE_PREFIX}${key}.lines.gz`, gzipSync(Buffer.concat(this.#lines)));
    return lines;
  }
}

const NEWLINE = Buffer.from("\n");
