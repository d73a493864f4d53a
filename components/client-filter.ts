// Which clients of a log come from outside of the known networks, as filter patterns of CloudWatch Logs. Pure.
import { formatNetwork, type Ipv4Network, networkSize, parseNetwork } from "./cidr";

/** Where a log says that a client came, and from which address. */
export interface ClientLog {
  /** What is right before the address, as a regular expression. */
  readonly before: string;
  /** The character that ends the address. */
  readonly end: " " | ",";
  /** What comes after the address and its end where a client came, as a regular expression: absent where `before` says enough. */
  readonly after?: string;
  /** How addresses of the database's own host begin that are no IPv4 addresses. */
  readonly local: readonly string[];
}

/** Filter patterns of a log group that may hold a regular expression (CloudWatch Logs API reference, "PutMetricFilter"). */
export const MOST_PATTERNS = 5;
/** Characters of a filter pattern (the same). */
export const LONGEST_PATTERN = 1024;

const LOOPBACK = "127.0.0.0/8";

/**
 * The patterns that between them match each line of a client from outside once, and no other line: IPv4 clients that are in none of the
 * networks, and all IPv6 clients and names, but not the database's own host.
 *
 * CloudWatch's regular expressions have no groups and no "not", but `[^...]` for a character. So the known addresses become a tree of
 * characters, and there is an alternative for each way to leave it. Rejected: a metric of all clients minus one of those inside, which two
 * filters publish at two times, and which is more than zero in between.
 */
export function outsideClientPatterns(log: ClientLog, networks: readonly string[]): readonly string[] {
  const inside: Tree = new Map();
  for (const text of [...log.local, ...[LOOPBACK, ...networks].flatMap((network) => beginningsOf(network, log.end))])
    plant(inside, text);
  return packed(waysOut(inside, log).map((way) => `${log.before}${way}`));
}

/**
 * The same, by as many patterns as a log group takes: where the networks need more, those that may be wider are read as ever wider ones,
 * of whole octets.
 */
export function outsideClients(
  log: ClientLog,
  exact: readonly string[],
  roughly: readonly string[],
): readonly string[] {
  const attempts = [32, 24, 16, 8].map((longest) =>
    outsideClientPatterns(log, [...exact, ...roughly.map((network) => atMost(network, longest))]),
  );
  const fitting = attempts.find((patterns) => patterns.length <= MOST_PATTERNS);
  if (fitting === undefined)
    throw new Error(
      `${exact.length + roughly.length} networks need more than ${MOST_PATTERNS} filter patterns; name fewer`,
    );
  return fitting;
}

function atMost(cidr: string, longest: number): string {
  const network = parseNetwork(cidr);
  return network === undefined || network.prefix <= longest ? cidr : wider(network, longest);
}

function wider({ first }: Ipv4Network, prefix: number): string {
  return formatNetwork({ first: first - (first % networkSize(prefix)), prefix });
}

// a character leads to a tree of those that may follow, or to an address that is known whatever follows
type Tree = Map<string, Tree | "known">;

/** What the texts of a network's addresses begin with, and no others: for 10.0.0.0/15, `10.0.` and `10.1.`. */
function beginningsOf(cidr: string, end: string): readonly string[] {
  const network = parseNetwork(cidr);
  if (network === undefined) throw new Error(`an IPv4 network is written like 10.0.0.0/16, got ${cidr}`);
  const { first, prefix } = network;
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  // the last octet that the prefix says something of; of /0 none does, but an IPv4 address has one
  const at = Math.max(0, Math.ceil(prefix / 8) - 1);
  const values = networkSize(prefix) / 2 ** (8 * (3 - at));
  const before = octets.slice(0, at).map((octet) => `${octet}.`);
  return Array.from({ length: values }, (_, more) =>
    [...before, `${(octets[at] ?? 0) + more}${at === 3 ? end : "."}`].join(""),
  );
}

function plant(tree: Tree, text: string): void {
  let place = tree;
  for (const [at, character] of [...text].entries()) {
    const next = place.get(character);
    // a wider network is here already
    if (next === "known") return;
    if (at === text.length - 1) {
      place.set(character, "known");
      return;
    }
    const grown = next ?? new Map();
    place.set(character, grown);
    place = grown;
  }
}

/** The ways from the root out of the tree, each a regular expression; branches that look the same go as one. */
function waysOut(tree: Tree, log: ClientLog, path = ""): readonly string[] {
  const branches = new Map<string, { characters: string[]; next: Tree | "known" }>();
  for (const [character, next] of tree) {
    const shape = shapeOf(next);
    const branch = branches.get(shape) ?? { characters: [], next };
    branch.characters.push(character);
    branches.set(shape, branch);
  }
  return [
    ...waysOutAt(path, [...tree.keys()], log),
    ...[...branches.values()].flatMap(({ characters, next }) =>
      next === "known" ? [] : waysOut(next, log, `${path}${anyOf(characters)}`),
    ),
  ];
}

// past the character that leaves the tree, the rest of the address is to be skipped where something is asked for after it
function waysOutAt(path: string, known: readonly string[], { end, after }: ClientLog): readonly string[] {
  if (after === undefined) return [`${path}${anyBut(known)}`];
  const another = `${path}${anyBut([...new Set([...known, end])])}[^${end}]*${end}${after}`;
  const mayEndHere = path.split("\\.").length === 4 && !path.endsWith("\\.") && !known.includes(end);
  return mayEndHere ? [another, `${path}${end}${after}`] : [another];
}

function shapeOf(tree: Tree | "known"): string {
  if (tree === "known") return "";
  const branches = [...tree].map(([character, next]) => `${character}(${shapeOf(next)})`);
  return branches.sort().join("");
}

function anyOf(characters: readonly string[]): string {
  const [first = "", ...others] = characters;
  return others.length === 0 ? escaped(first) : `[${ranges(characters)}]`;
}

function anyBut(characters: readonly string[]): string {
  return `[^${ranges(characters)}]`;
}

/** The characters as a class writes them: `0-35\.`. */
function ranges(characters: readonly string[]): string {
  const digits = characters.filter((character) => /\d/.test(character)).map(Number);
  const runs = digits
    .sort((one, other) => one - other)
    .reduce<number[][]>((found, digit) => {
      const run = found.at(-1);
      if (run?.at(-1) === digit - 1) run.push(digit);
      else found.push([digit]);
      return found;
    }, [])
    .map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join("")));
  const others = characters.filter((character) => !/\d/.test(character)).sort();
  return [...runs, ...others.map(escaped)].join("");
}

// a space is not among the characters that the guide lists, and \s is
function escaped(character: string): string {
  if (character === " ") return "\\s";
  return /[[\].]/.test(character) ? `\\${character}` : character;
}

function packed(alternatives: readonly string[]): readonly string[] {
  const expressions: string[] = [];
  for (const alternative of alternatives) {
    const joined = expressions.length === 0 ? alternative : `${expressions.pop()}|${alternative}`;
    if (joined.length <= LONGEST_PATTERN - "%%".length) expressions.push(joined);
    else expressions.push(joined.slice(0, -alternative.length - 1), alternative);
  }
  return expressions.map((expression) => `%${expression}%`);
}
