import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CUSTOM_FORMAT, DEFAULT_HEADER, file, reply, request } from "../support/flow-log-lines";
import { arrowsOf, runFlows, temporaryFolder } from "../support/flows-command";
import { parquetFile } from "../support/parquet-files";

const DEFAULT = DEFAULT_HEADER.split(" ");
const FROM_5 = request();
const FROM_6 = request({ srcaddr: "10.0.1.6", start: "1620150000", end: "1620150060", action: "REJECT" });
const FROM_IPV6 = request({ srcaddr: "2001:db8::5", dstaddr: "2001:db8:20::7", dstport: "3306", type: "IPv6" });

describe("the command flows", () => {
  const { path: folder, remove } = temporaryFolder();
  const run = (words: readonly string[], input?: Buffer | string) =>
    runFlows(words, input === undefined ? { folder } : { folder, input });

  before(() => {
    mkdirSync(join(folder, "logs", "deep"), { recursive: true });
    writeFileSync(join(folder, "logs", "a.log"), file(DEFAULT, [FROM_5, reply(FROM_5), FROM_6]));
    writeFileSync(join(folder, "logs", "deep", "b.log.gz"), gzipSync(file(CUSTOM_FORMAT, [FROM_5, FROM_IPV6])));
    writeFileSync(join(folder, "logs", "c.parquet"), parquetFile(CUSTOM_FORMAT, [FROM_5]));
    const message = (text: string) => ({ id: "1", timestamp: 1_620_140_761_000, message: text });
    const [, ...lines] = file(DEFAULT, [FROM_5]).trim().split("\n");
    writeFileSync(
      join(folder, "cloudwatch.json.gz"),
      gzipSync(JSON.stringify({ messageType: "DATA_MESSAGE", logEvents: lines.map(message) })),
    );
  });
  after(remove);

  it("prints the tally and the connections of all files of a folder together as JSON, sorted, each with its volumes", async () => {
    const { code, stdout, stderr } = await run(["--json", "logs"]);

    const times = { firstSeen: 1_620_140_761, lastSeen: 1_620_140_821 };
    const to = { server: "10.0.20.7", port: 5432, protocol: 6 };
    const later = { firstSeen: 1_620_150_000, lastSeen: 1_620_150_060 };
    assert.deepEqual(JSON.parse(stdout), {
      tally: { records: 6, accepted: 5, rejected: 1, noData: 0, skipData: 0, malformed: 0 },
      connections: [
        { client: "10.0.1.5", ...to, records: 4, packets: 40, bytes: 3360, ...times, rejected: 0 },
        { client: "10.0.1.6", ...to, records: 1, packets: 10, bytes: 840, ...later, rejected: 1 },
        {
          ...{ client: "2001:db8::5", server: "2001:db8:20::7", port: 3306, protocol: 6 },
          ...{ records: 1, packets: 10, bytes: 840, ...times, rejected: 0 },
        },
      ],
    });
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("prints a table, aligned, and what became of the lines", async () => {
    const { code, stdout } = await run(["logs/a.log"]);

    assert.equal(code, 0);
    assert.deepEqual(stdout.split("\n").slice(0, 10), [
      "client    server     port  protocol  records  packets    bytes  first seen            last seen             rejected",
      "--------  ---------  ----  --------  -------  -------  -------  --------------------  --------------------  --------",
      "10.0.1.5  10.0.20.7  5432  tcp             2       20  1.68 kB  2021-05-04T15:06:01Z  2021-05-04T15:07:01Z         0",
      "10.0.1.6  10.0.20.7  5432  tcp             1       10    840 B  2021-05-04T17:40:00Z  2021-05-04T17:41:00Z         1",
      "",
      "connections  2",
      "files        1",
      "lines        4, of them 1 header and 0 blanks",
      "records      3: 2 accepted, 1 rejected",
      "no data      0",
    ]);
  });

  it("says how many rows --limit left out, and how to see them", async () => {
    const { stdout } = await run(["logs", "--limit", "1"]);

    assert.match(stdout, /^10\.0\.1\.5 .*\n\.\.\. and 2 more: --limit 3 shows all of them;/m);
  });

  it("prints the PCE's lines, without what was only rejected unless it is asked for", async () => {
    const accepted = await run(["--csv", "logs"]);
    const rejected = await run(["--csv", "--rejected", "logs"]);

    assert.equal(accepted.stdout, "10.0.1.5,10.0.20.7,5432,6\n2001:db8::5,2001:db8:20::7,3306,6\n");
    assert.equal(rejected.stdout, "10.0.1.6,10.0.20.7,5432,6\n");
  });

  it("reads standard input, named or piped in, of every kind that files have", async () => {
    const kinds = [
      file(DEFAULT, [FROM_5]),
      gzipSync(file(CUSTOM_FORMAT, [FROM_5])),
      parquetFile(CUSTOM_FORMAT, [FROM_5]),
    ];
    for (const input of kinds) {
      for (const words of [["--json"], ["--json", "-"]])
        assert.deepEqual(arrowsOf(await run(words, input)), ["10.0.1.5 > 10.0.20.7:5432/6"]);
    }
  });

  it("reads an export of CloudWatch Logs", async () => {
    assert.deepEqual(arrowsOf(await run(["--json", "cloudwatch.json.gz"])), ["10.0.1.5 > 10.0.20.7:5432/6"]);
  });

  it("shows what all filters together let through", async () => {
    const shown = async (...filters: string[]) => arrowsOf(await run(["--json", "logs", ...filters]));
    const [five, six, ipv6] = [
      "10.0.1.5 > 10.0.20.7:5432/6",
      "10.0.1.6 > 10.0.20.7:5432/6",
      "2001:db8::5 > 2001:db8:20::7:3306/6",
    ];

    assert.deepEqual(await shown("--client", "10.0.1.6"), [six]);
    assert.deepEqual(await shown("--client", "10.0.1.6", "--client", "2001:db8::/32"), [six, ipv6]);
    assert.deepEqual(await shown("--server", "10.0.20.0/24", "--port", "5000-6000"), [five, six]);
    assert.deepEqual(await shown("--server", "10.0.20.0/24", "--port", "3306"), []);
    assert.deepEqual(await shown("--rejected", "--port", "5432"), [six]);
    assert.deepEqual(await shown("--since", "2021-05-04T17:00:00Z"), [six]);
    assert.deepEqual(await shown("--until", "2021-05-04T18:00:00+02:00"), [five, ipv6]);
    assert.deepEqual(await shown("--since", "2021-05-04T16:00Z", "--until", "2021-05-04T17:00Z"), []);
  });

  it("reads lines without a header by the format that it is told", async () => {
    const line = "10.0.1.5 39812 10.0.20.7 5432 6\n";
    const fields = [
      "srcaddr srcport dstaddr dstport protocol",
      `\${srcaddr} \${srcport} \${dstaddr} \${dstport} \${protocol}`,
    ];

    for (const format of fields)
      assert.deepEqual(arrowsOf(await run(["--json", "--format", format], line)), ["10.0.1.5 > 10.0.20.7:5432/6"]);
  });

  it("prints null for what a format does not say", async () => {
    const { stdout } = await run(["--json"], file("srcaddr srcport dstaddr dstport protocol".split(" "), [FROM_5]));

    assert.match(stdout, /"packets":0,"bytes":0,"firstSeen":null,"lastSeen":null,/);
  });

  it("takes a port for a server's when it is told so", async () => {
    const log = file(DEFAULT, [request({ srcport: "6100", dstport: "6000" })]);

    assert.deepEqual(arrowsOf(await run(["--json", "--service-port", "6100"], log)), ["10.0.20.7 > 10.0.1.5:6100/6"]);
  });
});
