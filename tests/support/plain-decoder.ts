import { isIP } from "node:net";

// The rules of "What a connection is" in the plainest code that has them, to hold the kernel against: one string for each field, one object
// for each conversation. Default format only; no filter of time, no limits but that of a line.

const FIELDS = 14;
const MAX_LINE = 65_536;
const FIRST_EPHEMERAL_PORT = 32_768;
const WITH_PORTS = [6, 17, 33, 132, 136];

/** What the plain decoder found: sorted "client>server:port/protocol records rejected packets bytes first last", and the tally. */
export interface Plain {
  readonly connections: readonly string[];
  readonly tally: Readonly<Record<string, number>>;
}

interface Side {
  readonly address: string;
  readonly port: number;
}

interface Flow {
  readonly from: Side;
  readonly to: Side;
  readonly protocol: number;
  readonly rejected: boolean;
  readonly packets: number;
  readonly bytes: number;
  readonly start: number | undefined;
  readonly end: number | undefined;
}

/** Decodes text without headers. */
export function decodePlainly(text: string, servicePorts: readonly number[]): Plain {
  const tally = { lines: 0, blanks: 0, records: 0, accepted: 0, rejected: 0, noData: 0, skipData: 0, malformed: 0 };
  const conversations = new Map<string, Flow[]>();
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    tally.lines += 1;
    const kind = readLine(line);
    if (typeof kind === "string") tally[kind] += 1;
    else {
      tally.records += 1;
      tally[kind.rejected ? "rejected" : "accepted"] += 1;
      const key = [nameOf(kind.from), nameOf(kind.to)].sort().join(" ") + kind.protocol;
      conversations.set(key, [...(conversations.get(key) ?? []), kind]);
    }
  }
  return { connections: connectionsOf([...conversations.values()], servicePorts), tally };
}

function readLine(line: string): Flow | "blanks" | "noData" | "skipData" | "malformed" {
  const text = line.replace(/\r$/, "");
  if (Buffer.byteLength(line, "latin1") > MAX_LINE) return "malformed";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x08\x0a-\x1f]/.test(text)) return "malformed";
  const fields = text.split(/[ \t]+/).filter((field) => field !== "");
  if (fields.length === 0) return "blanks";
  if (fields.length !== FIELDS) return "malformed";
  const [, , , source = "", destination = "", ...rest] = fields;
  const [srcport = "", dstport = "", protocolText = "", packets = "", bytes = "", start = "", end = ""] = rest;
  const [action = "", status = ""] = rest.slice(7);
  if (status === "NODATA") return "noData";
  if (status === "SKIPDATA") return "skipData";
  if (status !== "OK" && status !== "-") return "malformed";
  if (source === "-" && destination === "-") return "noData";
  const protocol = numberOf(protocolText);
  const from = { address: addressOf(source), port: portOf(srcport, protocol) };
  const to = { address: addressOf(destination), port: portOf(dstport, protocol) };
  const numbers = [packets, bytes].map((field) => (field === "-" ? 0 : numberOf(field)));
  const times = [start, end].map((field) => (field === "-" ? -1 : secondsOf(numberOf(field))));
  const isWrong =
    !(protocol >= 0 && protocol <= 255) ||
    ![from.port, to.port].every((port) => port >= 0 && port <= 65_535) ||
    [...numbers, ...times].some(Number.isNaN) ||
    !["ACCEPT", "REJECT", "-"].includes(action) ||
    from.address === "" ||
    to.address === "";
  if (isWrong) return "malformed";
  const [first = -1, last = -1] = times;
  return {
    ...{ from, to, protocol, rejected: action === "REJECT" },
    ...{ packets: numbers[0] ?? 0, bytes: numbers[1] ?? 0 },
    ...{ start: first < 0 ? undefined : first, end: last < 0 ? undefined : last },
  };
}

function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function portOf(text: string, protocol: number): number {
  return text === "-" && !WITH_PORTS.includes(protocol) ? 0 : numberOf(text);
}

