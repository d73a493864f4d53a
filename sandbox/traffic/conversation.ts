import type { FlowRecord, NetworkInterface } from "./flow-record";
import type { SeededRandom } from "./seeded-random";

/** Flags of the two directions in one aggregation interval. */
export interface Interval {
  readonly request: number;
  readonly reply: number;
}

/** How a connection looks over the intervals of a file. */
export const LIFECYCLES = {
  /** Opened and closed within one interval. */
  short: [{ request: 3, reply: 19 }],
  /** Opened, then reset by the client. */
  aborted: [{ request: 6, reply: 18 }],
  /** Opened in one interval, closed in a later one. */
  session: [
    { request: 2, reply: 18 },
    { request: 0, reply: 0 },
    { request: 1, reply: 1 },
  ],
  /** Open before the file begins and after it ends: ACK and PSH are not recorded, so there are no flags. */
  pooled: Array.from({ length: 5 }, () => ({ request: 0, reply: 0 })),
  /** UDP and ICMP. */
  flagless: [{ request: 0, reply: 0 }],
} as const satisfies Record<string, readonly Interval[]>;

/** One logged interface's picture of a conversation: what it takes the two addresses for. */
export interface View {
  readonly at: NetworkInterface;
  readonly isAtClient: boolean;
  readonly client: string;
  readonly server: string;
  /** The addresses in the packets. @default - the same as shown */
  readonly packetClient?: string;
  readonly packetServer?: string;
}

/** A conversation to be turned into records. */
export interface Conversation {
  readonly clientPort: number;
  readonly serverPort: number;
  readonly protocol: number;
  readonly intervals: readonly Interval[];
  readonly views: readonly View[];
  /** @default "ACCEPT" */
  readonly action?: "ACCEPT" | "REJECT";
  /** False where nothing ever comes back. @default true */
  readonly isAnswered?: boolean;
}

/** The longest an interval of ours lasts; a file covers five. */
export const INTERVAL_SECONDS = 60;

/** A log object's time, in seconds; a record is in the object that its `end` falls into. */
export const FILE_SECONDS = 300;

/** Every view's records of every interval and direction, within the file that begins at `fileStart` (unix seconds). */
export function* recordsOf(
  conversation: Conversation,
  fileStart: number,
  random: SeededRandom,
): Generator<FlowRecord, void> {
  const { intervals, isAnswered = true } = conversation;
  const first = random.integer(0, Math.floor(FILE_SECONDS / INTERVAL_SECONDS) - intervals.length);
  for (const [index, interval] of intervals.entries()) {
    const start = fileStart + (first + index) * INTERVAL_SECONDS + random.integer(0, 20);
    const end = start + random.integer(1, INTERVAL_SECONDS - 21);
    const request = volume(conversation, start, end, random);
    const reply = volume(conversation, start, end, random);
    for (const view of conversation.views) {
      yield requestRecord(conversation, view, interval.request, request);
      if (isAnswered) yield replyRecord(conversation, view, interval.reply, reply);
    }
  }
}

type Volume = Pick<FlowRecord, "start" | "end" | "packets" | "bytes">;

/** A refused connection is the few small packets of someone who tries again. */
function volume({ action }: Conversation, start: number, end: number, random: SeededRandom): Volume {
  const isRefused = action === "REJECT";
  const packets = random.integer(1, isRefused ? 3 : 600);
  return { start, end, packets, bytes: packets * random.integer(40, isRefused ? 60 : 1400) };
}

// every field by name: to spread a Volume into millions of records takes several times as long

function requestRecord(conversation: Conversation, view: View, tcpFlags: number, sent: Volume): FlowRecord {
  return {
    loggedAt: view.at,
    source: view.client,
    destination: view.server,
    sourcePort: conversation.clientPort,
    destinationPort: conversation.serverPort,
    packetSource: view.packetClient ?? view.client,
    packetDestination: view.packetServer ?? view.server,
    protocol: conversation.protocol,
    tcpFlags,
    packets: sent.packets,
    bytes: sent.bytes,
    start: sent.start,
    end: sent.end,
    action: conversation.action ?? "ACCEPT",
    direction: view.isAtClient ? "egress" : "ingress",
    isFromClient: true,
  };
}

function replyRecord(conversation: Conversation, view: View, tcpFlags: number, sent: Volume): FlowRecord {
  return {
    loggedAt: view.at,
    source: view.server,
    destination: view.client,
    sourcePort: conversation.serverPort,
    destinationPort: conversation.clientPort,
    packetSource: view.packetServer ?? view.server,
    packetDestination: view.packetClient ?? view.client,
    protocol: conversation.protocol,
    tcpFlags,
    packets: sent.packets,
    bytes: sent.bytes,
    start: sent.start,
    end: sent.end,
    action: conversation.action ?? "ACCEPT",
    direction: view.isAtClient ? "ingress" : "egress",
    isFromClient: false,
  };
}
