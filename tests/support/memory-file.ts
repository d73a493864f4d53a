import { Readable } from "node:stream";
import type { Connection } from "../../flow-logs/connections";
import { type DecodeOptions, decodeFile, type FlowFile } from "../../flow-logs/flow-file";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { DEFAULT_LIMITS } from "../../flow-logs/unreadable";
import type { FlowLog } from "./flow-log-lines";
import { pieces } from "./object-store";
import { countingAccess } from "./parquet-files";

/** A file in memory whose bytes come in pieces of `size`. */
export function memoryFile(bytes: Buffer, size = 10_000): FlowFile {
  return { stream: () => Readable.from(pieces(bytes, size)), randomAccess: async () => countingAccess(bytes) };
}

const decoder = new FlowLogDecoder({ servicePorts: [5432] });

/** Decodes a file of any kind. */
export async function decodeAny(
  file: FlowFile | Buffer,
  { limits = DEFAULT_LIMITS, needsVolumes = true }: Partial<DecodeOptions> = {},
): Promise<FlowLog> {
  const connections: Connection[] = [];
  const given = Buffer.isBuffer(file) ? memoryFile(file) : file;
  for await (const list of decodeFile(given, decoder, { limits, needsVolumes })) connections.push(...list);
  return { ...decoder.summary(), connections, spilled: 0 };
}
