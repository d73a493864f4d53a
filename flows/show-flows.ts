import type { Connection } from "../flow-logs/connections";
import { FlowLogDecoder } from "../flow-logs/flow-log-decoder";
import { filterOf, type IsWanted } from "./connection-filter";
import { CAPACITY, ConnectionTotals } from "./connection-totals";
import { Findings } from "./findings";
import { csvText, jsonText } from "./machine-output";
import type { FlowsOptions } from "./options";
import { writePage } from "./page/write-page";
import { Progress } from "./progress";
import { type ReadDeps, readFlows } from "./read-flows";
import type { S3Sources } from "./s3-sources";
import { extentOf, sourcesOf } from "./sources";
import { problemsText, summaryText } from "./summary";
import { tableText } from "./table";
import { writeText } from "./write-text";

const TERMINAL_ROWS = 50;
const END_OF_TIME = 2 ** 31 - 1;

/** What the command takes from outside. */
export interface World {
  /** Where relative paths begin. */
  readonly folder: string;
  /** Whether another endpoint than AWS's is set. */
  readonly hasEndpoint: boolean;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Reads flow logs and shows their connections. Resolves with the exit code: 1 when something could not be read. */
export async function showFlows(options: FlowsOptions, world: World): Promise<number> {
  const findings = new Findings();
  const decoder = newDecoder(options);
  const totals = new ConnectionTotals(decoder);
  // the PCE's lines have no volumes, but a time to keep needs the records' ends
  const needsVolumes = !options.csv || options.since !== undefined || options.until !== undefined;
  await read(options, world, { decoder, totals, findings, needsVolumes });
  // of nothing, not even an empty list: a program would take it for the truth
  if (findings.files > 0) await show(options, findings, new Wanted(totals, filterOf(options)), world);
  world.stderr.write(problemsText(findings));
  return findings.failed > 0 ? 1 : 0;
}

function newDecoder({ servicePort, since, until, format }: FlowsOptions): FlowLogDecoder {
  const time = since === undefined && until === undefined ? undefined : { from: since ?? 0, to: until ?? END_OF_TIME };
  const decoder = new FlowLogDecoder({ servicePorts: servicePort, time, capacity: CAPACITY });
  if (format) decoder.learnFormat(format);
  return decoder;
}

async function read(
  { words }: FlowsOptions,
  { folder, hasEndpoint, stdin, stderr }: World,
  deps: Omit<ReadDeps, "onBytes" | "onFile">,
): Promise<void> {
  let s3: S3Sources | undefined;
  const places = { folder, stdin, s3: () => (s3 ??= newS3Sources(hasEndpoint)) };
  const progress = stderr.isTTY
    ? new Progress({
        write: (text) => void stderr.write(text),
        now: () => performance.now(),
        extent: await extentOf(words, places),
      })
    : undefined;
  try {
    const onBytes = (count: number) => progress?.addBytes(count);
    await readFlows(sourcesOf(words, places), { ...deps, onBytes, onFile: () => progress?.addFile() });
  } finally {
    progress?.erase();
    s3?.close();
  }
}

// not at the top: the SDK takes as long to load as all the rest
function newS3Sources(hasEndpoint: boolean): S3Sources {
  const module = require("./s3-sources") as typeof import("./s3-sources");
  return new module.S3Sources({ hasEndpoint });
}

async function show(options: FlowsOptions, findings: Findings, connections: Wanted, world: World): Promise<void> {
  const { json, csv, html, limit, rejected } = options;
  const { stdout } = world;
  if (html !== undefined) await writePage(html, { options, findings, connections });
  if (json) return writeText(jsonText(findings.tally, connections), stdout);
  if (csv) return writeText(csvText(connections, { withRejected: rejected }), stdout);
  if (html === undefined) {
    const rows = limit ?? (stdout.isTTY ? TERMINAL_ROWS : undefined);
    await writeText(tableText(connections, { rows, width: stdout.isTTY ? stdout.columns : undefined }), stdout);
    stdout.write("\n");
  }
  stdout.write(summaryText(findings, connections.count, html));
}

/** Those of some connections that are wanted; knows how many they are once somebody has seen all of them. */
class Wanted implements Iterable<Connection> {
  readonly #connections: Iterable<Connection>;
  readonly #isWanted: IsWanted;
  count = 0;

  constructor(connections: Iterable<Connection>, isWanted: IsWanted) {
    this.#connections = connections;
    this.#isWanted = isWanted;
  }

  *[Symbol.iterator](): Generator<Connection, void, undefined> {
    let count = 0;
    for (const connection of this.#connections) {
      if (!this.#isWanted(connection)) continue;
      count += 1;
      yield connection;
    }
    this.count = count;
  }
}
