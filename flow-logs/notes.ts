import type { MalformedLine } from "./tally";

/** A malformed file can have millions of bad lines; these tell what is wrong with them. */
const MAX_SAMPLES = 5;

/** More interfaces than any file of AWS's has lost records of. */
const MAX_INTERFACES = 1_000;

/** What a file holds beside records, as whoever reads it comes upon it. */
export class Notes {
  /** Lines that the kernel has not counted: those too long for it, and the rows of Parquet. */
  otherLines = 0;
  headers = 0;
  /** Rows of Parquet without addresses; the kernel counts the lines. */
  noDataRows = 0;
  skipDataRows = 0;
  malformed = 0;
  readonly samples: MalformedLine[] = [];
  readonly skipDataByInterface = new Map<string, number>();

  /** A line that cannot be read; `line` counts from 1. */
  noteMalformed(line: number, length: number, reason: string): void {
    this.malformed += 1;
    if (this.samples.length < MAX_SAMPLES) this.samples.push({ line, length, reason });
  }

  /** A line that says that records of an interface were lost. */
  noteSkipData(interfaceId: string): void {
    const counts = this.skipDataByInterface;
    const key = counts.has(interfaceId) || counts.size < MAX_INTERFACES ? interfaceId : "-";
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}
