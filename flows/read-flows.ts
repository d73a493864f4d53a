import { FormatError } from "../flow-logs/column-plan";
import { decodeFile } from "../flow-logs/flow-file";
import type { FlowLogDecoder } from "../flow-logs/flow-log-decoder";
import type { InflationLimits } from "../flow-logs/unreadable";
import type { ConnectionTotals } from "./connection-totals";
import type { Findings } from "./findings";
import type { OpenFile, Source } from "./source";
import { TemporaryFileError } from "./temporary-file";

/**
 * A file of any size costs time and no memory here, and whoever waits can stop it; the forwarder's limits are there because nobody waits.
 */
const NO_LIMITS: InflationLimits = Object.freeze({
  maxBytes: Number.POSITIVE_INFINITY,
  maxRatio: Number.POSITIVE_INFINITY,
});

/** What reading takes from outside. */
export interface ReadDeps {
  readonly decoder: FlowLogDecoder;
  readonly totals: ConnectionTotals;
  readonly findings: Findings;
  /** False: packets, bytes and times are not asked for. */
  readonly needsVolumes: boolean;
  readonly onBytes: (count: number) => void;
  readonly onFile: () => void;
}

/**
 * Reads every file, one after the other, into `totals` and `findings`. One that can't be read is noted, adds nothing, and the others are
 * read. @throws TemporaryFileError when there is no room on this computer.
 */
export async function readFlows(sources: AsyncIterable<Source>, deps: ReadDeps): Promise<void> {
  for await (const source of sources) {
    try {
      await readOne(source, deps);
    } catch (error) {
      if (error instanceof TemporaryFileError) throw error;
      deps.totals.abandon();
      deps.findings.fail(source.name, reasonOf(error, deps.decoder));
    }
    deps.onFile();
  }
}

async function readOne(source: Source, { decoder, totals, findings, needsVolumes, onBytes }: ReadDeps): Promise<void> {
  const file = await source.open();
  try {
    const options = { limits: NO_LIMITS, needsVolumes };
    for await (const list of decodeFile(metered(file, onBytes), decoder, options)) totals.add(list);
    totals.end();
  } finally {
    file.close();
  }
  findings.add(source.name, decoder.summary());
}

function reasonOf(error: unknown, decoder: FlowLogDecoder): string {
  const reason = error instanceof Error ? error.message : String(error);
  // Parquet has a format and no lines
  const line = error instanceof FormatError ? decoder.summary().tally.lines : 0;
  return line === 0 ? reason : `line ${line}: ${reason}`;
}

function metered(file: OpenFile, onBytes: (count: number) => void): OpenFile {
  return {
    ...file,
    stream: async function* () {
      for await (const chunk of file.stream()) {
        onBytes(chunk.length);
        yield chunk;
      }
    },
    randomAccess: async () => {
      const { lengthBytes, read } = await file.randomAccess();
      return {
        lengthBytes,
        read: async (start, end) => {
          onBytes(end - start);
          return read(start, end);
        },
      };
    },
  };
}
