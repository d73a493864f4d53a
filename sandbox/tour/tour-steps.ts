import { join } from "node:path";
import { readProviderSummary } from "../aws/provider/ledger";
import { listDatabases } from "../aws/registry";
import type { OperationEvent, OperationStep } from "../engine/steps";
import { followFailovers } from "./failover";
import { forwardFlows } from "./forward";
import { leftovers, pceLeftovers } from "./leftovers";
import { checkPolicy } from "./policy";
import type { TourReport } from "./report";
import type { Sandbox } from "./sandbox";
import { StepError } from "./step-error";
import { standInSentence } from "./summary";

const NAMED = 5;
const POLICIES = join(__dirname, "../../policies");

/** What the steps share. `report` is filled as they go. */
export interface TourState {
  readonly sandbox: Sandbox;
  readonly logs: readonly string[];
  readonly report: TourReport;
}

/** Told what a step is at; the text replaces the one before it. */
export type Progress = (sentence: string) => void;

/** Deploys the program with the real engine; what is deployed runs from then on. */
export async function deploy({ sandbox, report }: TourState, progress: Progress): Promise<string> {
  const { resources, seconds, events } = await sandbox.operate("up", {
    policyPacks: [POLICIES],
    onEvent: showing("created", progress),
  });
  const advised = events.flatMap((event) => (event.kind === "violation" ? event.policy : []));
  report.update = { resources, seconds, advised: [...new Set(advised)].sort() };
  return standInSentence(resources, await readProviderSummary(sandbox.run.path));
}

/** Updates again; a change where nothing was changed would be a resource that is never settled. */
export async function repeat({ sandbox, report }: TourState): Promise<string> {
  const { changes, steps } = await sandbox.operate("up");
  report.repeat = { changes };
  if (changes > 0) {
    throw new StepError("a second update changed resources", steps.flatMap(changeOf), [sandbox.run.log("pulumi-up")]);
  }
  return "nothing changed";
}

/** Delivers flow logs and waits until they are at the PCE. */
export async function forward(state: TourState, progress: Progress): Promise<string> {
  const report = await forwardFlows({ ...state, progress });
  state.report.forward = report;
  return `${report.objects} objects, ${report.records} records, ${report.connections} connections, all at the PCE`;
}

/** Plants workloads for some of the clients that were seen, and compares what the PCE makes of the flows with what it should. */
export async function policy({ sandbox, report }: TourState): Promise<string> {
  report.policy = checkPolicy(sandbox.pce, await listDatabases(sandbox.run.path), [sandbox.run.log("pce")]);
  const { allowed, notAllowed, unattributed } = report.policy;
  return `${allowed.length} flows are allowed, ${notAllowed.length} are not, ${unattributed.length} have an end without a workload`;
}

/** Fails the database over and waits until the front door's target group has followed. */
export async function failover({ sandbox, report }: TourState, progress: Progress): Promise<string> {
  const { seconds, emptySeconds, ...addresses } = await followFailovers({ sandbox, progress });
  report.failover = { seconds, ...addresses, emptySeconds };
  return `three times; the new target was registered ${seconds} s after the name had moved, and the group was never empty`;
}

/** Destroys the stack and looks for what is left. */
export async function destroy({ sandbox, report }: TourState, progress: Progress): Promise<string> {
  // clients are gone before the labels that they have: a label in use stays
  for (const { href } of sandbox.pce.holdings().managedWorkloads) sandbox.pce.unpairWorkload(href);
  const { resources } = await sandbox.operate("destroy", { onEvent: showing("deleted", progress) });
  const { moto, region, admin, run, pce } = sandbox;
  const inAws = await leftovers(run.path, { endpoint: moto.url, region, credentials: admin });
  const left = [...inAws, ...pceLeftovers(pce)];
  report.destroy = { remaining: resources + left.length };
  if (report.destroy.remaining > 0) {
    const inState = resources > 0 ? [`${resources} resources are still in the stack's state`] : [];
    throw new StepError("something is left", [...inState, ...left], [run.log("pulumi-destroy"), run.log("providers")]);
  }
  return "nothing is left";
}

function showing(verb: string, progress: Progress): (event: OperationEvent) => void {
  let done = 0;
  return (event) => {
    if (event.kind === "finished") done += 1;
    if (event.kind === "message" || event.kind === "violation") return;
    progress(`${done} ${verb}; ${event.type.split(":").at(-1)} ${event.name}`);
  };
}

function changeOf({ op, type, name, diffs = [] }: OperationStep): string[] {
  return op === "same" ? [] : [`${op} ${type} ${name}: ${diffs.slice(0, NAMED).join(", ") || "no property named"}`];
}
