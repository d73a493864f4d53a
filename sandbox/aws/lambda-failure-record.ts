/** What an on-failure destination gets. Pure. */
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
