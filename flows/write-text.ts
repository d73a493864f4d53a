import { once } from "node:events";
import type { Writable } from "node:stream";

const CHUNK_CHARACTERS = 64 * 1024;

/** Writes texts one after the other, never more than some of them in memory. Rejects when whoever reads has gone. */
export async function writeText(texts: Iterable<string>, to: Writable): Promise<void> {
  let chunk = "";
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await write(chunk, to);
    chunk = "";
  }
  if (chunk !== "") await write(chunk, to);
}

async function write(text: string, to: Writable): Promise<void> {
  if (to.errored) throw to.errored;
  if (!to.write(text)) await once(to, "drain");
}
