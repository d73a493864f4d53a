/** First port of the range that clients pick from on Linux; Windows and the IANA begin higher still. */
const FIRST_EPHEMERAL_PORT = 32_768;

/**
 * What the records of a conversation say about its two sides, as bits, so that the order of the records cannot matter.
 * A conversation is the traffic between two address-and-port pairs, both directions; its sides are named low and high.
 */
export const EVIDENCE = {
  lowSentSynAck: 1,
  highSentSynAck: 2,
  lowSentSyn: 4,
  highSentSyn: 8,
  /** The earliest record went to the low side, or to the high one; both, when two records began in the same second. */
  firstToLow: 16,
  firstToHigh: 32,
} as const;

// tcp-flags (version 3): SYN 2, ACK 16; AWS writes the ACK bit only beside SYN, and ORs the flags of an interval,
// so a server's short reply is 18 or 19 and a client's request 2 or 3.
const SYN = 2;
const SYN_ACK = 18;

/** The evidence bit of one record's TCP flags, given the side that sent it; 0 when they say nothing. */
export function flagEvidence(tcpFlags: number, isSentByLow: boolean): number {
  if ((tcpFlags & SYN_ACK) === SYN_ACK) return isSentByLow ? EVIDENCE.lowSentSynAck : EVIDENCE.highSentSynAck;
  if ((tcpFlags & SYN) !== 0) return isSentByLow ? EVIDENCE.lowSentSyn : EVIDENCE.highSentSyn;
  return 0;
}

/** The two sides of a conversation and what is known of them. */
export interface Conversation {
  /** Bits of EVIDENCE. */
  readonly evidence: number;
  readonly lowPort: number;
  readonly highPort: number;
}

/**
 * Which side of a conversation is the server: the sender of a SYN-ACK; else the receiver of a SYN; else the side with
 * a service port; else the side below the ephemeral ports when the other is not; else the destination of the earliest
 * record. Evidence for both sides is evidence for none, and the next rule decides.
 * "either" when all of that leaves two records of the same second, one each way, between two equal ports.
 */
export function serverSide(conversation: Conversation, servicePorts: ReadonlySet<number>): "low" | "high" | "either" {
  const { evidence, lowPort, highPort } = conversation;
  const says = (bit: number): boolean => (evidence & bit) !== 0;
  return (
    oneOf(says(EVIDENCE.lowSentSynAck), says(EVIDENCE.highSentSynAck)) ??
    oneOf(says(EVIDENCE.highSentSyn), says(EVIDENCE.lowSentSyn)) ??
    oneOf(servicePorts.has(lowPort), servicePorts.has(highPort)) ??
    oneOf(lowPort < FIRST_EPHEMERAL_PORT, highPort < FIRST_EPHEMERAL_PORT) ??
    oneOf(says(EVIDENCE.firstToLow), says(EVIDENCE.firstToHigh)) ??
    oneOf(lowPort < highPort, highPort < lowPort) ??
    "either"
  );
}

function oneOf(low: boolean, high: boolean): "low" | "high" | undefined {
  if (low === high) return undefined;
  return low ? "low" : "high";
}
