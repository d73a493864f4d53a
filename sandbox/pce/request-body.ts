import type { IncomingMessage } from "node:http";

/**
 * Reads a request's body as UTF-8 text; `undefined` when it is larger than `maxBytes`, the rest being thrown away as it
 * comes, so that the client can finish sending and read the answer. Rejects when the client hangs up half way.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks).toString("utf8") : undefined;
}
