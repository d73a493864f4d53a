import type { ConnectionList } from "../../flow-logs/connections";
import type { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import type { Summary } from "../../flow-logs/tally";
import { type InflationLimits, UnreadableFileError } from "../../flow-logs/unreadable";
import type { Deadline } from "../shared/deadline";
import type { Log } from "../shared/log";
import { ConnectionUpload } from "./connection-upload";
import type { FormatLearner } from "./formats";
import type { ObjectStore } from "./object-store";
import { addTally, type Outcome } from "./outcome";
import type { UploadFlows } from "./pce-client";
import type { Quarantine } from "./quarantine";
import type { SentConnections } from "./sent-connections";
import type { UploadResult } from "./upload-answer";

/** What forwarding takes from outside. All but `uploadFlows` outlives the invocation. */
export interface ForwardDeps {
  readonly store: ObjectStore;
  readonly uploadFlows: UploadFlows;
  /** Reads one file at a time. */
  readonly decoder: FlowLogDecoder;
  readonly limits: InflationLimits;
  readonly sent: SentConnections;
  readonly sendRejected: boolean;
  /** Absent: bad lines are counted, and not kept. */
  readonly quarantine?: Quarantine | undefined;
  /** Absent: every format that lines without a header may have is known. */
  readonly formats?: FormatLearner | undefined;
  readonly log: Log;
}

/** One file to forward, wherever it comes from. */
export interface FileToForward {
  /** In logs. */
  readonly name: string;
  /** In the quarantine. */
  readonly key: string;
  /** Decodes the file from its beginning. */
  decode(): AsyncIterable<ConnectionList>;
  /** Connections that an earlier invocation has sent. @default 0 */
  readonly after?: number | undefined;
}

/** The file is not done; `progress` of its connections are. */
export class UnfinishedError extends Error {
  override readonly name = "UnfinishedError";
  readonly progress: number;

  constructor(file: string, progress: number, cause: unknown) {
    super(`${file} is not done: ${progress} of its connections are`, { cause });
    this.progress = progress;
  }
}

/**
 * Forwards the connections of one file to the PCE, and adds what it did to `outcome`.
 * @throws UnfinishedError when it stopped after it had sent some; what stopped it is the cause. Otherwise that itself.
 */
export async function forwardFile(
  file: FileToForward,
  deps: ForwardDeps,
  { deadline, signal }: { readonly deadline: Deadline; readonly signal: AbortSignal },
  outcome: Outcome,
): Promise<void> {
  const { log, quarantine, uploadFlows, sent, sendRejected } = deps;
  const onAnswer = (result: UploadResult) => noteUpload(file, result, log, outcome);
  const { after = 0 } = file;
  const newUpload = () => new ConnectionUpload({ uploadFlows, sent, sendRejected, deadline, onAnswer, after });
  quarantine?.begin();
  let upload = newUpload();
  try {
    let connections = await send(file, upload);
    // lines that were malformed may have had a format that we did not know; what has been sent is not sent again
    if (await learnFormats(deps, signal)) {
      upload = newUpload();
      connections = await send(file, upload);
    }
    await upload.end();
    noteRead(file, deps.decoder.summary(), connections, log, outcome);
  } catch (failure) {
    throw upload.progress > after ? new UnfinishedError(file.name, upload.progress, failure) : failure;
  } finally {
    outcome.recent += upload.recent;
  }
  if (quarantine) outcome.quarantined += await quarantine.write(file.key);
}

async function send(file: FileToForward, upload: ConnectionUpload): Promise<number> {
  let connections = 0;
  for await (const list of file.decode()) {
    connections += list.size;
    await upload.add(list);
  }
  return connections;
}

async function learnFormats({ formats, decoder, quarantine }: ForwardDeps, signal: AbortSignal): Promise<boolean> {
  const { malformed, headers } = decoder.summary().tally;
  if (formats === undefined || malformed === 0 || headers > 0) return false;
  const found = await formats.learn(signal);
  for (const fields of found) decoder.learnFormat(fields);
  if (found.length > 0) quarantine?.begin();
  return found.length > 0;
}

function noteRead(file: FileToForward, summary: Summary, connections: number, log: Log, outcome: Outcome): void {
  const { tally, malformedLines, skipDataByInterface } = summary;
  outcome.objects += 1;
  outcome.connections += connections;
  addTally(outcome, tally);
  for (const [interfaceId, lines] of skipDataByInterface) {
    outcome.skipDataByInterface.set(interfaceId, (outcome.skipDataByInterface.get(interfaceId) ?? 0) + lines);
  }
  if (tally.malformed === 0) return;
  log.warn("some lines of the object could not be read", {
    object: file.name,
    malformed: tally.malformed,
    sample: malformedLines,
  });
  // one bad line among others is counted and left behind; a file of nothing else is no flow log, and acknowledging it
  // would drop whatever it is
  if (tally.malformed + tally.blanks + tally.headers === tally.lines) {
    throw new UnreadableFileError(`not one of the object's ${tally.malformed} lines is a flow-log record`);
  }
}

// Lines that the PCE refuses inside an answer of success would be refused again, and their neighbours counted twice:
// the message is done, and the metric and the request id are what there is to follow up.
function noteUpload(
  file: FileToForward,
  { accepted, refused, requestId }: UploadResult,
  log: Log,
  outcome: Outcome,
): void {
  outcome.sent += accepted;
  outcome.failed += refused;
  if (refused === 0) return;
  log.warn("the PCE refused some connections of the object", { object: file.name, refused, accepted, requestId });
}
