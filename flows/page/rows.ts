import { portText, protocolText } from "../protocols";
import { bytesText, numberText } from "../quantities";
import { timeText } from "../time-text";

// What the page's table shows: made by the command, and used in the browser, where it knows nothing of the document.

/** A connection: the numbers of its addresses, then port, protocol, records, packets, bytes, first and last seen, rejected. */
export type Row = readonly (number | null)[];

/** What the page carries of its connections. */
export interface PageData {
  readonly rows: readonly Row[];
  /** By their numbers. */
  readonly addresses: readonly string[];
}

/** A column of the table. */
export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
  /** What a row has in it. */
  readonly text: (row: Row, data: PageData) => string;
}

/** Which rows to show, and in which order. */
export interface Choice {
  /** Words, each in an address, or as a port or a protocol. */
  readonly text: string;
  readonly isRejectedOnly: boolean;
  /** What to sort by. Rows that agree stay in the order they came in. */
  readonly column: number;
  readonly isDescending: boolean;
}

const CLIENT = 0;
const SERVER = 1;
const PORT = 2;
const PROTOCOL = 3;
const REJECTED = 9;

/** The columns in the order of a row's numbers. */
export const COLUMNS: readonly Column[] = [
  { title: "client", isNumber: false, text: (row, data) => data.addresses[value(row, CLIENT)] ?? "" },
  { title: "server", isNumber: false, text: (row, data) => data.addresses[value(row, SERVER)] ?? "" },
  { title: "port", isNumber: true, text: (row) => portText(value(row, PORT), value(row, PROTOCOL)) },
  { title: "protocol", isNumber: false, text: (row) => protocolText(value(row, PROTOCOL)) },
  { title: "records", isNumber: true, text: (row) => numberText(value(row, 4)) },
  { title: "packets", isNumber: true, text: (row) => numberText(value(row, 5)) },
  { title: "bytes", isNumber: true, text: (row) => bytesText(value(row, 6)) },
  { title: "first seen", isNumber: false, text: (row) => seen(row[7]) },
  { title: "last seen", isNumber: false, text: (row) => seen(row[8]) },
  { title: "rejected", isNumber: true, text: (row) => numberText(value(row, REJECTED)) },
];

/** Whether a row has rejected records. */
export function isRejected(row: Row): boolean {
  return value(row, REJECTED) > 0;
}

/** Characters of the widest cell of each column: the columns keep their widths while rows come into sight and go. */
export function columnWidths(data: PageData, rows: readonly Row[]): readonly number[] {
  const largest = COLUMNS.map(() => 0);
  for (const row of rows) {
    for (const [at, number] of row.entries()) {
      const size = at === CLIENT || at === SERVER ? (data.addresses[number ?? 0]?.length ?? 0) : (number ?? 0);
      if (size > (largest[at] ?? 0)) largest[at] = size;
    }
  }
  return COLUMNS.map(({ text }, at) =>
    at === CLIENT || at === SERVER ? (largest[at] ?? 0) : text(largest, data).length,
  );
}

/** For each address its place among all of them in the order of their values, IPv4 first. */
export function addressOrder(addresses: readonly string[]): readonly number[] {
  const order = Array<number>(addresses.length).fill(0);
  const keyed = addresses.map((address, at) => ({ key: keyOf(address), at })).sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const [place, { at }] of keyed.entries()) order[at] = place;
  return order;
}

/** The rows that are chosen. `order` is the addresses'. */
export function chosenRows(data: PageData, order: readonly number[], choice: Choice): readonly Row[] {
  const { text, isRejectedOnly, column, isDescending } = choice;
  const matches = matcher(data, text);
  const isAddress = column === CLIENT || column === SERVER;
  const rank = (row: Row): number => (isAddress ? (order[value(row, column)] ?? 0) : (row[column] ?? -1));
  const sign = isDescending ? -1 : 1;
  return data.rows
    .filter((row) => (!isRejectedOnly || isRejected(row)) && matches(row))
    .sort((one, other) => sign * (rank(one) - rank(other)));
}

function matcher(data: PageData, text: string): (row: Row) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const tests = words.map((word) => {
    // once for each address, not for each row
    const isIn = data.addresses.map((address) => address.includes(word));
    return (row: Row) =>
      isIn[value(row, CLIENT)] === true ||
      isIn[value(row, SERVER)] === true ||
      `${value(row, PORT)}` === word ||
      protocolText(value(row, PROTOCOL)) === word;
  });
  return (row) => tests.every((test) => test(row));
}

/** A text whose order is that of addresses' values. */
function keyOf(address: string): string {
  if (!address.includes(":")) return `4${hexOfIpv4(address)}`;
  const [before = [], after] = address.split("::").map(groupsOf);
  const zeros = after === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0000");
  return `6${[...before, ...zeros, ...(after ?? [])].join("")}`;
}

function groupsOf(part: string): string[] {
  if (part === "") return [];
  return part
    .split(":")
    .flatMap((group) => (group.includes(".") ? (hexOfIpv4(group).match(/.{4}/g) ?? []) : group.padStart(4, "0")));
}

function hexOfIpv4(address: string): string {
  return address
    .split(".")
    .map((octet) => Number(octet).toString(16).padStart(2, "0"))
    .join("");
}

function value(row: Row, column: number): number {
  return row[column] ?? 0;
}

function seen(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? "-" : timeText(seconds);
}
