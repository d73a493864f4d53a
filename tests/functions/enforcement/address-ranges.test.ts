import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AddressRange,
  blocksOf,
  cidrOf,
  isCovered,
  parseRange,
  rangeText,
  subtract,
  union,
} from "../../../functions/enforcement/address-ranges";
import { isPrivate } from "../../../functions/enforcement/private-addresses";

/** Ranges in a corner of each family, small enough to be counted address by address. */
const corner = fc
  .record({ family: fc.constantFrom(4 as const, 6 as const), first: fc.nat(60), size: fc.nat(20) })
  .map(({ family, first, size }): AddressRange => ({ family, first: BigInt(first), last: BigInt(first + size) }));
const corners = fc.array(corner, { maxLength: 8 });

const addressesIn = (ranges: readonly AddressRange[]): Set<string> =>
  new Set(
    ranges.flatMap(({ family, first, last }) =>
      Array.from({ length: Number(last - first) + 1 }, (_, at) => `${family}:${first + BigInt(at)}`),
    ),
  );
const sorted = (addresses: Iterable<string>) => [...addresses].sort();
const range = (text: string, to?: string): AddressRange => parseRange(text, to) ?? assert.fail(text);

describe("address ranges", () => {
  for (const [text, to, cidr] of [
    ["10.0.0.1", undefined, "10.0.0.1/32"],
    ["10.0.0.7/24", undefined, "10.0.0.0/24"],
    ["0.0.0.0/0", undefined, "0.0.0.0/0"],
    ["10.0.0.0", "10.0.0.255", "10.0.0.0/24"],
    ["FD00:0:0::1", undefined, "fd00::1/128"],
    ["fe80::1%eth0", undefined, "fe80::1/128"],
    ["fd00::/8", undefined, "fd00::/8"],
    ["::/0", undefined, "::/0"],
    ["::ffff:10.0.0.1", undefined, "10.0.0.1/32"],
    ["::ffff:10.0.0.0/104", undefined, "10.0.0.0/8"],
    ["10.0.0.1", "10.0.0.2", "10.0.0.1/32-10.0.0.2/32"],
  ] as const) {
    it(`reads ${text}${to === undefined ? "" : ` to ${to}`}`, () => {
      assert.equal(
        blocksOf([range(text, to)])
          .map(cidrOf)
          .join("-"),
        cidr,
      );
    });
  }

  for (const [text, to] of [
    ["10.1"],
    ["10.0.0.256"],
    ["010.0.0.1"],
    ["10.0.0.0/33"],
    ["10.0.0.0/8/8"],
    ["fd00::/129"],
    ["example.com"],
    [""],
    ["10.0.0.2", "10.0.0.1"],
    ["10.0.0.0/8", "11.0.0.0"],
    ["10.0.0.1", "fd00::1"],
    ["10.0.0.1", "later"],
  ] as const) {
    it(`takes "${text}"${to === undefined ? "" : ` to "${to}"`} for no addresses`, () => {
      assert.equal(parseRange(text, to), undefined);
    });
  }

  it("joined or cut have exactly the addresses that they should, in no more ranges than it takes", () => {
    fc.assert(
      fc.property(corners, corners, (some, taken) => {
        const [joined, left] = [union(some), subtract(some, taken)];

        assert.deepEqual(sorted(addressesIn(joined)), sorted(addressesIn(some)));
        const gone = addressesIn(taken);
        assert.deepEqual(sorted(addressesIn(left)), sorted([...addressesIn(some)].filter((each) => !gone.has(each))));
        for (const ranges of [joined, left]) {
          ranges.slice(1).forEach((each, at) => {
            const before = ranges[at];
            assert.ok(before?.family !== each.family || before.last + 1n < each.first, "ranges touch");
          });
        }
      }),
    );
  });

  it("become the fewest networks that have exactly their addresses, none more", () => {
    fc.assert(
      fc.property(corners, (some) => {
        const blocks = blocksOf(some);

        assert.deepEqual(sorted(addressesIn(blocks)), sorted(addressesIn(some)));
        const texts = blocks.map(cidrOf);
        assert.deepEqual(
          texts.map((text) => parseRange(text)),
          blocks,
          "a network that is not aligned",
        );
        // two neighbours of one size that begin where their union could would be one
        blocks.slice(1).forEach((each, at) => {
          const before = blocks[at] ?? each;
          const size = before.last - before.first + 1n;
          const isMergeable =
            before.family === each.family &&
            each.last - each.first + 1n === size &&
            before.last + 1n === each.first &&
            before.first % (size * 2n) === 0n;
          assert.ok(!isMergeable, texts.join());
        });
      }),
    );
  });

  it("say what they are, and whether others cover them", () => {
    assert.equal(rangeText(range("10.0.0.1", "10.0.0.4")), "10.0.0.1-10.0.0.4");
    assert.equal(rangeText(range("10.0.0.0", "10.0.0.3")), "10.0.0.0/30");
    assert.ok(isCovered(range("10.0.0.0/30"), [range("10.0.0.0/31"), range("10.0.0.2/31")]));
    assert.ok(!isCovered(range("10.0.0.0/30"), [range("10.0.0.0/31"), range("10.0.0.3")]));
  });
});

describe("private addresses", () => {
  for (const text of ["10.0.0.0/8", "10.1.2.3", "172.31.255.255", "192.168.0.0/16", "100.64.0.1", "fd12::1"])
    it(`are those of ${text}`, () => assert.ok(isPrivate(range(text))));

  for (const text of [
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/7",
    "172.32.0.1",
    "203.0.113.9",
    "127.0.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "2a05:d018::1",
  ])
    it(`are not those of ${text}`, () => assert.ok(!isPrivate(range(text))));
});
