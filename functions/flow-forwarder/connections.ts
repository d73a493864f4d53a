import type { AddressBook } from "./address-book";
import type { ConversationTable } from "./conversation-table";
import { serverSide } from "./direction";
import { TupleIndex } from "./tuple-index";

/** Who talked to whom, on which port of the server: all conversations that agree on these four, in one file. */
export interface Connection {
  readonly client: string;
  readonly server: string;
  /** The server's; 0 for protocols without ports. */
  readonly port: number;
  /** IANA protocol number: 6 is TCP, 17 UDP. */
  readonly protocol: number;
  /** Records of both directions, rejected ones included. */
  readonly records: number;
  readonly packets: number;
  readonly bytes: number;
  /** Unix seconds; undefined when the format has no `start` or no `end`. */
  readonly firstSeen: number | undefined;
  readonly lastSeen: number | undefined;
  /** How many of the records were REJECTed. */
  readonly rejected: number;
}

type Totals = { -readonly [K in keyof Connection]: Connection[K] };

/**
 * Decides the direction of every conversation and adds up those of one connection.
 * Sorted by client, server, port and protocol (addresses by value), so the same records in any order give the same list.
 */
export function toConnections(
  conversations: ConversationTable,
  addresses: AddressBook,
  servicePorts: ReadonlySet<number>,
): Connection[] {
  const ranks = addresses.ranks();
  const rank = (address: number): number => ranks[address] as number;
  const index = new TupleIndex();
  const totals: Totals[] = [];

  for (let at = 0; at < conversations.size; at++) {
    const low = conversations.lowAddress(at);
    const high = conversations.highAddress(at);
    const lowPort = conversations.lowPort(at);
    const highPort = conversations.highPort(at);
    const protocol = conversations.protocol(at);
    const side = serverSide({ evidence: conversations.evidence(at), lowPort, highPort }, servicePorts);
    // "low" is an accident of the order of the lines, so where nothing else decides, the addresses themselves must
    const isLowServer = side === "either" ? rank(low) < rank(high) : side === "low";
    const [client, server, port] = isLowServer ? [high, low, lowPort] : [low, high, highPort];

    // keyed by rank, so that sorting the keys sorts the connections
    const key = index.indexOf(rank(client), rank(server), port, protocol);
    const total = totals[key];
    if (total === undefined) totals.push(newConnection(conversations, at, addresses, { client, server, port }));
    else add(total, conversations, at);
  }

  return [...totals.keys()].sort((a, b) => compareTuples(index, a, b)).map((key) => totals[key] as Connection);
}

function newConnection(
  conversations: ConversationTable,
  at: number,
  addresses: AddressBook,
  ends: { client: number; server: number; port: number },
): Totals {
  return {
    client: addresses.text(ends.client),
    server: addresses.text(ends.server),
    port: ends.port,
    protocol: conversations.protocol(at),
    records: conversations.records(at),
    packets: conversations.packets(at),
    bytes: conversations.bytes(at),
    firstSeen: known(conversations.firstSeen(at)),
    lastSeen: known(conversations.lastSeen(at)),
    rejected: conversations.rejected(at),
  };
}

function add(total: Totals, conversations: ConversationTable, at: number): void {
  total.records += conversations.records(at);
  total.packets += conversations.packets(at);
  total.bytes += conversations.bytes(at);
  total.rejected += conversations.rejected(at);
  total.firstSeen = known(Math.min(total.firstSeen ?? Number.POSITIVE_INFINITY, conversations.firstSeen(at)));
  total.lastSeen = known(Math.max(total.lastSeen ?? Number.NEGATIVE_INFINITY, conversations.lastSeen(at)));
}

function known(seconds: number): number | undefined {
  return Number.isFinite(seconds) ? seconds : undefined;
}

function compareTuples(index: TupleIndex, a: number, b: number): number {
  return (
    index.part(a, 0) - index.part(b, 0) ||
    index.part(a, 1) - index.part(b, 1) ||
    index.part(a, 2) - index.part(b, 2) ||
    index.part(a, 3) - index.part(b, 3)
  );
}
