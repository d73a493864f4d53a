import type { PceBehaviour } from "./behaviour";
import { readFlowLine, splitFlowLines } from "./flow-line";
import type { Ledger } from "./ledger";
import { notAcceptable } from "./refusals";
import type { Route } from "./router";

/** How the upload behaves where no public source says what a PCE does; a client must be right with either. */
export interface BulkTrafficFlowsOptions
  extends Pick<PceBehaviour, "aboveMaxLines" | "jsonContentType" | "failedFlows"> {
  /** Lines that one upload may have ("rate-limited to 1,000 items per operation"). */
  readonly maxLines: number;
}

/**
 * POST /orgs/:org/agents/bulk_traffic_flows: takes CSV lines into the ledger.
 *
 * A `Content-Encoding` header is ignored: a PCE is known to read a plain body that claims to be deflated.
 * `num_flows_received` counts every line, failed ones too, which is how the one recorded answer reads:
 * example: 201 {"num_flows_received":68,"num_flows_failed":0,"failed_flows":[]}
 */
export function bulkTrafficFlows(ledger: Ledger, options: BulkTrafficFlowsOptions): Route[] {
  return [
    {
      method: "POST",
      path: "/orgs/:org/agents/bulk_traffic_flows",
      handle({ body, contentType, flowsToFail }) {
        if (contentType === "application/json" && options.jsonContentType === "reject") {
          return notAcceptable("Bulk traffic flows are text/csv, got application/json");
        }
        const lines = splitFlowLines(body);
        if (lines.length > options.maxLines && options.aboveMaxLines === "reject") {
          return notAcceptable(`At most ${options.maxLines} items per operation, got ${lines.length}`);
        }
        const { flows, failed } = sortLines(lines, flowsToFail);
        ledger.record(flows, failed.length);
        return {
          status: 201,
          body: {
            num_flows_received: lines.length,
            num_flows_failed: failed.length,
            ...failedFlows(failed, options.failedFlows),
          },
        };
      },
    },
  ];
}

function sortLines(lines: readonly string[], flowsToFail: number): { flows: string[]; failed: string[] } {
  const flows: string[] = [];
  const failed: string[] = [];
  for (const [index, line] of lines.entries()) {
    const flow = index < flowsToFail ? undefined : readFlowLine(line);
    if (flow === undefined) failed.push(line);
    else flows.push(flow);
  }
  return { flows, failed };
}

function failedFlows(failed: readonly string[], form: BulkTrafficFlowsOptions["failedFlows"]) {
  switch (form) {
    case "lines":
      return { failed_flows: failed };
    case "nulls":
      return { failed_flows: failed.map(() => null) };
    case "absent":
      return {};
  }
}
