import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { pushMessages } from "../../flow-logs/flow-file";
import { MAX_OBJECT_BYTES, type Messages, messagesIn } from "../../flow-logs/json-messages";
import { UnreadableFileError } from "../../flow-logs/unreadable";
import { type Deadline, untilDeadline } from "../shared/deadline";
import { type ForwardDeps, forwardFile } from "./forward-file";
import type { Outcome } from "./outcome";

/**
 * Forwards the flow-log lines that CloudWatch Logs sent, and adds what it did to `outcome`.
 * @throws UnreadableFileError for what CloudWatch Logs never sends, OutOfTimeError, and what `forwardFile` does.
 */
export async function forwardLogEvents(
  data: string,
  deps: ForwardDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<void> {
  const { decoder } = deps;
  const messages = readMessages(data);
  // it has no name of its own; the same data is the same
  const id = createHash("sha256").update(data).digest("hex").slice(0, 32);
  const decode = async function* () {
    decoder.begin();
    yield* pushMessages(messages, decoder);
    yield* decoder.finish();
  };
  await untilDeadline(deadline, "forwarding log events", (signal) =>
    forwardFile(
      { name: `log events ${id}`, key: `cloud-watch-logs/${id}`, decode },
      deps,
      { deadline, signal },
      outcome,
    ),
  );
}

// source:  CloudWatch Logs user guide, "Subscription filters with Lambda"
// format:  base64 of gzip of JSON
// example: {"awslogs":{"data":"H4sIAAAA..."}}
function readMessages(data: string): Messages {
  const messages = messagesIn(inflate(Buffer.from(data, "base64")));
  if (messages.unreadable)
    throw new UnreadableFileError(`the log events are unreadable: ${messages.unreadable.reason}`);
  return messages;
}

function inflate(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_OBJECT_BYTES });
  } catch (cause) {
    throw new UnreadableFileError("the log events are not gzip, or cut off, or too long", { cause });
  }
}
