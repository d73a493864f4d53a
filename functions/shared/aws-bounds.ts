/** Bounds for every call of AWS: 1 s to connect, so many milliseconds for an answer, three attempts. The SDK alone would wait for ever. */
export function awsBounds(answerMs: number) {
  return Object.freeze({
    maxAttempts: 3,
    requestHandler: Object.freeze({
      connectionTimeout: 1_000,
      requestTimeout: answerMs,
      // without it, the SDK only logs a warning when the time for an answer is over
      throwOnRequestTimeout: true,
      // the time for an answer ends with its headers; this is for a body that never comes
      socketTimeout: answerMs,
    }),
  });
}

/** Bounds for services that answer in tens of milliseconds. */
export const AWS_BOUNDS = awsBounds(3_000);
