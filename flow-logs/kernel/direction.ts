// Which side of a conversation is the server. A conversation is the traffic between two address-and-port pairs, both directions; its
// sides are called low and high.

// What the records of a conversation say about its sides, as bits, so that the order of the records cannot matter.
export const LOW_SENT_SYN_ACK: u32 = 1;
export const HIGH_SENT_SYN_ACK: u32 = 2;
export const LOW_SENT_SYN: u32 = 4;
export const HIGH_SENT_SYN: u32 = 8;
/** The earliest record went to the low side, or to the high one; both, when two records began in the same second. */
export const FIRST_TO_LOW: u32 = 16;
export const FIRST_TO_HIGH: u32 = 32;

/** A side; UNDECIDED when a rule says nothing, and when all of them do. */
export const LOW: i32 = 0;
export const HIGH: i32 = 1;
export const UNDECIDED: i32 = -1;

// tcp-flags (version 3): SYN 2, ACK 16; AWS writes the ACK bit only beside SYN, and ORs the flags of an interval, so a server's short
// reply is 18 or 19 and a client's request 2 or 3
const SYN: u32 = 2;
const SYN_ACK: u32 = 18;

const TCP: u32 = 6;

/** First port of the range that clients pick from on Linux; Windows and the IANA begin higher still. */
const FIRST_EPHEMERAL_PORT: u32 = 32_768;

/** Ports that the stack says are servers': a bit each. */
const servicePorts: usize = memory.data(65_536 / 8);

/** Says that a port is a server's, beside those that were named before. */
export function addServicePort(port: u32): void {
  const byte = servicePorts + (port >> 3);
  store<u8>(byte, load<u8>(byte) | <u8>((<u32>1) << (port & 7)));
}

/** Forgets every service port. */
export function clearServicePorts(): void {
  memory.fill(servicePorts, 0, 65_536 / 8);
}

function isServicePort(port: u32): bool {
  return ((load<u8>(servicePorts + (port >> 3)) >> (port & 7)) & 1) === 1;
}

/** The bit of one record's TCP flags, given the side that sent it; 0 when they say nothing. */
export function flagEvidence(protocol: u32, tcpFlags: u32, isSentByLow: bool): u32 {
  if (protocol !== TCP) return 0;
  if ((tcpFlags & SYN_ACK) === SYN_ACK) return isSentByLow ? LOW_SENT_SYN_ACK : HIGH_SENT_SYN_ACK;
  if ((tcpFlags & SYN) !== 0) return isSentByLow ? LOW_SENT_SYN : HIGH_SENT_SYN;
  return 0;
}

/** The bits after a record: `start` is its own, `firstSeen` the earliest of those before. */
export function earlier(evidence: u32, start: u32, firstSeen: u32, isSentByLow: bool): u32 {
  if (start > firstSeen) return evidence;
  const to = isSentByLow ? FIRST_TO_HIGH : FIRST_TO_LOW;
  return (start < firstSeen ? evidence & ~(FIRST_TO_LOW | FIRST_TO_HIGH) : evidence) | to;
}

/** The side that sent a SYN-ACK. */
export function acknowledgingSide(evidence: u32): i32 {
  return oneOf((evidence & LOW_SENT_SYN_ACK) !== 0, (evidence & HIGH_SENT_SYN_ACK) !== 0);
}

/**
 * The server's side: the sender of a SYN-ACK; else the receiver of a SYN; else the side with a service port; else the one whose address
 * and port are known to serve (`isLowKnown`, `isHighKnown`); else the one below the ephemeral ports when the other is not; else the
 * destination of the earliest record; else the lower port. Evidence for both sides is evidence for none, and the next rule decides.
 * UNDECIDED when all of that leaves two records of the same second, one each way, between two equal ports.
 */
export function serverSide(evidence: u32, lowPort: u32, highPort: u32, isLowKnown: bool, isHighKnown: bool): i32 {
  let side = acknowledgingSide(evidence);
  if (side === UNDECIDED) side = oneOf((evidence & HIGH_SENT_SYN) !== 0, (evidence & LOW_SENT_SYN) !== 0);
  if (side === UNDECIDED) side = oneOf(isServicePort(lowPort), isServicePort(highPort));
  if (side === UNDECIDED) side = oneOf(isLowKnown, isHighKnown);
  if (side === UNDECIDED) side = oneOf(lowPort < FIRST_EPHEMERAL_PORT, highPort < FIRST_EPHEMERAL_PORT);
  if (side === UNDECIDED) side = oneOf((evidence & FIRST_TO_LOW) !== 0, (evidence & FIRST_TO_HIGH) !== 0);
  if (side === UNDECIDED) side = oneOf(lowPort < highPort, highPort < lowPort);
  return side;
}

function oneOf(low: bool, high: bool): i32 {
  if (low === high) return UNDECIDED;
  return low ? LOW : HIGH;
}
