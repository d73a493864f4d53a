/** What an on-failure destination gets, and what a dead-letter queue. Pure. */
import type { SendMessageCommandInput } from "@aws-sdk/client-sqs";
import type { FunctionError } from "./lambda-environment";

/** An asynchronous invocation that is given up. */
export interface FailedEvent {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: unknown;
  readonly condition: "RetriesExhausted" | "EventAgeExceeded";
  /** Times that the function ran for it. */
  readonly invokeCount: number;
  /** How the last run ended; absent when it never ran. */
  readonly error?: FunctionError;
}

/**
 * source:  Lambda developer guide, "Retaining records of asynchronous invocations", example invocation record
 * format:  {"version":"1.0","timestamp","requestContext":{"requestId","functionArn","condition","approximateInvokeCount"},
 *          "requestPayload","responseContext":{"statusCode","executedVersion","functionError"},"responsePayload"}
 */
export function failureRecord(event: FailedEvent, now: Date): unknown {
  const { requestId, functionArn, condition, invokeCount, payload, error } = event;
  return {
    version: "1.0",
    timestamp: now.toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: invokeCount,
    },
    requestPayload: payload,
    ...(error && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: error,
    }),
  };
}

/** A message for a queue that is not named. */
export type QueueMessage = Pick<SendMessageCommandInput, "MessageBody" | "MessageAttributes">;

const LONGEST_MESSAGE = 1_024;

/**
 * The event itself, and why it failed in attributes.
 * source: Lambda developer guide, "Adding a dead-letter queue": RequestID, ErrorCode (a status) and ErrorMessage (its first 1 KB)
 */
export function deadLetter({ requestId, payload, error }: FailedEvent): QueueMessage {
  const text = (DataType: "String" | "Number", StringValue: string) => ({ DataType, StringValue });
  return {
    MessageBody: JSON.stringify(payload),
    MessageAttributes: {
      RequestID: text("String", requestId),
      // an event that never ran was throttled until it was too old
      ErrorCode: text("Number", error ? "200" : "429"),
      ...(error && { ErrorMessage: text("String", error.errorMessage.slice(0, LONGEST_MESSAGE) || "-") }),
    },
  };
}
