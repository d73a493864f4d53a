/** A table for people: the first row names the columns. */
export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** What a benchmark measured: for people, and for programs. Times are never judged, only shown beside their anchors. */
export interface Figures {
  readonly tables: readonly Table[];
  /** Numbers by name; JSON. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Something that `npm run bench` measures, with everything that it is compared with, in one run. */
export interface Benchmark {
  /** As `--only` takes it. */
  readonly name: string;
  readonly run: (options: BenchmarkOptions) => Promise<Figures>;
}

/** What whoever runs a benchmark may choose. */
export interface BenchmarkOptions {
  /** A flow log to measure with in place of those that the benchmark makes. */
  readonly file?: string;
}

/** The table as lines: columns aligned, numbers to the right. */
export function drawn({ title, rows }: Table): string {
  const widths = rows.reduce<number[]>(
    (before, row) => row.map((cell, column) => Math.max(before[column] ?? 0, cell.length)),
    [],
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  const [head = "", ...body] = lines;
  return [title, "", head, "-".repeat(head.length), ...body].join("\n");
}

/** The middle of the values, of an even number the lower one; undefined of none. */
export function medianOf(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
