import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { FlowLogDecoder } from "../../flow-logs/flow-log-decoder";
import type { RandomAccess } from "../../flow-logs/parquet/column-reader";
import { parquetRows } from "../../flow-logs/parquet/parquet-file";
import { DEFAULT_LIMITS, type InflationLimits } from "../../flow-logs/unreadable";
import { arrows, CUSTOM_FORMAT, decode, type FlowLog, file, reply, request } from "../support/flow-log-lines";
import { countingAccess, parquetFile } from "../support/parquet-files";

const FIXTURES = join(__dirname, "..", "fixtures");
const decoder = new FlowLogDecoder({ servicePorts: [5432] });

async function decodeParquet(
  source: Buffer | RandomAccess,
  { limits = DEFAULT_LIMITS, needsVolumes = true }: { limits?: InflationLimits; needsVolumes?: boolean } = {},
): Promise<FlowLog> {
  const access = Buffer.isBuffer(source) ? countingAccess(source) : source;
  const connections: FlowLog["connections"][number][] = [];
  decoder.begin();
  for await (const rows of parquetRows(access, { limits, needsVolumes }))
    for (const list of decoder.pushRows(rows)) connections.push(...list);
  const spilled = connections.length;
  for (const list of decoder.finish()) connections.push(...list);
  return { ...decoder.summary(), connections, spilled };
}

/** The same as a text's, but for the header that a text has. */
function asParquet({ tally, ...log }: FlowLog): FlowLog {
  return { ...log, tally: { ...tally, lines: tally.lines - tally.headers, headers: 0 } };
}

const RECORDS = Array.from({ length: 3_000 }, (_, at) => {
  const record = request({
    srcaddr: at % 7 === 0 ? `2001:db8::${(at % 50).toString(16)}` : `10.0.${at % 3}.${at % 200}`,
    srcport: `${32_768 + ((at * 7) % 20_000)}`,
    packets: `${at}`,
    bytes: `${at * 5_000_000_000}`,
    start: `${1_620_140_700 + (at % 60)}`,
    action: at % 11 === 0 ? "REJECT" : "ACCEPT",
  });
  return at % 2 === 0 ? record : reply(record);
});

