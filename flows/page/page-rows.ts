import type { Connection } from "../../flow-logs/connections";
import type { Facts } from "./facts";
import type { Row } from "./rows";

/** Rows that a browser still opens, sorts and filters at once; they are some six megabytes. */
export const MAX_ROWS = 100_000;

/** Connections that a page has rows of, and how many it leaves out. */
export interface PageRows {
  readonly connections: Iterable<Connection>;
  readonly leftOut: number;
}

/** All connections, or the heaviest where they are too many for a page; in their order. */
export function rowsFor(connections: Iterable<Connection>, facts: Facts, max: number = MAX_ROWS): PageRows {
  const leftOut = Math.max(0, facts.connections - max);
  return { connections: leftOut === 0 ? connections : heaviest(connections, facts, max), leftOut };
}

function* heaviest(
  connections: Iterable<Connection>,
  { weigh, connections: count }: Facts,
  max: number,
): Generator<Connection, void, undefined> {
  const weights = new Float64Array(count);
  let at = 0;
  for (const connection of connections) weights[at++] = weigh(connection);
  weights.sort();
  const least = weights[weights.length - max] ?? 0;
  const above = weights.length - (weights.findLastIndex((weight) => weight <= least) + 1);
  // of those that weigh the least, as many as there is room for
  let equals = max - above;
  for (const connection of connections) {
    const weight = weigh(connection);
    if (weight > least || (weight === least && equals-- > 0)) yield connection;
  }
}

/** The addresses of rows by number: each stands once in the page. */
export class AddressNumbers {
  readonly #numbers = new Map<string, number>();

  /** The row of a connection. */
  row(connection: Connection): Row {
    const { port, protocol, records, packets, bytes, firstSeen, lastSeen, rejected } = connection;
    const sides = [this.#of(connection.client), this.#of(connection.server)];
    return [...sides, port, protocol, records, packets, bytes, firstSeen ?? null, lastSeen ?? null, rejected];
  }

  /** All addresses, in the order of their numbers. */
  get addresses(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  #of(address: string): number {
    const known = this.#numbers.get(address);
    if (known !== undefined) return known;
    this.#numbers.set(address, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
