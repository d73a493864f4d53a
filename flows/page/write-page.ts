import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Connection } from "../../flow-logs/connections";
import type { Findings } from "../findings";
import type { FlowsOptions } from "../options";
import { writeText } from "../write-text";
import { pageText } from "./page-text";

/** Writes the page of some connections into a file. @throws when the file can't be written */
export async function writePage(
  file: string,
  page: {
    readonly options: Pick<FlowsOptions, "words">;
    readonly findings: Findings;
    readonly connections: Iterable<Connection>;
  },
): Promise<void> {
  const stream = createWriteStream(file);
  await once(stream, "open");
  await writeText(pageText(page), stream);
  stream.end();
  await once(stream, "close");
}
