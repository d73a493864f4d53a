import type { MalformedLine, Summary, Tally } from "../flow-logs/tally";

/** There may be thousands of each; the first ones tell what is wrong. */
const MAX_SAMPLES = 10;
const MAX_FAILURES = 20;

const NOTHING: Tally = Object.freeze({
  lines: 0,
  headers: 0,
  blanks: 0,
  records: 0,
  accepted: 0,
  rejected: 0,
  noData: 0,
  skipData: 0,
  malformed: 0,
});

/** A file that could not be read, and why. */
export interface Failure {
  readonly file: string;
  readonly reason: string;
}

/** What is known of all files together, beside their connections. However many they are, it stays small. */
export class Findings {
  /** Files that were read. */
  files = 0;
  /** Files that were not. */
  failed = 0;
  /** The first of them. */
  readonly failures: Failure[] = [];
  /** The first malformed lines, each with its file. */
  readonly malformedLines: (MalformedLine & { readonly file: string })[] = [];
  #tally = NOTHING;

  /** The sums of all files that were read. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Adds a file that was read to its end; one that has nothing but bad lines in it is a failure. */
  add(file: string, { tally, malformedLines }: Summary): void {
    this.#tally = sum(this.#tally, tally);
    for (const line of malformedLines.slice(0, MAX_SAMPLES - this.malformedLines.length))
      this.malformedLines.push({ ...line, file });
    // one bad line among others is no matter; nothing but bad lines is another kind of file
    if (tally.malformed === 0 || tally.malformed + tally.headers + tally.blanks < tally.lines) this.files += 1;
    else
      this.fail(
        file,
        `not one of its lines (${tally.malformed}) is a flow-log record; if they have no header, name their fields with --format`,
      );
  }

  /** Notes what could not be read, or not as flow logs. */
  fail(file: string, reason: string): void {
    this.failed += 1;
    if (this.failures.length < MAX_FAILURES) this.failures.push({ file, reason });
  }
}

function sum(one: Tally, other: Tally): Tally {
  return {
    lines: one.lines + other.lines,
    headers: one.headers + other.headers,
    blanks: one.blanks + other.blanks,
    records: one.records + other.records,
    accepted: one.accepted + other.accepted,
    rejected: one.rejected + other.rejected,
    noData: one.noData + other.noData,
    skipData: one.skipData + other.skipData,
    malformed: one.malformed + other.malformed,
  };
}
