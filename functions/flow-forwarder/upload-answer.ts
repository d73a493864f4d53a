/** What the PCE said of one upload. */
export interface UploadResult {
  /** Lines that the PCE took. */
  readonly accepted: number;
  /** Lines that the PCE refused, or did not count at all. */
  readonly refused: number;
  readonly requestId: string | undefined;
}

// source:  the answer of a PCE, recorded in Illumio's azure-nsg-flow-logs-visualization; 201 Created
// example: {"num_flows_received":68,"num_flows_failed":0,"failed_flows":[]}
/**
 * Reads the body of a 2xx answer to `lines` lines; undefined when no PCE wrote it.
 *
 * No document fixes this body, so each doubt is settled where being wrong costs least:
 * - A page that is not JSON is a proxy's or a portal's: the flows are not at the PCE, and count as not delivered.
 * - JSON without counters, or no body at all, comes from a PCE of another version: the 2xx stands, all lines delivered.
 *   Sending them again at every retry would multiply connections that the PCE already counted.
 * - Whether num_flows_received includes the failed ones is unknown. Lines missing from the sum of both are counted as
 *   refused, which is right under either reading, and zero when the PCE counts completely.
 */
export function readUpload(body: string, lines: number, requestId: string | undefined): UploadResult | undefined {
  const counters = parse(body);
  if (counters === undefined) return undefined;
  const failed = count(counters["num_flows_failed"]) ?? 0;
  const received = count(counters["num_flows_received"]) ?? lines;
  const missing = Math.max(0, lines - received - failed);
  const refused = Math.min(lines, failed + missing);
  return { accepted: lines - refused, refused, requestId };
}

function parse(body: string): Record<string, unknown> | undefined {
  if (body.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return undefined;
  }
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}