describe("Parquet flow logs", () => {
  // written by Apache Arrow from flow-logs.txt, each in its own way of encoding, compressing, and saying that there is no value
  for (const name of ["gzip", "snappy-v2", "plain", "delta-brotli"]) {
    it(`say the same as the text that they were made of: ${name}`, async () => {
      const log = await decodeParquet(readFileSync(join(FIXTURES, `flow-logs-${name}.parquet`)));

      const text = decode(readFileSync(join(FIXTURES, "flow-logs.txt")));
      assert.deepEqual(log, asParquet(text));
      assert.ok(
        log.tally.noData > 0 && log.tally.skipData > 0 && log.connections.some(({ client }) => client.includes(":")),
      );
    });
  }

  for (const options of [
    {},
    { codec: "SNAPPY", rowsPerGroup: 700 },
    { codec: "UNCOMPRESSED", pageBytes: 900 },
    { rowsPerGroup: 1_111, pageBytes: 2_000 },
  ] as const) {
    it(`are read whatever their row groups and pages are: ${JSON.stringify(options)}`, async () => {
      const log = await decodeParquet(parquetFile(CUSTOM_FORMAT, RECORDS, options));

      assert.deepEqual(log, asParquet(decode(file(CUSTOM_FORMAT, RECORDS))));
    });
  }

  it("are read in any order of columns, and without those that may be missing", async () => {
    const columns = CUSTOM_FORMAT.filter((name) => !/^(pkt-|tcp-flags|packets|bytes|end|action|log-status)/.test(name));
    const records = RECORDS.slice(0, 100);

    const log = await decodeParquet(parquetFile(columns.toReversed(), records));

    assert.deepEqual(log, asParquet(decode(file(columns, records))));
    assert.equal(log.connections[0]?.lastSeen, undefined);
  });

  it("are refused when a needed column is missing, and it is named", async () => {
    const columns = CUSTOM_FORMAT.filter((name) => name !== "dstport");

    await assert.rejects(decodeParquet(parquetFile(columns, RECORDS.slice(0, 9))), {
      name: "FormatError",
      message: /lacks dstport/,
    });
  });

  it("have rows without addresses, and rows that are wrong, as lines do", async () => {
    const rows = [
      { "log-status": "NODATA" },
      { "log-status": "SKIPDATA", "interface-id": "eni-7" },
      { "log-status": "SKIPDATA", "interface-id": "eni-7" },
      request({ protocol: "256" }),
      request({ dstport: "65536" }),
      request({ srcport: "-" }),
      request({ srcport: "-", dstport: "-", protocol: "1" }),
      request({ action: "ALLOW" }),
      request({ "log-status": "FINE" }),
      request({ "pkt-srcaddr": "10.0.0.256" }),
      request({ "pkt-dstaddr": "nobody" }),
      request({ start: "99999999999999" }),
      request({ bytes: "-5" }),
      request(),
    ];

    const log = await decodeParquet(parquetFile(CUSTOM_FORMAT, rows));

    const { lines, records, noData, skipData, malformed } = log.tally;
    assert.deepEqual(
      { lines, records, noData, skipData, malformed },
      {
        ...{ lines: 14, records: 3, noData: 1, skipData: 2, malformed: 8 },
      },
    );
    assert.deepEqual([...log.skipDataByInterface], [["eni-7", 2]]);
    assert.deepEqual(
      log.malformedLines.map(({ line, reason }) => [line, reason]),
      [
        [4, "protocol is not a number from 0 to 255"],
        [5, "dstport is not a port"],
        [6, "srcport is not a port"],
        [8, "action is not ACCEPT or REJECT"],
        [9, "log-status is not OK, NODATA or SKIPDATA"],
      ],
    );
  });

  it("need only the columns that a connection is made of, and the volumes only when they are asked for", async () => {
    const columns = [...CUSTOM_FORMAT, "vpc-id", "subnet-id", "instance-id", "az-id"];
    const wide = RECORDS.map((record, at) => ({ ...record, "vpc-id": `vpc-${at}`, "subnet-id": `s-${at * 7}` }));
    const bytes = parquetFile(columns, wide, { codec: "UNCOMPRESSED" });
    const read = async (needsVolumes: boolean) => {
      const access = countingAccess(bytes);
      const log = await decodeParquet(access, { needsVolumes });
      return { log, bytes: access.reads.reduce((sum, { start, end }) => sum + end - start, 0) };
    };

    const [all, some] = [await read(true), await read(false)];

    assert.ok(all.bytes < 0.7 * bytes.length, `${all.bytes} of ${bytes.length}`);
    assert.ok(some.bytes < 0.8 * all.bytes, `${some.bytes} of ${all.bytes}`);
    assert.deepEqual(arrows(some.log), arrows(all.log));
    assert.deepEqual(some.log.tally, all.log.tally);
    assert.ok(some.log.connections.every(({ packets, lastSeen }) => packets === 0 && lastSeen === undefined));
  });

  it("are read two megabytes at a time, however large a column is", async () => {
    const many = Array.from({ length: 60_000 }, (_, at) =>
      request({
        "pkt-srcaddr": `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
        "interface-id": `eni-${at}-${"x".repeat(60)}`,
      }),
    );
    const bytes = parquetFile(CUSTOM_FORMAT, many, { codec: "UNCOMPRESSED", pageBytes: 100_000 });
    const access = countingAccess(bytes);

    const { connections } = await decodeParquet(access);

    assert.equal(connections.length, 60_000);
    assert.ok(access.reads.some(({ start, end }) => end - start === 2 * 2 ** 20));
    assert.ok(access.reads.every(({ start, end }) => end - start <= 2 * 2 ** 20));
  });

  it("fail with what reading them threw, which is no fault of theirs", async () => {
    const bytes = parquetFile(CUSTOM_FORMAT, RECORDS);
    const failure = new Error("the connection broke");
    let reads = 0;
    const access: RandomAccess = {
      lengthBytes: bytes.length,
      read: async (start, end) => {
        reads += 1;
        if (reads > 5) throw failure;
        return bytes.subarray(start, end);
      },
    };

    await assert.rejects(decodeParquet(access), (error) => error === failure);
  });

  it("yield connections as they go when there is no room for all, IPv6 too", async () => {
    const capacity = { conversations: 2_048, connections: 4_096, ipv6Addresses: 16_384 };
    const small = new FlowLogDecoder({ servicePorts: [5432], capacity });
    const many = Array.from({ length: 30_000 }, (_, at) => request({ srcaddr: `2001:db8::${at.toString(16)}` }));
    const found = new Set<string>();
    let lists = 0;
    small.begin();
    for await (const rows of parquetRows(countingAccess(parquetFile(CUSTOM_FORMAT, many)), {
      limits: DEFAULT_LIMITS,
      needsVolumes: false,
    })) {
      for (const list of small.pushRows(rows)) {
        lists += 1;
        for (const { client } of list) found.add(client);
      }
    }
    for (const list of small.finish()) for (const { client } of list) found.add(client);

    assert.ok(lists > 3);
    assert.equal(found.size, 30_000);
  });
});

describe("a Parquet file that is not what it says", () => {
  const good = parquetFile(CUSTOM_FORMAT, RECORDS.slice(0, 200));
  const footerLength = good.readUInt32LE(good.length - 8);
  const withFooterLength = (length: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt32LE(length, copy.length - 8);
    return copy;
  };
  const unreadable = { name: "UnreadableFileError" };

  for (const { what, bytes, says } of [
    { what: "is empty but for its first bytes", bytes: Buffer.from("PAR1"), says: /of 4 bytes is cut off/ },
    { what: "is cut off", bytes: good.subarray(0, good.length - 100), says: /does not end in PAR1/ },
    {
      what: "says that its footer is longer than itself",
      bytes: withFooterLength(0xffff_fff0),
      says: /no footer of 4294967280/,
    },
    { what: "says that its footer is shorter than it is", bytes: withFooterLength(footerLength - 40), says: /damaged/ },
    { what: "has no footer", bytes: withFooterLength(0), says: /damaged/ },
  ]) {
    it(`is refused when it ${what}`, async () => {
      await assert.rejects(decodeParquet(bytes), { ...unreadable, message: says });
    });
  }

  it("is refused when it inflates to more than it may", async () => {
    await assert.rejects(decodeParquet(good, { limits: { maxBytes: 5_000, maxRatio: 1_000 } }), {
      ...unreadable,
      message: /inflates to more than 5000 bytes/,
    });
  });

  it("is refused when next to nothing stands for more rows than there may be bytes", async () => {
    const same = Array.from({ length: 100_000 }, () => request());
    const bomb = parquetFile(CUSTOM_FORMAT, same);
    assert.ok(bomb.length < 40_000, `${bomb.length}`);

    await assert.rejects(decodeParquet(bomb, { limits: { maxBytes: 1_000_000, maxRatio: 1_000 } }), {
      ...unreadable,
      message: /more than 1000000 bytes/,
    });
  });

  it("is read, or refused, whatever byte of it is another: nothing crashes, hangs or counts a row twice", async () => {
    const footer = good.length - 8 - footerLength;
    const anywhere = fc.oneof(fc.nat(good.length - 1), fc.integer({ min: footer, max: good.length - 1 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anywhere, fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;

        try {
          const { tally } = await decodeParquet(bytes);
          const { lines, records, noData, skipData, malformed } = tally;
          assert.equal(lines, records + noData + skipData + malformed);
        } catch (error) {
          assert.match((error as Error).name, /^(UnreadableFileError|FormatError)$/, (error as Error).stack);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
