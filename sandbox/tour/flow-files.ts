import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { decodeFile } from "../../flow-logs/flow-file";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { localFile } from "../../flow-logs/local-file";
import { DEFAULT_LIMITS } from "../../flow-logs/unreadable";
import { type ExpectedTraffic, sumExpected } from "../traffic/expected-traffic";
import { CUSTOM_FORMAT, V2_FORMAT, V5_FORMAT } from "../traffic/flow-format";
import type { KeyLayout } from "../traffic/object-keys";
import { generateTraffic } from "../traffic/traffic";

const SEED = 20_260_102;
const CONVERSATIONS = 400;
const FILE_SECONDS = 300;

/** One object to deliver, and what a reader must find in it. */
export interface FlowFile {
  readonly name: string;
  /** Plain text is gzipped on delivery; bytes go as they are. */
  readonly body: string | Uint8Array;
  readonly time: Date;
  /** Under which of AWS's key layouts it arrives. @default - the flow log's own */
  readonly layout?: KeyLayout;
}

/** What is delivered, and the truth about it. */
export interface FlowFiles {
  readonly files: readonly FlowFile[];
  readonly expected: ExpectedTraffic;
}

/** Who talks in the built-in traffic. */
export interface BuiltInOptions {
  readonly databases: readonly string[];
  /** Where clients are: a subnet for each file, so four. */
  readonly clientSubnets: readonly string[];
  readonly servicePort: number;
  /** Whether the flow logs that were deployed write Hive's `name=value` folders. */
  readonly folders: keyof typeof LAYOUTS;
  readonly account: string;
  readonly region: string;
}

const FORMATS = [CUSTOM_FORMAT, CUSTOM_FORMAT, V2_FORMAT, V5_FORMAT];

// flow logs of one bucket may differ in their hours; in their Hive folders not: the bucket's policy lets in the one or the other
const LAYOUTS = {
  plain: ["default", "hourly"],
  hive: ["hive", "hive-hourly"],
} as const satisfies Record<string, readonly KeyLayout[]>;

/**
 * The built-in traffic: the same conversations on every run, at the addresses that were deployed; its truth is the generator's.
 * Each file has clients of its own, so no connection is in two files, and the PCE receives each once.
 */
export function builtInTraffic({ clientSubnets, folders, ...options }: BuiltInOptions, now: Date): FlowFiles {
  const startTime = Math.floor(now.getTime() / 1000 / FILE_SECONDS) * FILE_SECONDS - FORMATS.length * FILE_SECONDS;
  const layouts: readonly KeyLayout[] = LAYOUTS[folders];
  const made = FORMATS.map((format, index) => {
    const [traffic] = generateTraffic({
      ...options,
      formats: [format],
      seed: SEED + index,
      startTime: startTime + index * FILE_SECONDS,
      conversations: CONVERSATIONS,
      clientSubnets: clientSubnets.slice(index, index + 1),
    });
    if (traffic === undefined) throw new Error("the generator made no file");
    return { ...traffic, layout: layouts[index % layouts.length] ?? "default" };
  });

  return {
    files: made.map(({ format, text, startTime: seconds, layout }) => ({
      name: `${format.name}, ${layout}`,
      body: text,
      time: new Date(seconds * 1000),
      layout,
    })),
    expected: sumExpected(made),
  };
}

/**
 * The user's own log files, as they are. Their truth comes from the decoder run here, outside the deployed function: it shows that what
 * was deployed did what the code does, not that the code is right (the built-in traffic shows that).
 * Rejects when a file can't be read or decoded, with its name.
 */
export async function filesOf(paths: readonly string[], servicePort: number, now: Date): Promise<FlowFiles> {
  const decoder = new FlowLogDecoder({ servicePorts: [servicePort] });
  const decoded: { readonly file: FlowFile; readonly expected: ExpectedTraffic }[] = [];
  for (const path of paths) {
    decoded.push({
      file: { name: basename(path), body: await readFile(path), time: now },
      expected: await decode(path, decoder),
    });
  }
  return { files: decoded.map(({ file }) => file), expected: sumExpected(decoded) };
}

async function decode(path: string, decoder: FlowLogDecoder): Promise<ExpectedTraffic> {
  const connections = new Set<string>();
  try {
    for await (const list of decodeFile(await localFile(path), decoder, {
      limits: DEFAULT_LIMITS,
      needsVolumes: false,
    })) {
      for (const { client, server, port, protocol, records, rejected } of list)
        if (records > rejected) connections.add(`${client},${server},${port},${protocol}`);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`--logs: ${path} can't be read as a flow log: ${why}`, { cause });
  }
  const { records, accepted, rejected, noData, skipData, malformed } = decoder.summary().tally;
  return { tally: { records, accepted, rejected, noData, skipData, malformed }, connections };
}
