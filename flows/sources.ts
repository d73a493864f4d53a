import { localSources } from "./local-sources";
import type { S3Sources } from "./s3-sources";
import type { Source } from "./source";
import { streamFile } from "./stream-file";

/** Where files come from. */
export interface Places {
  /** Where relative paths begin. */
  readonly folder: string;
  readonly stdin: NodeJS.ReadStream;
  /** Asked for when there is an s3:// among the words. */
  readonly s3: () => S3Sources;
}

/** Every file that the words of a command line name, in their order: paths, `-` for standard input, and s3:// URLs. */
export async function* sourcesOf(words: readonly string[], places: Places): AsyncGenerator<Source, void, undefined> {
  for (const word of words) {
    if (word === "-") yield { name: "standard input", open: async () => streamFile(places.stdin) };
    else if (word.startsWith("s3://")) yield* places.s3().sources(word);
    else yield* localSources(word, places.folder);
  }
}

/** How much there is to read, if that can be known beforehand. */
export interface Extent {
  readonly files: number;
  readonly bytes: number;
}

/** The extent of what words name; undefined unless all are files and folders of this computer. */
export async function extentOf(
  words: readonly string[],
  { folder }: Pick<Places, "folder">,
): Promise<Extent | undefined> {
  let files = 0;
  let bytes = 0;
  for (const word of words) {
    if (word === "-" || word.startsWith("s3://")) return undefined;
    for await (const { lengthBytes } of localSources(word, folder)) {
      files += 1;
      bytes += lengthBytes ?? 0;
    }
  }
  return { files, bytes };
}
