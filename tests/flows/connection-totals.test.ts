import assert from "node:assert/strict";
import fc from "fast-check";
import type { Connection } from "../../flow-logs/connections";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import { ConnectionTotals } from "../../flows/connection-totals";
import { DEFAULT_HEADER, file, request } from "../support/flow-log-lines";

/** The smallest tables there are: 2048 connections of a file, and of all files. */
const SMALL = { conversations: 2048, connections: 2048, ipv6Addresses: 16_384, keptConnections: 2048 };
const LARGE = { conversations: 2 ** 17, connections: 2 ** 17, ipv6Addresses: 2 ** 17, keptConnections: 2 ** 17 };
const DEFAULT = DEFAULT_HEADER.split(" ");

/** Records of clients by their numbers, every fourth over IPv6. A number is always the same connection. */
const log = (numbers: readonly number[], bytes: number): Buffer =>
  Buffer.from(
    file(
      DEFAULT,
      numbers.map((number) => {
        const isIpv6 = number % 4 === 0;
        const [srcaddr, dstaddr] = isIpv6
          ? [`2001:db8::${number.toString(16)}`, "2001:db8:20::7"]
          : [`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`, "10.0.20.7"];
        return request({ srcaddr, dstaddr, bytes: `${bytes}`, start: `${1000 + number}`, end: `${2000 + number}` });
      }),
    ),
  );

interface Reading {
  readonly decoder: FlowLogDecoder;
  readonly totals: ConnectionTotals;
}

const newReading = (capacity: typeof SMALL): Reading => {
  const decoder = new FlowLogDecoder({ servicePorts: [5432], capacity });
  return { decoder, totals: new ConnectionTotals(decoder) };
};

function read({ decoder, totals }: Reading, content: Buffer, isDamaged = false): void {
  decoder.begin();
  for (const list of decoder.push(content)) totals.add(list);
  if (isDamaged) {
    totals.abandon();
    return;
  }
  for (const list of decoder.finish()) totals.add(list);
  totals.end();
}

const sumOf = (connections: Iterable<Connection>, files: readonly (readonly number[])[]): void => {
  const expected = new Map<number, number>();
  for (const [at, numbers] of files.entries())
    for (const number of numbers) expected.set(number, (expected.get(number) ?? 0) + at + 1);
  let bytes = 0;
  let count = 0;
  for (const connection of connections) {
    count += 1;
    bytes += connection.bytes;
  }
  assert.equal(count, expected.size);
  assert.equal(
    bytes,
    [...expected.values()].reduce((sum, value) => sum + value, 0),
  );
};

describe("the connections of many files together", () => {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

  it("are the same whether all fit in memory or most went to disk, each once and in order", () => {
    const files = [range(1, 1500), range(1000, 9000), range(500, 2600), range(8000, 8100), range(1, 3000)];
    const [small, large] = [newReading(SMALL), newReading(LARGE)];
    for (const [at, numbers] of files.entries())
      for (const reading of [small, large]) read(reading, log(numbers, at + 1));

    sumOf(small.totals, files);
    assert.deepEqual([...small.totals], [...large.totals]);
  });

  it("can be looked at several times", () => {
    const reading = newReading(SMALL);
    read(reading, log(range(1, 6000), 1));

    assert.deepEqual([...reading.totals], [...reading.totals]);
  });

  it("have nothing of a file that turned out to be damaged, be it larger than memory", () => {
    const [damaged, plain] = [newReading(SMALL), newReading(SMALL)];
    const [first, last] = [log(range(1, 1800), 1), log(range(1700, 4000), 2)];
    for (const reading of [damaged, plain]) read(reading, first);
    read(damaged, log(range(1, 9000), 7), true);
    for (const reading of [damaged, plain]) read(reading, last);

    assert.deepEqual([...damaged.totals], [...plain.totals]);
  });

  it("are right after more runs on disk than are open at a time", () => {
    const reading = newReading(SMALL);
    const files = Array.from({ length: 20 }, (_, at) => range(1 + at * 500, 2000 + at * 500));
    for (const [at, numbers] of files.entries()) read(reading, log(numbers, at + 1));

    sumOf(reading.totals, files);
  });

  it("are right for any files", () => {
    const anyFile = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 3500 }));
    fc.assert(
      fc.property(fc.array(anyFile, { maxLength: 6 }), (parts) => {
        const files = parts.map(([from, length]) => range(from, from + length));
        const [small, large] = [newReading(SMALL), newReading(LARGE)];
        for (const [at, numbers] of files.entries())
          for (const reading of [small, large]) read(reading, log(numbers, at + 1));
        assert.deepEqual([...small.totals], [...large.totals]);
      }),
      { numRuns: 20 },
    );
  });
});
