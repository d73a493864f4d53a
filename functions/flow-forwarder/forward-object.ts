import type { Deadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import { csvBatches } from "./csv-batches";
import { type FlowLog, FlowLogDecoder } from "./flow-log-decoder";
import { UnreadableObjectError } from "./inflate";
import { identityOf, type ObjectRef } from "./notification";
import { addTally, type Outcome } from "./outcome";
import type { UploadFlows } from "./pce-client";
import { type OpenObject, readObject } from "./read-object";
import type { UploadResult } from "./upload-answer";
import type { UploadProgress } from "./upload-progress";

/** What forwarding an object takes from outside. */
export interface ForwardDeps {
  readonly openObject: OpenObject;
  readonly uploadFlows: UploadFlows;
  /** Outlives the invocation. */
  readonly progress: UploadProgress;
  readonly servicePorts: readonly number[];
  readonly sendRejected: boolean;
  readonly log: Log;
}

/**
 * Forwards the connections of one flow-log object to the PCE, and adds what it did to `outcome`. An object whose upload
 * stopped half-way continues after the batches that the PCE took, as far as `progress` knows them.
 */
export async function forwardObject(
  ref: ObjectRef,
  deps: ForwardDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<void> {
  const decoder = new FlowLogDecoder(deps.servicePorts);
  const found = await readObject(ref, deps, deadline, (chunk) => decoder.push(chunk));
  if (found === "gone") {
    noteGone(ref, deps.log, outcome);
    return;
  }
  const flowLog = decoder.finish();
  noteRead(ref, flowLog, deps.log, outcome);
  await uploadRest(ref, csvBatches(flowLog.connections, deps), deps, deadline, outcome);
}

// An object's bytes decide its batches (see csvBatches), so their number says which ones the PCE has.
async function uploadRest(
  ref: ObjectRef,
  batches: readonly (readonly string[])[],
  { uploadFlows, progress, log }: ForwardDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<void> {
  const identity = identityOf(ref);
  const accepted = progress.acceptedBatches(identity);
  if (accepted > 0) {
    log.info("the upload continues after what the PCE has", { object: nameOf(ref), accepted, batches: batches.length });
  }
  for (const lines of batches.slice(accepted)) {
    const result = await uploadFlows(lines, deadline);
    progress.accept(identity);
    noteUpload(ref, result, log, outcome);
  }
  progress.finish(identity);
}

// An object that was deleted, or has expired, before its turn can never be read: as a failure it would be tried for
// hours, fill the dead-letter queue, and fail again at every redrive. So the message is acknowledged, and the loss is
// not silent: a metric counts it and the log names the object.
function noteGone(ref: ObjectRef, log: Log, outcome: Outcome): void {
  outcome.objectsGone += 1;
  log.warn("the object was deleted before it could be read", { object: nameOf(ref) });
}

function noteRead(ref: ObjectRef, { tally, connections, malformedLines }: FlowLog, log: Log, outcome: Outcome): void {
  outcome.objects += 1;
  outcome.connections += connections.length;
  addTally(outcome, tally);
  if (tally.malformed === 0) return;
  log.warn("some lines of the object could not be read", {
    object: nameOf(ref),
    malformed: tally.malformed,
    sample: malformedLines,
  });
  // one bad line among others is counted and left behind; a file of nothing else is no flow log, and acknowledging it
  // would drop whatever it is
  if (tally.malformed + tally.blanks + tally.headers === tally.lines) {
    throw new UnreadableObjectError(`not one of the object's ${tally.malformed} lines is a flow-log record`);
  }
}

// Lines that the PCE refuses inside an answer of success would be refused again, and their neighbours counted twice:
// the message is done, and the metric and the request id are what there is to follow up.
function noteUpload(ref: ObjectRef, { accepted, refused, requestId }: UploadResult, log: Log, outcome: Outcome): void {
  outcome.sent += accepted;
  outcome.failed += refused;
  if (refused === 0) return;
  log.warn("the PCE refused some connections of the object", { object: nameOf(ref), refused, accepted, requestId });
}

function nameOf({ bucket, key }: ObjectRef): string {
  return `s3://${bucket}/${key}`;
}
