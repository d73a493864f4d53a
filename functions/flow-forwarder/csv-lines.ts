import type { Connection } from "../../flow-logs/connections";

/** The Bulk Traffic Loader's limit per request. */
export const MAX_LINES_PER_BATCH = 1_000;

// source:  Illumio REST API, "Bulk Traffic Loader"
// format:  source address,destination address,destination port,protocol number; no header line
// example: 10.0.1.5,10.0.20.7,5432,6
/** The PCE's line for a connection, whose source is the client. */
export function csvLine({ client, server, port, protocol }: Connection): string {
  return `${client},${server},${port},${protocol}`;
}
