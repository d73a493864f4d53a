import assert from "node:assert/strict";
import fc from "fast-check";
import { type ConnectionFilter, filterOf, networkOf, portsOf } from "../../flows/connection-filter";
import { secondsOf, timeText } from "../../flows/time-text";

const CONNECTION = {
  ...{ client: "10.0.1.5", server: "10.0.20.7", port: 5432, protocol: 6, records: 2, packets: 1, bytes: 1 },
  ...{ firstSeen: 1, lastSeen: 2, rejected: 0 },
};
const ALL: ConnectionFilter = { client: [], server: [], port: [], rejected: false };
const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const bitsOf = (address: readonly number[]) => address.map((octet) => octet.toString(2).padStart(8, "0")).join("");
const bitsOfGroups = (groups: readonly number[]) => groups.map((group) => group.toString(2).padStart(16, "0")).join("");

const isWithin = (network: string, client: string): boolean => {
  const parsed = networkOf(network);
  assert.ok(parsed, network);
  return filterOf({ ...ALL, client: [parsed] })({ ...CONNECTION, client });
};

describe("the filter of networks", () => {
  it("lets through the addresses whose first bits are the block's, and no others", () => {
    const near = fc.tuple(octets, fc.nat(32), fc.nat(31)).map(([address, length, flipped]) => {
      const value = (BigInt(`0b${bitsOf(address)}`) ^ (1n << BigInt(flipped))).toString(16).padStart(8, "0");
      const other = [0, 2, 4, 6].map((at) => Number.parseInt(value.slice(at, at + 2), 16));
      return { address, length, other };
    });
    fc.assert(
      fc.property(near, ({ address, length, other }) => {
        const expected = bitsOf(address).slice(0, length) === bitsOf(other).slice(0, length);
        assert.equal(isWithin(`${address.join(".")}/${length}`, other.join(".")), expected);
        assert.equal(isWithin(`${address.join(".")}/${length}`, address.join(".")), true);
      }),
    );
  });

  it("does the same for IPv6", () => {
    const groups = fc.array(fc.constantFrom(0, 1, 0x8000, 0xffff), { minLength: 8, maxLength: 8 });
    const text = (address: readonly number[]) => address.map((group) => group.toString(16)).join(":");
    fc.assert(
      fc.property(groups, groups, fc.nat(128), (block, address, length) => {
        const expected = bitsOfGroups(block).slice(0, length) === bitsOfGroups(address).slice(0, length);
        assert.equal(isWithin(`${text(block)}/${length}`, text(address)), expected);
      }),
    );
  });

  it("takes no IPv4 address for one of an IPv6 block, and none the other way round", () => {
    assert.equal(isWithin("::/0", "10.0.1.5"), false);
    assert.equal(isWithin("0.0.0.0/0", "2001:db8::1"), false);
  });

  it("refuses what is neither an address nor a block, whatever it is", () => {
    for (const text of [
      "",
      "10.0.0",
      "10.0.0.0/33",
      "::/129",
      "10.0.0.0/",
      "/8",
      "010.0.0.1",
      "fe80::1%eth0",
      "1.2.3.4/8/8",
    ])
      assert.equal(networkOf(text), undefined, text);
    fc.assert(fc.property(fc.string(), (text) => assert.doesNotThrow(() => networkOf(text))));
  });
});

describe("the filter of ports", () => {
  it("lets through the ports from the first to the last", () => {
    fc.assert(
      fc.property(fc.nat(65_535), fc.nat(65_535), fc.nat(65_535), (one, other, port) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)];
        const range = portsOf(first === last ? `${first}` : `${first}-${last}`);
        assert.deepEqual(range, { first, last });
        assert.equal(
          filterOf({ ...ALL, port: [{ first, last }] })({ ...CONNECTION, port }),
          port >= first && port <= last,
        );
      }),
    );
  });

  it("refuses what is no port and no range", () => {
    for (const text of ["", "-1", "65536", "9-8", "1-", "1-2-3", "0x10", "1e3", " 5"])
      assert.equal(portsOf(text), undefined, text);
  });
});

describe("the filter of rejected records", () => {
  it("lets through connections with at least one", () => {
    const isWanted = filterOf({ ...ALL, rejected: true });

    assert.deepEqual(
      [0, 1, 2].map((rejected) => isWanted({ ...CONNECTION, rejected })),
      [false, true, true],
    );
  });
});

describe("a time on the command line", () => {
  it("is read as it is written, to the second", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (seconds) => {
        assert.equal(secondsOf(timeText(seconds)), seconds);
        assert.equal(secondsOf(`${seconds}`), seconds);
      }),
    );
  });

  it("is UTC unless it names a zone, wherever the computer is", () => {
    assert.equal(secondsOf("2026-01-02"), Date.UTC(2026, 0, 2) / 1000);
    assert.equal(secondsOf("2026-01-02T03:04"), Date.UTC(2026, 0, 2, 3, 4) / 1000);
    assert.equal(secondsOf("2026-01-02T03:04:05.678"), Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
    assert.equal(secondsOf("2026-01-02T03:04:05+02:00"), Date.UTC(2026, 0, 2, 1, 4, 5) / 1000);
  });

  it("is refused when there is no such day or time", () => {
    for (const text of [
      "",
      "2026-02-30",
      "2026-13-01",
      "2026-01-01T25:00",
      "1969-12-31",
      "2026-1-1",
      "3000000000",
      "now",
      "-1",
    ])
      assert.equal(secondsOf(text), undefined, text);
  });
});
