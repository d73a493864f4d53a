import { Transform, type TransformCallback } from "node:stream";

/** The bytes of an object stopped before its length, or stopped coming. Reading it again may succeed. */
export class IncompleteObjectError extends Error {
  override readonly name = "IncompleteObjectError";
}

/** What to hold the bytes of an object against. */
export interface BodyExpectations {
  /** What S3 said the object has; undefined when it did not say, and then the length is not compared. */
  readonly lengthBytes: number | undefined;
  /** Longest pause between two chunks. */
  readonly idleMs: number;
}

/**
 * Passes an object's bytes on and fails when they end early or stall.
 * Both happen in silence otherwise: the AWS SDK's timeouts end with the headers, and a body whose connection drops may
 * neither end nor fail (aws-sdk-js-v3 issue 8098).
 */
export class ObjectBody extends Transform {
  readonly #expected: BodyExpectations;
  readonly #idleTimer: NodeJS.Timeout;
  #lengthBytes = 0;

  constructor(expected: BodyExpectations) {
    super();
    this.#expected = expected;
    this.#idleTimer = setTimeout(() => this.#stalled(), expected.idleMs);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#lengthBytes += chunk.length;
    this.#idleTimer.refresh();
    done(undefined, chunk);
  }

  override _flush(done: TransformCallback): void {
    clearTimeout(this.#idleTimer);
    const { lengthBytes } = this.#expected;
    if (lengthBytes === undefined || lengthBytes === this.#lengthBytes) done();
    else done(new IncompleteObjectError(`the object ended after ${this.#lengthBytes} of ${lengthBytes} bytes`));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idleTimer);
    done(error);
  }

  #stalled(): void {
    // a reader that is busy elsewhere (a batch on its way to a slow PCE) is no fault of the object's
    if (this.writableNeedDrain || this.readableLength > 0) {
      this.#idleTimer.refresh();
      return;
    }
    const { idleMs } = this.#expected;
    this.destroy(
      new IncompleteObjectError(`no byte of the object came for ${idleMs} ms, after ${this.#lengthBytes} bytes`),
    );
  }
}
