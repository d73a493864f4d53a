import type { Connection } from "../../flow-logs/connections";

/** What all connections to one server add up to. */
export interface ServerFacts {
  readonly server: string;
  clients: number;
  records: number;
  bytes: number;
}

/** What sorted connections add up to. */
export interface Facts {
  connections: number;
  clients: number;
  records: number;
  rejected: number;
  bytes: number;
  firstSeen: number | undefined;
  lastSeen: number | undefined;
  readonly servers: ReadonlyMap<string, ServerFacts>;
  /** The bytes of each connection, or its records where no format has bytes: what makes one more of a connection than another. */
  readonly weigh: (connection: Pick<Connection, "bytes" | "records">) => number;
}

/** Adds up connections that are sorted by client and server. */
export function factsOf(connections: Iterable<Connection>): Facts {
  const servers = new Map<string, ServerFacts>();
  const sum = { connections: 0, clients: 0, records: 0, rejected: 0, bytes: 0 };
  let firstSeen: number | undefined;
  let lastSeen: number | undefined;
  let client: string | undefined;
  let server: string | undefined;
  for (const connection of connections) {
    const isNewClient = connection.client !== client;
    const isNewPair = isNewClient || connection.server !== server;
    ({ client, server } = connection);
    const facts = servers.get(server) ?? { server, clients: 0, records: 0, bytes: 0 };
    servers.set(server, facts);
    if (isNewPair) facts.clients += 1;
    facts.records += connection.records;
    facts.bytes += connection.bytes;
    if (isNewClient) sum.clients += 1;
    sum.connections += 1;
    sum.records += connection.records;
    sum.rejected += connection.rejected;
    sum.bytes += connection.bytes;
    firstSeen = Math.min(connection.firstSeen ?? Number.POSITIVE_INFINITY, firstSeen ?? Number.POSITIVE_INFINITY);
    lastSeen = Math.max(connection.lastSeen ?? -1, lastSeen ?? -1);
  }
  const hasBytes = sum.bytes > 0;
  return {
    ...sum,
    firstSeen: Number.isFinite(firstSeen) ? firstSeen : undefined,
    lastSeen: lastSeen === -1 ? undefined : lastSeen,
    servers,
    weigh: ({ bytes, records }) => (hasBytes ? bytes : records),
  };
}