function secondsOf(time: number): number {
  const seconds = time > 2_147_483_647 ? Math.floor(time / 1000) : time;
  return seconds > 2_147_483_647 ? Number.NaN : seconds;
}

function addressOf(text: string): string {
  const family = isIP(text);
  if (family === 0 || text.includes("%")) return "";
  return family === 4 ? text : canonical(text);
}

// as the URL standard writes it, but for IPv4 inside of IPv6, which RFC 5952 has in dots
function canonical(text: string): string {
  const address = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped === null) return address;
  const [upper = 0, lower = 0] = mapped.slice(1).map((group) => Number.parseInt(group, 16));
  return `::ffff:${[upper >> 8, upper & 255, lower >> 8, lower & 255].join(".")}`;
}

const nameOf = ({ address, port }: Side): string => `${address} ${port}`;

function connectionsOf(conversations: readonly Flow[][], servicePorts: readonly number[]): string[] {
  // no flags in the default format, so nobody is known to serve by a SYN-ACK
  const connections = new Map<string, Flow[]>();
  for (const flows of conversations) {
    const server = serverOf(flows, servicePorts);
    const [flow] = flows;
    if (flow === undefined) continue;
    const client = nameOf(flow.from) === nameOf(server) ? flow.to : flow.from;
    const name = `${client.address}>${server.address}:${server.port}/${flow.protocol}`;
    connections.set(name, [...(connections.get(name) ?? []), ...flows]);
  }
  const sum = (flows: readonly Flow[], value: (flow: Flow) => number) =>
    flows.reduce((all, flow) => all + value(flow), 0);
  const known = (times: readonly (number | undefined)[]) => times.filter((time) => time !== undefined);
  return [...connections]
    .map(([name, flows]) => {
      const starts = known(flows.map(({ start }) => start));
      const ends = known(flows.map(({ end }) => end));
      const seen = [starts.length > 0 ? Math.min(...starts) : "-", ends.length > 0 ? Math.max(...ends) : "-"];
      const rejected = flows.filter((flow) => flow.rejected).length;
      return [name, flows.length, rejected, sum(flows, (f) => f.packets), sum(flows, (f) => f.bytes), ...seen].join(
        " ",
      );
    })
    .sort();
}

function serverOf(flows: readonly Flow[], servicePorts: readonly number[]): Side {
  const [flow] = flows;
  if (flow === undefined) throw new Error("a conversation has a record");
  const { from: a, to: b } = flow;
  const oneOf = (isA: boolean, isB: boolean) => (isA === isB ? undefined : isA ? a : b);
  const begun = (time: number | undefined) => time ?? Number.POSITIVE_INFINITY;
  const earliest = Math.min(...flows.map(({ start }) => begun(start)));
  const firsts = flows.filter(({ start }) => begun(start) === earliest).map(({ to }) => nameOf(to));
  return (
    oneOf(servicePorts.includes(a.port), servicePorts.includes(b.port)) ??
    oneOf(a.port < FIRST_EPHEMERAL_PORT, b.port < FIRST_EPHEMERAL_PORT) ??
    oneOf(firsts.includes(nameOf(a)), firsts.includes(nameOf(b))) ??
    oneOf(a.port < b.port, b.port < a.port) ??
    (compareAddresses(a.address, b.address) <= 0 ? a : b)
  );
}

/** By value, IPv4 before IPv6. */
function compareAddresses(one: string, other: string): number {
  const value = (address: string): bigint => {
    if (!address.includes(":")) return address.split(".").reduce((all, octet) => all * 256n + BigInt(octet), 0n);
    return (1n << 200n) + groupsOf(address).reduce((all, group) => all * 65_536n + BigInt(group), 0n);
  };
  const [a, b] = [value(one), value(other)];
  return a < b ? -1 : Number(a > b);
}

function groupsOf(address: string): number[] {
  const withoutDots = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(":"),
  );
  const [before = "", after] = withoutDots.split("::");
  const groups = (part: string) =>
    part
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  if (after === undefined) return groups(before);
  const [head, tail] = [groups(before), groups(after)];
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
