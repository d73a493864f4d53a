import type { Readable } from "node:stream";
import { UnreadableFileError } from "../flow-logs/unreadable";
import type { OpenFile } from "./source";
import { TemporaryFile } from "./temporary-file";

/** As many bytes as tell what a file is. */
const HEAD_BYTES = 4;

/** What comes through a pipe, as a file. It can be read once; Parquet, which is read from its end, is put on disk first. */
export function streamFile(stream: Readable): OpenFile {
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let spool: TemporaryFile | undefined;

  async function* whole(): AsyncGenerator<Buffer, void, undefined> {
    let seen = 0;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      // whoever asks for random access has read these, and nothing else
      if (seen < HEAD_BYTES) head.push(next.value);
      seen += next.value.length;
      yield next.value;
    }
  }

  return {
    stream: whole,
    randomAccess: async () => {
      const file = new TemporaryFile();
      spool = file;
      for (const chunk of head.splice(0)) file.append(chunk);
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) file.append(next.value);
      return {
        lengthBytes: file.lengthBytes,
        read: async (start, end) => {
          const bytes = file.read(start, end);
          if (bytes.length < end - start) throw new UnreadableFileError("the file is cut off");
          return bytes;
        },
      };
    },
    close: () => {
      spool?.close();
      stream.destroy();
    },
  };
}
