import assert from "node:assert/strict";
import fc from "fast-check";
import type { Connection } from "../../flow-logs/connections";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { CUSTOM_FORMAT, decodeWith, file, reply, request } from "../support/flow-log-lines";

const SMALL = { conversations: 2_048, connections: 4_096, ipv6Addresses: 16_384 };
const name = ({ client, server, port, protocol }: Connection): string => [client, server, port, protocol].join();

/** Records of so many clients, each with two conversations of two directions. */
function traffic(clients: number, isIpv6 = false) {
  return Array.from({ length: clients }, (_, at) => {
    const srcaddr = isIpv6 ? `2001:db8::${at.toString(16)}` : `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
    const one = request({ srcaddr, srcport: `${40_000 + (at % 1_000)}` });
    const other = request({ srcaddr, srcport: `${50_000 + (at % 1_000)}` });
    return [one, reply(one), other, reply(other)];
  }).flat();
}

describe("a decoder whose tables are full", () => {
  const small = new FlowLogDecoder({ servicePorts: [5432], capacity: SMALL });
  const roomy = new FlowLogDecoder({ servicePorts: [5432] });

  for (const isIpv6 of [false, true]) {
    it(`yields connections as it goes, and every one of them: IPv${isIpv6 ? 6 : 4}`, () => {
      const text = file(CUSTOM_FORMAT, traffic(20_000, isIpv6));

      const some = decodeWith(small, text);
      const all = decodeWith(roomy, text);

      assert.ok(some.spilled > 0 && all.spilled === 0);
      assert.equal(all.connections.length, 20_000);
      assert.deepEqual(new Set(some.connections.map(name)), new Set(all.connections.map(name)));
      assert.deepEqual(some.tally, all.tally);
    });
  }

  it("adds up the same records, packets and bytes, in however many parts", () => {
    const text = file(CUSTOM_FORMAT, [...traffic(9_000), ...traffic(9_000)]);
    const sums = ({ connections }: { connections: readonly Connection[] }) => {
      const sum = new Map<string, number[]>();
      for (const connection of connections) {
        const [records = 0, packets = 0, bytes = 0] = sum.get(name(connection)) ?? [];
        sum.set(name(connection), [
          records + connection.records,
          packets + connection.packets,
          bytes + connection.bytes,
        ]);
      }
      return sum;
    };

    assert.deepEqual(sums(decodeWith(small, text)), sums(decodeWith(roomy, text)));
  });

  it("gives the same parts each time, so that a retry repeats the same requests", () => {
    const text = file(CUSTOM_FORMAT, traffic(12_000));

    assert.deepEqual(decodeWith(small, text), decodeWith(small, text));
  });

  it("gives the same parts however the bytes are cut", () => {
    const text = Buffer.from(file(CUSTOM_FORMAT, traffic(9_000)));
    const whole = decodeWith(small, text);
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 900_000 }), (size) => {
        const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
          text.subarray(at * size, (at + 1) * size),
        );

        assert.deepEqual(decodeWith(small, pieces), whole);
      }),
      { numRuns: 15 },
    );
  });

  it("reads the next file as if there had been none before", () => {
    decodeWith(small, file(CUSTOM_FORMAT, traffic(12_000)));

    const { connections, tally } = decodeWith(small, file(CUSTOM_FORMAT, [request()]));

    assert.deepEqual(connections.map(name), ["10.0.1.5,10.0.20.7,5432,6"]);
    assert.equal(tally.records, 1);
  });
});

describe("a decoder that keeps a time only", () => {
  const decoder = new FlowLogDecoder({ servicePorts: [5432], time: { from: 1_000, to: 2_000 } });
  const at = (start: string, end: string) => file(CUSTOM_FORMAT, [request({ start, end })]);

  for (const { start, end, kept } of [
    { start: "900", end: "999", kept: 0 },
    { start: "900", end: "1000", kept: 1 },
    { start: "2000", end: "2100", kept: 1 },
    { start: "2001", end: "2100", kept: 0 },
    { start: "-", end: "-", kept: 1 },
    { start: "2001", end: "-", kept: 0 },
  ]) {
    it(`${kept === 1 ? "keeps" : "leaves out, and counts,"} a record from ${start} to ${end}`, () => {
      const { connections, tally } = decodeWith(decoder, at(start, end));

      assert.equal(connections.length, kept);
      assert.equal(tally.records, 1);
    });
  }
});
