// design.md's rules read literally, one line after the other, with everything in memory: slow, and independent of both
// the generator and the forwarder.

import { isIP } from "node:net";

/** One line of a log by its header's names. */
export type Row = ReadonlyMap<string, string>;

/** The lines after the header; `undefined` for one with another number of columns. */
export function rowsOf(text: string): (Row | undefined)[] {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const names = header.split(" ");
  return lines.map((line) => {
    const values = line.split(" ");
    return values.length === names.length ? new Map(names.map((name, i) => [name, values[i] ?? ""])) : undefined;
  });
}

/** The value of a field; empty when the format does not have it. */
export const field = (row: Row, name: string): string => row.get(name) ?? "";

/** The rows that hold a flow: not a gap, not spoilt. */
export function flowRows(file: { readonly text: string }): Row[] {
  return rowsOf(file.text)
    .filter((row) => row !== undefined)
    .filter((row) => field(row, "log-status") === "OK")
    .filter((row) => isIP(field(row, "srcaddr")) !== 0 && /^\d+$/.test(field(row, "dstport")));
}

/** The connections of a log's ACCEPT rows as `client,server,port,protocol`. */
export function connectionsOf(rows: readonly Row[], servicePort: number): Set<string> {
  const servers = new Map<string, string>();
  for (const row of rows) {
    const server = serverByFlags(row);
    if (server !== undefined) servers.set(conversationOf(row), server);
  }
  const connections = new Set<string>();
  for (const row of rows.filter((each) => field(each, "action") === "ACCEPT")) {
    const { source, destination } = endsOf(row);
    const server = servers.get(conversationOf(row)) ?? serverByPorts(row, servicePort);
    const client = server === destination ? source : destination;
    const [serverAddress, port] = server.split(" ");
    connections.add(`${client.split(" ")[0]},${serverAddress},${port},${field(row, "protocol")}`);
  }
  return connections;
}

function endsOf(row: Row) {
  const address = (packet: string, shown: string) => {
    const value = row.get(packet) ?? "-";
    return value === "-" ? field(row, shown) : value;
  };
  return {
    source: `${address("pkt-srcaddr", "srcaddr")} ${field(row, "srcport")}`,
    destination: `${address("pkt-dstaddr", "dstaddr")} ${field(row, "dstport")}`,
  };
}

function conversationOf(row: Row): string {
  const { source, destination } = endsOf(row);
  return `${[source, destination].sort().join(" ")} ${field(row, "protocol")}`;
}

function serverByFlags(row: Row): string | undefined {
  const flags = Number(row.get("tcp-flags") ?? 0);
  const { source, destination } = endsOf(row);
  if ((flags & 18) === 18) return source;
  return (flags & 2) === 2 ? destination : undefined;
}

function serverByPorts(row: Row, servicePort: number): string {
  const { source, destination } = endsOf(row);
  const [sourcePort, destinationPort] = [Number(field(row, "srcport")), Number(field(row, "dstport"))];
  if (destinationPort === servicePort) return destination;
  if (sourcePort === servicePort) return source;
  return sourcePort < 32_768 && destinationPort >= 32_768 ? source : destination;
}
