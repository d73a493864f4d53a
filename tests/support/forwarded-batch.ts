import type { SQSBatchResponse } from "aws-lambda";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { DEFAULT_LIMITS } from "../../flow-logs/unreadable";
import { forwardBatch } from "../../functions/flow-forwarder/forward-batch";
import { newOutcome, type Outcome } from "../../functions/flow-forwarder/outcome";
import { SentConnections } from "../../functions/flow-forwarder/sent-connections";
import { objectStore, type Stored } from "./object-store";
import { sqsEvent } from "./s3-notifications";

export interface GivenBatch {
  readonly objects: Readonly<Record<string, Stored>>;
  readonly bodies: readonly string[];
  readonly remainingMs?: () => number;
  readonly upload?: (lines: readonly string[]) => { accepted: number; refused: number };
  readonly sendRejected?: boolean;
}

export interface ForwardedBatch {
  readonly response: SQSBatchResponse;
  readonly outcome: Outcome;
  readonly uploads: readonly (readonly string[])[];
  readonly opened: readonly string[];
  readonly logged: readonly { level: string; message: string; fields: Record<string, unknown> }[];
  readonly failed: readonly string[];
}

/** Forwards a batch of messages from objects in memory, to an uploader that keeps what it was given. */
export async function forward({
  objects,
  bodies,
  remainingMs = () => 100_000,
  upload,
  sendRejected = false,
}: GivenBatch): Promise<ForwardedBatch> {
  const { store, opened } = objectStore(objects);
  const uploads: (readonly string[])[] = [];
  const logged: ForwardedBatch["logged"][number][] = [];
  const log = (level: string) => (message: string, fields: Record<string, unknown>) => {
    logged.push({ level, message, fields });
  };
  const outcome = newOutcome();
  const deps = {
    store,
    sendMessage: async () => undefined,
    uploadFlows: async (lines: readonly string[]) => {
      uploads.push(lines);
      return { requestId: "r-1", ...(upload?.(lines) ?? { accepted: lines.length, refused: 0 }) };
    },
    decoder: new FlowLogDecoder({ servicePorts: [5432] }),
    limits: DEFAULT_LIMITS,
    sent: new SentConnections({ resendAfterMs: 3_600_000, now: () => 0 }),
    sendRejected,
    log: { info: log("info"), warn: log("warn"), error: log("error") },
  };
  const response = await forwardBatch(sqsEvent(bodies), deps, { remainingMs }, outcome);
  const failed = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { response, outcome, uploads, opened, logged, failed };
}
