import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { FlowFile } from "./flow-file";

/** Bytes that one read asks for. */
const CHUNK_BYTES = 256 * 1024;

/** A file of this computer as a file of flow logs. @throws when there is none at the path. */
export async function localFile(path: string): Promise<FlowFile> {
  const { size } = await regularFile(path);
  return {
    stream: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }),
    randomAccess: async () => ({
      lengthBytes: size,
      read: async (start, end) => {
        const handle = await open(path);
        try {
          const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
          return buffer.subarray(0, bytesRead);
        } finally {
          await handle.close();
        }
      },
    }),
  };
}

async function regularFile(path: string) {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`${path} is not a file`);
  return found;
}
