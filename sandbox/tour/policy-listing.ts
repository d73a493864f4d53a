import type { PolicyReport } from "./report";

const SHOWN = 3;
const SHOWN_WORKLOADS = 7;

/** What the PCE shows of the database and of the flows, for people: a line each, no more than a few of what there are many of. */
export function policyListing(report: PolicyReport): string {
  const { workloads, service, boundTo, isActive, allowed, notAllowed, unattributed } = report;
  const width = Math.max(0, ...workloads.slice(0, SHOWN_WORKLOADS).map(({ name }) => name.length));
  return [
    "  workloads",
    ...workloads
      .slice(0, SHOWN_WORKLOADS)
      .map(
        ({ name, addresses, labels }) =>
          `    ${name.padEnd(width)}  ${addresses.join(", ")}  ${labels.join(" ") || "no labels"}`,
      ),
    ...(workloads.length > SHOWN_WORKLOADS ? [`    and ${workloads.length - SHOWN_WORKLOADS} more`] : []),
    "  virtual service",
    `    ${service.name}: ${service.fqdns.join(", ")}, port ${service.ports.join(", ")}`,
    `    bound to ${boundTo.join(", ") || "nothing"}; its policy is ${isActive ? "active" : "not active"}`,
    ...flows("allowed by the policy", allowed),
    ...flows("not allowed", notAllowed),
    ...flows("not drawn, an end has no workload", unattributed),
    `  addresses without a workload: ${some(report.addressesWithoutWorkload, ", ")}`,
  ].join("\n");
}

function flows(what: string, each: readonly string[]): string[] {
  return [`  ${what} (client,server,port,protocol)`, `    ${some(each, "  ")}`];
}

function some(each: readonly string[], between: string): string {
  if (each.length === 0) return "none";
  const more = each.length - SHOWN;
  return each.slice(0, SHOWN).join(between) + (more > 0 ? ` and ${more} more` : "");
}
