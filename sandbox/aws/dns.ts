/** A small authoritative DNS server on 127.0.0.1, so that the database's endpoint resolves, and moves when it fails over. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_DESIRED,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from "dns-packet";

const ADDRESS = "127.0.0.1";
const MAX_ALIASES = 8; // a CNAME loop ends here
const UDP_BYTES = 512; // without EDNS a longer answer is truncated, and asked for again over TCP (RFC 1035, 4.2.1)
const PORT_ATTEMPTS = 20;
const NXDOMAIN = 3; // RFC 1035, 4.1.1: RCODE
const DEFAULT_TTL_SECONDS = 5; // RDS endpoints have five

/** What a name resolves to; `cname` excludes addresses, as in any zone. */
export interface DnsRecord {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly cname?: string;
  /** @default 5, as RDS endpoints have */
  readonly ttlSeconds?: number;
}

/** One question that was asked. */
export interface DnsQuery {
  readonly name: string;
  /** `A`, `AAAA`, `CNAME`, ... */
  readonly type: string;
}

/** A running DNS server. */
export interface DnsServer {
  readonly address: string;
  /** The same for UDP and TCP. */
  readonly port: number;
  /** Adds or replaces a name; names are compared without case or a final dot. */
  set(name: string, record: DnsRecord): void;
  /** Removes a name: from then on it does not exist. */
  remove(name: string): void;
  /** Every question so far, oldest first. */
  queries(): readonly DnsQuery[];
  /** Stops answering; safe to call twice. */
  close(): Promise<void>;
}

/** Starts with an empty zone: every name is answered NXDOMAIN, a known name without the asked type NOERROR and no answer. */
export async function startDns(): Promise<DnsServer> {
  const zone = new Map<string, DnsRecord>();
  const asked: DnsQuery[] = [];
  const answer = (request: Packet): Packet => {
    asked.push(...(request.questions ?? []).map(({ name, type }) => ({ name, type })));
    return reply(request, zone);
  };
  const { udp, tcp } = await bind();
  const connections = new Set<Socket>();
  udp.on("message", (bytes, from) => {
    const request = parsed(() => decode(bytes));
    if (request) udp.send(fitted(answer(request)), from.port, from.address);
  });
  tcp.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => socket.destroy());
    answerStream(socket, answer);
  });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const socket of connections) socket.destroy();
    await Promise.all([new Promise<void>((done) => udp.close(done)), new Promise((done) => tcp.close(done))]);
  };
  return {
    address: ADDRESS,
    port: udp.address().port,
    set: (name, record) => void zone.set(normal(name), record),
    remove: (name) => void zone.delete(normal(name)),
    queries: () => [...asked],
    close: () => (closed ??= close()),
  };
}

/** A resolver that asks only the server at `port` of 127.0.0.1, one try of `timeoutMs` (1 s by default). */
export function resolver(port: number, timeoutMs = 1_000): Resolver {
  const made = new Resolver({ timeout: timeoutMs, tries: 1 });
  made.setServers([`${ADDRESS}:${port}`]);
  return made;
}

/** UDP takes a free port; TCP must then have the same one free, so a clash tries another. */
async function bind(): Promise<{ udp: UdpSocket; tcp: Server }> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = createSocket("udp4");
    udp.bind(0, ADDRESS);
    await once(udp, "listening");
    const tcp = createServer();
    try {
      tcp.listen(udp.address().port, ADDRESS);
      await once(tcp, "listening");
      return { udp, tcp };
    } catch (cause) {
      udp.close();
      if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt === PORT_ATTEMPTS) throw cause;
    }
  }
}

function reply(request: Packet, zone: ReadonlyMap<string, DnsRecord>): Packet {
  const questions = request.questions ?? [];
  const found = questions.map((question) => lookUp(question, zone));
  const exists = found.every((each) => each !== undefined);
  return {
    type: "response",
    ...(request.id !== undefined && { id: request.id }),
    // the library has no field for the response code: it is the low four bits of the flags
    flags: AUTHORITATIVE_ANSWER | ((request.flags ?? 0) & RECURSION_DESIRED) | (exists ? 0 : NXDOMAIN),
    questions,
    answers: found.flatMap((each) => each ?? []),
  };
}

/** The answers to a question; undefined when the name does not exist. Aliases within the zone are followed. */
function lookUp(question: Question, zone: ReadonlyMap<string, DnsRecord>): Answer[] | undefined {
  const answers: Answer[] = [];
  let name = question.name;
  for (let step = 0; step < MAX_ALIASES; step += 1) {
    const record = zone.get(normal(name));
    // an alias to a name outside the zone: what we know is the alias
    if (record === undefined) return step === 0 ? undefined : answers;
    const ttl = record.ttlSeconds ?? DEFAULT_TTL_SECONDS;
    if (record.cname === undefined) return answers.concat(addresses(name, question.type, record, ttl));
    answers.push({ type: "CNAME", name, ttl, data: record.cname });
    if (question.type === "CNAME") return answers;
    name = record.cname;
  }
  return answers;
}

function addresses(name: string, type: string, record: DnsRecord, ttl: number): Answer[] {
  if (type === "A") return (record.a ?? []).map((data) => ({ type, name, ttl, data }));
  if (type === "AAAA") return (record.aaaa ?? []).map((data) => ({ type, name, ttl, data }));
  return [];
}

function fitted(packet: Packet): Buffer {
  const whole = encode(packet);
  if (whole.length <= UDP_BYTES) return whole;
  return encode({ ...packet, answers: [], flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE });
}

/** Answers each length-prefixed message of a connection (RFC 1035, 4.2.2). */
function answerStream(socket: Socket, answer: (request: Packet) => Packet): void {
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const length = 2 + waiting.readUInt16BE(0);
      const request = parsed(() => streamDecode(waiting.subarray(0, length)));
      waiting = waiting.subarray(length);
      if (!request) return void socket.destroy();
      socket.write(streamEncode(answer(request)));
    }
  });
}

/** Undefined for bytes that are no DNS packet: a stray datagram must not end the server. */
function parsed(decoded: () => Packet | null): Packet | undefined {
  try {
    return decoded() ?? undefined;
  } catch {
    return undefined;
  }
}

const normal = (name: string): string => name.toLowerCase().replace(/\.$/, "");
