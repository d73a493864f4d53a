// A stretch of one column, with rows that are null in it.

/** Whole numbers. */
export interface NumberColumn {
  /** A number for each row, NULL_NUMBER where there is none. */
  readonly numbers: Float64Array;
}

/** Texts, as a dictionary and a place in it for each row. */
export interface TextColumn {
  readonly dictionary: Dictionary;
  /** A place in the dictionary for each row, NULL_TEXT where there is none. */
  readonly places: Int32Array;
}

/** The bytes of some texts; they become strings where somebody needs one. */
export type Dictionary = ArrayLike<Uint8Array>;

/** One text of a dictionary. */
export function textOf(dictionary: Dictionary, place: number): string {
  const bytes = dictionary[place];
  return bytes === undefined ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export const NULL_NUMBER = -1;
export const NULL_TEXT = -1;

/** The columns that a connection is made of, by the names that flow logs give them in text. */
export const NUMBER_COLUMNS = ["srcport", "dstport", "protocol", "tcp-flags", "start"] as const;
export const TEXT_COLUMNS = [
  ...["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "action", "log-status"],
  ...["interface-id", "tgw-attachment-id"],
] as const satisfies readonly string[];

/** The columns that say how much was sent, and until when: nearly half of a file's bytes. */
export const VOLUME_COLUMNS = ["packets", "bytes", "end"] as const;

/** So many rows of a file, by the names of the columns above. A column that the file does not have is absent. */
export interface ParquetRows {
  readonly count: number;
  readonly numbers: ReadonlyMap<string, NumberColumn>;
  readonly texts: ReadonlyMap<string, TextColumn>;
}
