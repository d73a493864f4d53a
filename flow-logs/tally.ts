/**
 * What became of the lines: lines = headers + blanks + noData + skipData + malformed + records, and records = accepted + rejected.
 * A row of a Parquet file counts as a line.
 */
export interface Tally {
  readonly lines: number;
  /** Lines that name columns; a file of several gzip members may have several. */
  readonly headers: number;
  /** Lines of nothing but spaces and tabs. */
  readonly blanks: number;
  /** Lines with addresses. */
  readonly records: number;
  /** Records that are not REJECT: a format without `action` has only these. */
  readonly accepted: number;
  readonly rejected: number;
  /** NODATA lines, and lines without addresses in a format that has no `log-status`. */
  readonly noData: number;
  /** SKIPDATA lines; each stands for any number of flows that AWS did not record. */
  readonly skipData: number;
  readonly malformed: number;
}

/** A line that could not be read, without its content. */
export interface MalformedLine {
  /** Counted from 1. */
  readonly line: number;
  /** Bytes, without the newline. */
  readonly length: number;
  readonly reason: string;
}

/** What is known of a file when it has been read, beside its connections. */
export interface Summary {
  readonly tally: Tally;
  /** The first malformed lines, without their content. */
  readonly malformedLines: readonly MalformedLine[];
  /** SKIPDATA lines by the interface that they name; the first interfaces only, and `-` for all others. */
  readonly skipDataByInterface: ReadonlyMap<string, number>;
}
