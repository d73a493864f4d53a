import type { ProviderSummary } from "../aws/provider/ledger";
import type { TourReport } from "./report";

/** The closing table: what each step measured, a line each, aligned. Steps that did not run have no line. */
export function summaryTable(report: TourReport): string {
  const { update, repeat, forward, policy, failover, destroy } = report;
  const rows: (readonly [string, string])[] = [];
  if (update) {
    const { resources, seconds, advised } = update;
    rows.push(
      ["deployed", `${resources} resources in ${seconds} s`],
      ["by the policies", `none refused; advised against: ${advised.join(", ") || "nothing"}`],
    );
  }
  if (repeat) rows.push(["deployed again", `${repeat.changes} changes`]);
  if (forward) {
    const { accepted, rejected, noData, skipData, malformed } = forward;
    const others = `${rejected} rejected, ${noData} no-data, ${skipData} skip-data, ${malformed} malformed`;
    rows.push(
      ["flow logs", `${forward.objects} objects, ${forward.records} records: ${accepted} accepted, ${others}`],
      ["connections", `${forward.connections}, each once for its two directions and two views`],
      ["at the PCE", `${forward.received} received, ${forward.failed} failed`],
    );
  }
  if (policy) {
    const { allowed, notAllowed, unattributed } = policy;
    rows.push([
      "by the policy",
      `${allowed.length} flows allowed, ${notAllowed.length} not, ${unattributed.length} with an end that no workload has`,
    ]);
  }
  if (failover) {
    const { before, after, seconds, emptySeconds } = failover;
    rows.push(
      ["failed over", `${before.join(", ")} -> ${after.join(", ")}, announced; twice more, late and unannounced`],
      [
        "at the front door",
        `new target ${seconds} s after the name moved; ${emptySeconds} s without a target in all three`,
      ],
    );
  }
  if (destroy) rows.push(["destroyed", `${destroy.remaining} resources remain`]);

  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

/** What is real of so many resources and what is not, in one sentence. What is not AWS's: components and random values. */
export function standInSentence(resources: number, { emulator, played, recorded }: ProviderSummary): string {
  const others = resources - emulator - played - recorded;
  return `${resources} resources: ${emulator} in the AWS emulator, ${played} played, ${recorded} recorded only, ${others} not AWS's`;
}
