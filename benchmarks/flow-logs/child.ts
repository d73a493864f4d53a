import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { decodeFile } from "../../flow-logs/flow-file";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { localFile } from "../../flow-logs/local-file";
import { DEFAULT_LIMITS } from "../../flow-logs/unreadable";

// What a benchmark runs in a process of its own, bundled as a function is, so that its memory and its speed are the decoder's.

/** What one decoding did. */
export interface Decoded {
  readonly ms: number;
  readonly lines: number;
  readonly connections: number;
  /** Lists of connections; more than one when there was not room for all at once. */
  readonly lists: number;
}

/** What the child measured, printed as JSON. */
export interface ChildReport {
  /** Of each round; empty when the file is not gzip. */
  readonly inflateMs: readonly number[];
  readonly decoded: readonly Decoded[];
  readonly fileBytes: number;
  readonly textBytes: number;
  /** Highest resident memory of the process, in bytes. */
  readonly peakBytes: number;
}

const decoder = new FlowLogDecoder({ servicePorts: [5432] });

async function decode(path: string): Promise<Decoded> {
  const startedMs = performance.now();
  let connections = 0;
  let lists = 0;
  const options = { limits: DEFAULT_LIMITS, needsVolumes: false };
  for await (const list of decodeFile(await localFile(path), decoder, options)) {
    lists += 1;
    // each is made, as for sending it
    for (const _ of list) connections += 1;
  }
  return { ms: performance.now() - startedMs, lines: decoder.summary().tally.lines, connections, lists };
}

/** In turns, so that a computer that becomes slower does so for both. Inflating alone comes first: it is in memory, as nothing else is. */
async function measure(path: string, rounds: number, isWithInflate: boolean): Promise<ChildReport> {
  const inflateMs: number[] = [];
  const decoded: Decoded[] = [];
  let textBytes = 0;
  for (let round = 0; round < rounds; round++) {
    if (isWithInflate) {
      const bytes = readFileSync(path);
      const startedMs = performance.now();
      textBytes = gunzipSync(bytes).length;
      inflateMs.push(performance.now() - startedMs);
    }
    decoded.push(await decode(path));
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { inflateMs, decoded, textBytes, peakBytes, fileBytes: (await stat(path)).size };
}

const [path = "", rounds = "1", isWithInflate = "false"] = process.argv.slice(2);
void measure(path, Number(rounds), isWithInflate === "true").then((report) => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
});
