const NEWLINE = 0x0a;

/**
 * The longest line that is read, in bytes without its newline. AWS's own stay below 20 KB, six percent-encoded tag
 * values of 256 characters included; what is longer is not a flow log, and must not be collected in memory.
 */
export const MAX_LINE_BYTES = 65_536;

/** What receives the lines. */
export interface LineReader {
  /** Whole lines: every byte of `bytes` from `from` up to `to`, the last of which is a newline. Valid during the call only. */
  scan(bytes: Buffer, from: number, to: number): void;
  /** One line longer than MAX_LINE_BYTES, whose bytes were not kept. */
  skipLongLine(length: number): void;
}

/**
 * Cuts a stream of chunks into regions of whole lines, copying only the lines that two chunks share.
 * However the input is cut into chunks, the reader sees the same lines; a last line without a newline gets one.
 */
export class LineRegions {
  readonly #reader: LineReader;
  /** The start of a line whose end has not come yet. */
  readonly #held = Buffer.allocUnsafe(MAX_LINE_BYTES + 1);
  /** Bytes of that line seen so far; more than the buffer holds when the line is too long. */
  #heldBytes = 0;

  constructor(reader: LineReader) {
    this.#reader = reader;
  }

  /** Takes the next chunk, which may end anywhere. It may be reused after the call. */
  push(chunk: Buffer): void {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      this.#hold(chunk, 0, chunk.length);
      return;
    }
    let from = 0;
    if (this.#heldBytes > 0) {
      from = chunk.indexOf(NEWLINE) + 1;
      this.#hold(chunk, 0, from - 1);
      this.#release();
    }
    if (from <= last) this.#reader.scan(chunk, from, last + 1);
    this.#hold(chunk, last + 1, chunk.length);
  }

  /** Takes the end of the input. */
  end(): void {
    if (this.#heldBytes > 0) this.#release();
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    if (this.#heldBytes <= MAX_LINE_BYTES) {
      chunk.copy(this.#held, this.#heldBytes, from, Math.min(to, from + MAX_LINE_BYTES - this.#heldBytes));
    }
    this.#heldBytes += to - from;
  }

  #release(): void {
    const length = this.#heldBytes;
    this.#heldBytes = 0;
    if (length > MAX_LINE_BYTES) {
      this.#reader.skipLongLine(length);
      return;
    }
    this.#held[length] = NEWLINE;
    this.#reader.scan(this.#held, 0, length + 1);
  }
}
