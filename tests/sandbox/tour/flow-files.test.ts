import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { builtInTraffic, filesOf } from "../../../sandbox/tour/flow-files";

const NOW = new Date("2026-01-02T03:04:05Z");
const LINES = [
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
  "2 123456789012 eni-0a1b 10.0.64.7 10.0.128.5 49152 5432 6 5 400 1767323000 1767323050 ACCEPT OK",
  "2 123456789012 eni-0a1b 10.0.128.5 10.0.64.7 5432 49152 6 4 300 1767323000 1767323050 ACCEPT OK",
  "2 123456789012 eni-0a1b 10.0.64.8 10.0.128.5 49153 5432 6 1 40 1767323000 1767323050 REJECT OK",
].join("\n");

describe("The tour's flow files", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "flow-files-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("take the user's files as they are, gzipped or not, and know what is in them", async () => {
    const [plain, packed] = [join(folder, "a.log"), join(folder, "b.log.gz")];
    writeFileSync(plain, LINES);
    writeFileSync(packed, gzipSync(LINES));

    const { files, expected } = await filesOf([plain, packed], 5432, NOW);

    assert.deepEqual(
      files.map(({ name }) => name),
      ["a.log", "b.log.gz"],
    );
    assert.deepEqual([...expected.connections], ["10.0.64.7,10.0.128.5,5432,6"]);
    assert.deepEqual(expected.tally, { records: 6, accepted: 4, rejected: 2, noData: 0, skipData: 0, malformed: 0 });
  });

  it("name the file that can't be read", async () => {
    const cut = join(folder, "cut.log.gz");
    writeFileSync(cut, gzipSync(LINES).subarray(0, 60));

    await assert.rejects(filesOf([cut], 5432, NOW), /--logs: .*cut\.log\.gz can't be read as a flow log: .*cut off/);
  });

  it("of the built-in traffic come under the layouts that one bucket's policy lets in, no connection in two of them", () => {
    const { files, expected } = builtInTraffic(
      {
        databases: ["10.0.128.5", "10.0.144.5"],
        clientSubnets: ["10.0.64.0/20", "10.0.80.0/20", "10.0.96.0/20", "10.0.112.0/20"],
        servicePort: 5432,
        folders: "hive",
        account: "123456789012",
        region: "eu-west-1",
      },
      NOW,
    );

    assert.deepEqual(
      files.map(({ layout }) => layout),
      ["hive", "hive-hourly", "hive", "hive-hourly"],
    );
    assert.ok(files.every(({ time }) => time < NOW));
    assert.ok(expected.connections.size > 500);
    assert.ok(expected.tally.skipData > 0 && expected.tally.noData > 0 && expected.tally.malformed > 0);
  });
});
