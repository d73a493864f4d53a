import type { Connection } from "../flow-logs/connections";
import { portText, protocolText } from "./protocols";
import { bytesText, numberText } from "./quantities";
import { timeText } from "./time-text";

const GAP = "  ";

interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Where there is no room for all, the highest is left out first. @default - never left out */
  readonly rank?: number;
  readonly text: (connection: Connection) => string;
}

/** A column and how wide its cells are. */
interface Cells extends Column {
  readonly width: number;
}

const COLUMNS: readonly Column[] = [
  { title: "client", text: ({ client }) => client },
  { title: "server", text: ({ server }) => server },
  { title: "port", isNumber: true, text: ({ port, protocol }) => portText(port, protocol) },
  { title: "protocol", text: ({ protocol }) => protocolText(protocol) },
  { title: "records", isNumber: true, rank: 1, text: ({ records }) => numberText(records) },
  { title: "packets", isNumber: true, rank: 5, text: ({ packets }) => numberText(packets) },
  { title: "bytes", isNumber: true, rank: 2, text: ({ bytes }) => bytesText(bytes) },
  { title: "first seen", rank: 4, text: ({ firstSeen }) => seen(firstSeen) },
  { title: "last seen", rank: 3, text: ({ lastSeen }) => seen(lastSeen) },
  { title: "rejected", isNumber: true, text: ({ rejected }) => numberText(rejected) },
];

/** How much of a table there is room for. */
export interface TableSize {
  /** Rows; @default - all */
  readonly rows?: number | undefined;
  /** Characters of a line; columns that do not fit are left out. @default - as many as it takes */
  readonly width?: number | undefined;
}

/** The connections as an aligned table, a line at a time. They are looked at twice: a column is as wide as its widest cell. */
export function* tableText(
  connections: Iterable<Connection>,
  { rows = Number.POSITIVE_INFINITY, width = Number.POSITIVE_INFINITY }: TableSize,
): Generator<string, void, undefined> {
  const { count, columns } = measured(connections, rows);
  const shown = fitting(columns, width);
  const line = (cell: (column: Cells) => string) =>
    `${shown
      .map((column) => padded(cell(column), column))
      .join(GAP)
      .trimEnd()}\n`;
  yield line(({ title }) => title);
  yield line((column) => "-".repeat(column.width));
  let left = Math.min(rows, count);
  for (const connection of connections) {
    if (left-- <= 0) break;
    yield line(({ text }) => text(connection));
  }
  if (count > rows)
    yield `... and ${numberText(count - rows)} more: --limit ${count} shows all of them; --client, --server and --port choose\n`;
  if (shown.length < columns.length) {
    const titles = columns.filter((column) => !shown.includes(column)).map(({ title }) => title);
    yield `(a wider terminal shows more: ${titles.join(", ")})\n`;
  }
}

function measured(
  connections: Iterable<Connection>,
  rows: number,
): { readonly count: number; readonly columns: Cells[] } {
  const widths = COLUMNS.map(({ title }) => title.length);
  let count = 0;
  for (const connection of connections) {
    count += 1;
    if (count > rows) continue;
    for (const [at, { text }] of COLUMNS.entries()) widths[at] = Math.max(widths[at] ?? 0, text(connection).length);
  }
  return { count, columns: COLUMNS.map((column, at) => ({ ...column, width: widths[at] ?? 0 })) };
}

function fitting(columns: readonly Cells[], limit: number): readonly Cells[] {
  const length = columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
  const highest = Math.max(...columns.map(({ rank = 0 }) => rank));
  if (length <= limit || highest === 0) return columns;
  return fitting(
    columns.filter(({ rank = 0 }) => rank < highest),
    limit,
  );
}

function padded(text: string, { isNumber = false, width }: Cells): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}

function seen(seconds: number | undefined): string {
  return seconds === undefined ? "-" : timeText(seconds);
}
