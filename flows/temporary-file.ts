import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** There is no room, or no right, to put something aside on this computer. No fault of what is read: nothing can go on. */
export class TemporaryFileError extends Error {
  override readonly name = "TemporaryFileError";
}

/** A file without a name: only this process can read it, and it is gone with the process, however that ends. */
export class TemporaryFile {
  readonly #handle: number;
  #lengthBytes = 0;

  /** @throws TemporaryFileError */
  constructor() {
    const path = join(tmpdir(), `flows-${randomUUID()}`);
    this.#handle = guarded(() => {
      const handle = openSync(path, "wx+", 0o600);
      unlinkSync(path);
      return handle;
    });
  }

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** @throws TemporaryFileError */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      at += guarded(() => writeSync(this.#handle, bytes, at, bytes.length - at, this.#lengthBytes + at));
    }
    this.#lengthBytes += bytes.length;
  }

  /** The bytes from `start` up to, not including, `end`; fewer where the file ends. */
  read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(end, this.#lengthBytes) - start));
    for (let at = 0; at < bytes.length; ) {
      at += guarded(() => readSync(this.#handle, bytes, at, bytes.length - at, start + at));
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#handle);
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const advice = "set TMPDIR to a folder with room, or read less at a time (--since, --until, fewer files)";
    throw new TemporaryFileError(`the temporary folder ${tmpdir()} can't be used (${why}): ${advice}`, { cause });
  }
}
