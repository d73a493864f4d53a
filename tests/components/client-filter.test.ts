import assert from "node:assert/strict";
import fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import { formatNetwork, networkSize } from "../../components/cidr";
import {
  type ClientLog,
  LONGEST_PATTERN,
  MOST_PATTERNS,
  outsideClientPatterns,
  outsideClients,
} from "../../components/client-filter";
import { matchesPattern } from "../support/filter-patterns";

const POSTGRESQL: ClientLog = { before: "received:\\shost=", end: " ", local: ["[", "::1 "] };
const AUDIT: ClientLog = { before: ",", end: ",", after: "\\d+,\\d+,[FAILED_]*CONNECT,", local: ["localhost,", ","] };

const LINES: readonly [string, ClientLog, (client: string) => string][] = [
  ["PostgreSQL's log", POSTGRESQL, (client) => `LOG:  connection received: host=${client} port=50000`],
  ["the audit plugin's log", AUDIT, (client) => `20260102 03:04:05,ip-10-0-0-9,app,${client},5,0,CONNECT,shop,,0`],
];

const addresses = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const networks = fc
  .tuple(addresses, fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => formatNetwork({ first: address - (address % networkSize(prefix)), prefix }));
const nested = fc
  .tuple(addresses, fc.array(fc.integer({ min: 0, max: 32 }), { minLength: 2, maxLength: 4 }))
  .map(([address, prefixes]) =>
    prefixes.map((prefix) => formatNetwork({ first: address - (address % networkSize(prefix)), prefix })),
  );
const text = (address: number) => formatNetwork({ first: address, prefix: 32 }).replace("/32", "");

/** Addresses in and about a network, where a mistake would be: its ends, their neighbours, and what reads alike. */
const near = (cidr: string) => {
  const [first, prefix] = ipaddr.parseCIDR(cidr);
  const start = first.toByteArray().reduce((sum, octet) => sum * 256 + octet, 0);
  const ends = [start, start + networkSize(prefix) - 1].flatMap((end) => [end - 1, end, end + 1]);
  const inside = fc.integer({ min: 0, max: networkSize(prefix) - 1 }).map((more) => start + more);
  const alike = fc.constantFrom(...ends.map((end) => Math.floor(end / 10)), ...ends.map((end) => end * 10));
  return fc
    .oneof(addresses, inside, fc.constantFrom(...ends), alike)
    .map((address) => text(((address % 2 ** 32) + 2 ** 32) % 2 ** 32));
};

const isInside = (client: string, cidrs: readonly string[]) =>
  ["127.0.0.0/8", ...cidrs].some((cidr) => ipaddr.IPv4.parse(client).match(ipaddr.IPv4.parseCIDR(cidr)));

const matches = (patterns: readonly string[], line: string) =>
  patterns.filter((pattern) => matchesPattern(pattern, line)).length;

describe("the patterns of clients from outside", () => {
  for (const [what, log, line] of LINES) {
    it(`match, in ${what}, each IPv4 client outside of any network once, and none inside`, () => {
      fc.assert(
        fc.property(
          networks.chain((cidr) => fc.tuple(fc.constant(cidr), near(cidr))),
          ([cidr, client]) => {
            const patterns = outsideClientPatterns(log, [cidr]);

            assert.equal(matches(patterns, line(client)), isInside(client, [cidr]) ? 0 : 1, `${client} of ${cidr}`);
          },
        ),
        { numRuns: 400 },
      );
    });

    it(`match, in ${what}, each client outside of many networks once, whether they overlap or not`, () => {
      fc.assert(
        fc.property(
          fc
            .array(networks, { minLength: 2, maxLength: 6 })
            .chain((cidrs) => fc.tuple(fc.constant(cidrs), fc.oneof(...cidrs.map(near)))),
          ([cidrs, client]) => {
            assert.equal(matches(outsideClientPatterns(log, cidrs), line(client)), isInside(client, cidrs) ? 0 : 1);
          },
        ),
        { numRuns: 400 },
      );
    });

    it(`take, in ${what}, IPv6 clients and names for outside, whatever the networks`, () => {
      const clients = fc.oneof(
        fc.ipV6().filter((address) => !["::1", "0:0:0:0:0:0:0:1"].includes(address)),
        fc.constantFrom("2001:db8::1", "::ffff:10.0.0.1", "1:2::3", "::2", "::10", "host.example.com"),
      );
      fc.assert(
        fc.property(networks, clients, (cidr, client) => {
          const patterns = outsideClientPatterns(log, [cidr]);
          assert.equal(
            matches(patterns, line(new URL(`http://${bracketed(client)}`).hostname.replace(/[[\]]/g, ""))),
            1,
          );
        }),
      );
    });

    it(`fit, in ${what}, into a log group for any VPC and sixteen networks of clients, and let in no fewer of those`, () => {
      const vpcs = fc.constantFrom("10.0.16.0/20", "172.16.0.0/16", "192.168.77.0/24");
      fc.assert(
        fc.property(vpcs, fc.array(networks, { maxLength: 16 }), (vpc, others) => {
          const patterns = outsideClients(log, [vpc], others);

          assert.ok(patterns.length <= MOST_PATTERNS);
          assert.ok(patterns.every(({ length }) => length <= LONGEST_PATTERN));
          for (const cidr of [vpc, ...others]) assert.equal(matches(patterns, line(cidr.replace(/\/.*/, ""))), 0, cidr);
        }),
        { numRuns: 100 },
      );
    });
  }

  it("say nothing of a network inside of another, whichever comes first", () => {
    fc.assert(
      fc.property(nested, (cidrs) => {
        const [widest = ""] = [...cidrs].sort((one, other) => prefixOf(one) - prefixOf(other));

        assert.deepEqual(
          alternatives(outsideClientPatterns(POSTGRESQL, cidrs)),
          alternatives(outsideClientPatterns(POSTGRESQL, [widest])),
        );
      }),
    );
  });

  it("are exact where they fit, and only then wider than the networks that may be", () => {
    const few = ["203.0.113.0/24", "198.51.100.7/32"];
    const many = Array.from({ length: 16 }, (_, at) => `${11 + 13 * at}.${3 * at}.${7 * at}.${15 * at}/32`);
    const [, , line] = LINES[0] ?? assert.fail();
    const seen = (others: readonly string[], client: string) =>
      matches(outsideClients(POSTGRESQL, ["10.0.0.0/16"], others), line(client));

    assert.equal(seen(few, "198.51.100.8"), 1);
    assert.equal(seen(many, "24.3.7.16"), 0, "a neighbour of a known client");
    assert.equal(seen(many, "25.3.7.15"), 1);
    assert.equal(seen(many, "10.1.0.0"), 1, "a neighbour of the VPC");
  });

  it("are what they look like", () => {
    assert.deepEqual(outsideClientPatterns({ before: "host=", end: " ", local: [] }, ["10.0.0.0/15"]), [
      "%host=[^1]|host=1[^02]|host=12[^7]|host=127[^\\.]|host=10[^\\.]|host=10\\.[^01]|host=10\\.[01][^\\.]%",
    ]);
  });
});

function bracketed(client: string): string {
  return client.includes(":") ? `[${client}]` : client;
}

const prefixOf = (cidr: string): number => Number(cidr.split("/")[1]);
const alternatives = (patterns: readonly string[]): readonly string[] =>
  patterns.flatMap((pattern) => pattern.slice(1, -1).split("|")).sort();
