import type { Connection } from "./connections";

/** The Bulk Traffic Loader's limit per request. */
export const MAX_LINES_PER_BATCH = 1_000;

// source:  Illumio REST API, "Bulk Traffic Loader"
// format:  source address,destination address,destination port,protocol number; no header line
// example: 10.0.1.5,10.0.20.7,5432,6
/** The PCE's line for a connection, whose source is the client. */
export function csvLine({ client, server, port, protocol }: Connection): string {
  return `${client},${server},${port},${protocol}`;
}

/**
 * Lines for the connections to send, cut into batches that one request may hold, in the connections' own order:
 * trying a file again repeats the same requests.
 * A connection of which every record was rejected is left out, unless `sendRejected`.
 */
export function csvBatches(
  connections: readonly Connection[],
  { sendRejected }: { readonly sendRejected: boolean },
): readonly (readonly string[])[] {
  const lines = connections.filter(({ records, rejected }) => sendRejected || records > rejected).map(csvLine);
  const batches: string[][] = [];
  for (let from = 0; from < lines.length; from += MAX_LINES_PER_BATCH) {
    batches.push(lines.slice(from, from + MAX_LINES_PER_BATCH));
  }
  return batches;
}
