import type { Connection } from "../flow-logs/connections";
import type { Tally } from "../flow-logs/tally";
import { csvLine } from "../functions/flow-forwarder/csv-lines";

/** One JSON object of the tally and the connections, a connection a line. What a format does not say is null. */
export function* jsonText(
  { records, accepted, rejected, noData, skipData, malformed }: Tally,
  connections: Iterable<Connection>,
): Generator<string, void, undefined> {
  const tally = JSON.stringify({ records, accepted, rejected, noData, skipData, malformed });
  yield `{\n"tally": ${tally},\n"connections": [`;
  let separator = "\n";
  for (const connection of connections) {
    yield separator + jsonOf(connection);
    separator = ",\n";
  }
  yield "\n]\n}\n";
}

// by hand: half of the time that a million connections take would be JSON.stringify's, and there is nothing in them to escape
function jsonOf({ client, server, port, protocol, records, packets, bytes, ...rest }: Connection): string {
  const { firstSeen = null, lastSeen = null, rejected } = rest;
  return (
    `{"client":"${client}","server":"${server}","port":${port},"protocol":${protocol},"records":${records},` +
    `"packets":${packets},"bytes":${bytes},"firstSeen":${firstSeen},"lastSeen":${lastSeen},"rejected":${rejected}}`
  );
}

/**
 * The PCE's lines, as the forwarder writes them. Connections of which every record was rejected are left out, as the forwarder does by
 * default, unless `withRejected`.
 */
export function* csvText(
  connections: Iterable<Connection>,
  { withRejected }: { readonly withRejected: boolean },
): Generator<string, void, undefined> {
  for (const connection of connections) {
    if (withRejected || connection.rejected < connection.records) yield `${csvLine(connection)}\n`;
  }
}
