/** The file is of a kind that is not read here, or it is damaged. Reading it again gives the same. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
}

/** How much a file may turn out to be. What is more is no flow log: AWS's largest files inflate to about 1 GB, by 6 to 13 times. */
export interface InflationLimits {
  /** Bytes of text, or of Parquet's pages. */
  readonly maxBytes: number;
  /** Times the bytes that they were inflated from. Counts from 16 MB of text on: a small file may be one line many times. */
  readonly maxRatio: number;
}

/** 8 GiB, and 200 times. */
export const DEFAULT_LIMITS: InflationLimits = Object.freeze({ maxBytes: 8 * 2 ** 30, maxRatio: 200 });

const RATIO_FROM_BYTES = 16 * 2 ** 20;

/** @throws UnreadableFileError when so many bytes are more than the limits allow of what they were inflated from. */
export function requireWithin({ maxBytes, maxRatio }: InflationLimits, bytes: number, deflatedBytes: number): void {
  if (bytes > maxBytes) {
    throw new UnreadableFileError(
      `the file inflates to more than ${maxBytes} bytes; if it is a flow log, raise the limit on inflated size`,
    );
  }
  if (bytes > RATIO_FROM_BYTES && bytes > maxRatio * deflatedBytes) {
    throw new UnreadableFileError(
      `the file inflates to more than ${maxRatio} times its size (${bytes} bytes from ${deflatedBytes}); ` +
        "if it is a flow log, raise the limit on the ratio",
    );
  }
}
