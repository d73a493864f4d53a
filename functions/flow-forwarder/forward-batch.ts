import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type Deadline, OutOfTimeError } from "../shared/deadline";
import { describeFailure } from "../shared/log";
import { type ForwardDeps, forwardObject } from "./forward-object";
import { identityOf, type ObjectRef, objectsIn } from "./notification";
import type { Outcome } from "./outcome";

/**
 * A message is not begun with less time than this. It goes back with nothing read or sent; begun, it might be cut off
 * after the PCE took part of it. Going back is not free: the queue counts it as a receive, like any failure, and after
 * its last one the message is in the dead-letter queue.
 */
export const MIN_MS_PER_MESSAGE = 10_000;

/**
 * Forwards the objects that a batch of queue messages is about, one after the other, and says which messages must come
 * back: those that failed, and those that there was no time to begin. A message that fails never takes another with it,
 * nor one object the others of its message.
 */
export async function forwardBatch(
  event: SQSEvent,
  deps: ForwardDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<SQSBatchResponse> {
  const forwarded = new Set<string>();

  const forwardMessage = async (message: SQSRecord): Promise<void> => {
    outcome.messages += 1;
    try {
      requireTime(deadline);
      await forwardAll(objectsIn(message.body));
    } catch (failure) {
      outcome.failedMessages += 1;
      deps.log.error("the message goes back to the queue", {
        messageId: message.messageId,
        failure: describeFailure(failure),
      });
      throw failure;
    }
  };

  const forwardAll = async (objects: readonly ObjectRef[]): Promise<void> => {
    const failures: unknown[] = [];
    for (const object of objects) {
      // S3 delivers a notification at least once, and two of one object are likely to meet in one batch
      const id = identityOf(object);
      if (id !== undefined && forwarded.has(id)) {
        outcome.objectsRepeated += 1;
        continue;
      }
      try {
        await forwardObject(object, deps, deadline, outcome);
        if (id !== undefined) forwarded.add(id);
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} objects of the message failed`);
    if (failures.length === 1) throw failures[0];
  };

  return processPartialResponse(event, forwardMessage, new BatchProcessor(EventType.SQS), {
    // in parallel, all objects would be in memory at once, and time would run out for all of them together
    processInParallel: false,
    // a batch that failed whole is reported like any other; Lambda's own error metric stays for crashes
    throwOnFullBatchFailure: false,
  });
}

function requireTime(deadline: Deadline): void {
  const remainingMs = deadline.remainingMs();
  if (remainingMs < MIN_MS_PER_MESSAGE) {
    throw new OutOfTimeError(
      `${remainingMs} ms are left, and a message is begun with ${MIN_MS_PER_MESSAGE} ms or more`,
    );
  }
}
