const NEWLINE = 0x0a;

/**
 * The longest line that is read, in bytes without its newline. AWS's own stay below 20 KB, six percent-encoded tag
 * values of 256 characters included; what is longer is not a flow log, and must not be collected in memory.
 */
export const MAX_LINE_BYTES = 65_536;

/** Most bytes in one region. */
const MAX_REGION_BYTES = 262_144;

/** Whole lines, the last byte a newline, to be read before the next region is asked for; or one line too long to be kept. */
export type Region =
  | { readonly bytes: Buffer; readonly longLine?: never }
  | { readonly longLine: number; readonly bytes?: never };

/**
 * Cuts a stream of chunks into regions of whole lines, copying only the lines that two chunks share.
 * However the input is cut into chunks, the lines are the same; a last line without a newline gets one.
 */
export class LineRegions {
  /** The start of a line whose end has not come yet. */
  readonly #held = Buffer.allocUnsafe(MAX_LINE_BYTES + 1);
  /** Bytes of that line seen so far; more than the buffer holds when the line is too long. */
  #heldBytes = 0;

  /** Forgets the line that has not ended. */
  begin(): void {
    this.#heldBytes = 0;
  }

  /** The regions that a chunk, which may end anywhere, completes. The chunk may be used anew once all are read. */
  *push(chunk: Buffer): Generator<Region, void, undefined> {
    for (let from = 0; from < chunk.length; ) {
      const to = this.#heldBytes > 0 ? from : endOfLines(chunk, from);
      if (to > from) {
        yield { bytes: chunk.subarray(from, to) };
        from = to;
        continue;
      }
      // a line that began before this chunk, or ends after it, or is longer than a region
      const newline = chunk.indexOf(NEWLINE, from);
      this.#hold(chunk, from, newline < 0 ? chunk.length : newline);
      if (newline < 0) return;
      yield this.#release();
      from = newline + 1;
    }
  }

  /** The region of a last line that has no newline. */
  *end(): Generator<Region, void, undefined> {
    if (this.#heldBytes > 0) yield this.#release();
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    if (this.#heldBytes <= MAX_LINE_BYTES) {
      chunk.copy(this.#held, this.#heldBytes, from, Math.min(to, from + MAX_LINE_BYTES - this.#heldBytes));
    }
    this.#heldBytes += to - from;
  }

  #release(): Region {
    const length = this.#heldBytes;
    this.#heldBytes = 0;
    if (length > MAX_LINE_BYTES) return { longLine: length };
    this.#held[length] = NEWLINE;
    return { bytes: this.#held.subarray(0, length + 1) };
  }
}

/** Where the last line ends of those that fit one region; `from` when not one does. */
function endOfLines(chunk: Buffer, from: number): number {
  const last = Math.min(from + MAX_REGION_BYTES, chunk.length) - 1;
  return Math.max(from, chunk.lastIndexOf(NEWLINE, last) + 1);
}
