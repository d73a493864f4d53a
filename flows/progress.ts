import { bytesText, numberText } from "./quantities";
import type { Extent } from "./sources";

/** Short work says nothing. */
const SILENT_MS = 1_000;
const EVERY_MS = 200;

/** What a progress line takes from outside. */
export interface ProgressParts {
  readonly write: (text: string) => void;
  readonly now: () => number;
  readonly extent?: Extent | undefined;
}

/** One line on a terminal that says how far the reading has come, written over itself. */
export class Progress {
  readonly #parts: ProgressParts;
  readonly #startMs: number;
  #nextMs: number;
  #isShown = false;
  #bytes = 0;
  #files = 0;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
    this.#startMs = parts.now();
    this.#nextMs = this.#startMs + SILENT_MS;
  }

  /** So many bytes have been read. */
  addBytes(count: number): void {
    this.#bytes += count;
    this.#show();
  }

  /** Another file has been read. */
  addFile(): void {
    this.#files += 1;
    this.#show();
  }

  /** Takes the line off the terminal. */
  erase(): void {
    if (this.#isShown) this.#parts.write("\r\x1b[K");
    this.#isShown = false;
  }

  // no timer: while there is nothing to read there is nothing new to say
  #show(): void {
    const now = this.#parts.now();
    if (now < this.#nextMs) return;
    this.#nextMs = now + EVERY_MS;
    this.#isShown = true;
    this.#parts.write(`\r\x1b[K${this.#text((now - this.#startMs) / 1000)}`);
  }

  #text(seconds: number): string {
    const { extent } = this.#parts;
    const speed = this.#bytes / seconds;
    const files = extent ? `${numberText(this.#files)} of ${numberText(extent.files)}` : numberText(this.#files);
    const parts = [`${files} files`, bytesText(this.#bytes), `${bytesText(speed)}/s`];
    if (extent && speed > 0) parts.push(`${Math.ceil(Math.max(0, extent.bytes - this.#bytes) / speed)} s left`);
    return parts.join(", ");
  }
}
