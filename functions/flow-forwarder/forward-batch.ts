import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type Deadline, OutOfTimeError } from "../shared/deadline";
import { describeFailure } from "../shared/log";
import { type ForwardDeps, UnfinishedError } from "./forward-file";
import { forwardObject } from "./forward-object";
import { forwardLogEvents } from "./log-events";
import { continuation, identityOf, type ObjectRef, workIn } from "./notification";
import type { Outcome } from "./outcome";

/**
 * A message is not begun with less time than this. It goes back with nothing read or sent; begun, it might be cut off
 * after the PCE took part of it. Going back is not free: the queue counts it as a receive, like any failure, and after
 * its last one the message is in the dead-letter queue.
 */
export const MIN_MS_PER_MESSAGE = 10_000;

/** Puts a message into the queue that the batch is from. */
export type SendMessage = (body: string) => Promise<void>;

/** What forwarding a batch takes from outside. */
export interface BatchDeps extends ForwardDeps {
  readonly sendMessage: SendMessage;
}

/**
 * Forwards what a batch of queue messages is about, one object after the other, and says which messages must come back: those that failed,
 * and those that there was no time to begin. A message that fails never takes another with it, nor one object the others of its message.
 * An object that is done in part does not come back: a new message has the rest of it forwarded.
 */
export async function forwardBatch(
  event: SQSEvent,
  deps: BatchDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<SQSBatchResponse> {
  const forwarded = new Set<string>();

  const forwardMessage = async (message: SQSRecord): Promise<void> => {
    outcome.messages += 1;
    try {
      requireTime(deadline);
      const { objects, logEvents } = workIn(message.body);
      if (logEvents !== undefined) await forwardLogEvents(logEvents, deps, deadline, outcome);
      else await forwardAll(objects);
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
        await forwardOrContinue(object, deps, deadline, outcome);
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

/**
 * Forwards an object. If it stops half-way, a message has the rest of it forwarded, by whatever instance receives it: one that begins anew
 * might stop at the same place for ever. Each such message follows from progress, so there is an end to them.
 */
export async function forwardOrContinue(
  object: ObjectRef,
  deps: BatchDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<void> {
  try {
    await forwardObject(object, deps, deadline, outcome);
  } catch (failure) {
    if (!(failure instanceof UnfinishedError)) throw failure;
    await deps.sendMessage(continuation({ ...object, after: failure.progress }));
    outcome.objectsContinued += 1;
    deps.log.warn("the rest of the object is forwarded later", {
      object: `s3://${object.bucket}/${object.key}`,
      progress: failure.progress,
      failure: describeFailure(failure.cause),
    });
  }
}

function requireTime(deadline: Deadline): void {
  const remainingMs = deadline.remainingMs();
  if (remainingMs < MIN_MS_PER_MESSAGE) {
    throw new OutOfTimeError(
      `${remainingMs} ms are left, and a message is begun with ${MIN_MS_PER_MESSAGE} ms or more`,
    );
  }
}
