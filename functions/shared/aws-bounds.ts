/**
 * Bounds for every call of AWS: 1 s to connect, 3 s for an answer, three attempts. The SDK alone would wait for ever, and
 * the services called here answer in tens of milliseconds.
 */
export const AWS_BOUNDS = Object.freeze({
  maxAttempts: 3,
  requestHandler: Object.freeze({
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    // without it, the SDK only logs a warning when the time for an answer is over
    throwOnRequestTimeout: true,
    // the time for an answer ends with its headers; this is for a body that never comes
    socketTimeout: 3_000,
  }),
});
