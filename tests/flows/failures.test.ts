import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DEFAULT_HEADER, file, request } from "../support/flow-log-lines";
import { arrowsOf, runFlows, startFlows, temporaryFolder } from "../support/flows-command";

const DEFAULT = DEFAULT_HEADER.split(" ");
const GOOD = "10.0.1.5 > 10.0.20.7:5432/6";

describe("the command flows, when something is wrong", () => {
  const { path: folder, remove } = temporaryFolder();
  const run = (...words: string[]) => runFlows(words, { folder });
  const write = (name: string, content: Buffer | string) => writeFileSync(join(folder, name), content);

  before(() => {
    mkdirSync(join(folder, "empty"));
    write("good.log", file(DEFAULT, [request()]));
    const others = Array.from({ length: 5_000 }, (_, at) => request({ srcaddr: `10.9.${at >> 8}.${at & 255}` }));
    const whole = gzipSync(file(DEFAULT, others));
    write("cut.log.gz", whole.subarray(0, whole.length - 200));
    write("notes.txt", "one\ntwo words\nthree\n");
    write("lacking.log", `${file(DEFAULT, [request()])}version srcaddr\n`);
    write("one-bad-line.log", `${file(DEFAULT, [request()])}${"x ".repeat(13)}x\n`);
  });
  after(remove);

  it("shows the others of a file that is cut off, nothing of that file, and ends with 1", async () => {
    const result = await run("--json", "cut.log.gz", "good.log");

    assert.equal(result.code, 1);
    assert.deepEqual(arrowsOf(result), [GOOD]);
    assert.match(result.stderr, /^1 failure:\n {2}cut\.log\.gz: the file's gzip data is damaged or cut off/);
  });

  it("names what is not there, and a folder with nothing in it, and prints no list of nothing", async () => {
    const { code, stdout, stderr } = await run("--json", "nowhere", "empty");

    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /nowhere: there is no such file or folder\n {2}empty: there is no file in the folder;/);
  });

  it("takes a file that is no flow log for a failure, and names its lines", async () => {
    const { code, stdout, stderr } = await run("--json", "notes.txt");

    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /notes\.txt, line 2: it has 2 fields and the format has 14\n/);
    assert.match(stderr, /notes\.txt: not one of its lines \(3\) is a flow-log record; .*--format/);
  });

  it("names the line of a header that lacks what a connection needs", async () => {
    const { code, stderr } = await run("lacking.log");

    assert.equal(code, 1);
    assert.match(stderr, /lacking\.log: line 3: the flow log's format has 2 fields but lacks dstaddr/);
  });

  it("says which line is malformed and why, and ends with 0: the file is a flow log all the same", async () => {
    const result = await run("--json", "one-bad-line.log");

    assert.equal(result.code, 0);
    assert.deepEqual(arrowsOf(result), [GOOD]);
    assert.match(result.stderr, /^1 malformed line:\n {2}one-bad-line\.log, line 3: log-status is not OK/);
  });

  it("answers a wrong command line with a sentence and 2, before it reads anything", async () => {
    const wrong = [
      [[], /nothing to read; name files, folders or s3:\/\/ URLs, or pipe a file in/],
      [["--port", "99999", "good.log"], /It takes a port from 0 to 65535/],
      [["--client", "10.0.0.0/33", "good.log"], /It takes an IPv4 or IPv6 address/],
      [["--since", "yesterday", "good.log"], /It takes a time such as/],
      [["--since", "2026-01-02", "--until", "2026-01-01", "good.log"], /--since is later than --until/],
      [["--json", "--csv", "good.log"], /cannot be used with/],
      [["--html", "no/folder/page.html", "good.log"], /There is no folder .*; make it first/],
      [["--format", "srcaddr dstaddr", "good.log"], /lacks srcport/],
      [["--jsn", "good.log"], /unknown option '--jsn'/],
    ] as const;
    for (const [words, sentence] of wrong) {
      const { code, stdout, stderr } = await run(...words);

      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, sentence);
    }
  });

  it("writes out what a terminal would obey in a file's name", async () => {
    write("\u001b]0;owned\u0007\u202egol.log", "no flow log\n");

    const { stderr } = await run("\u001b]0;owned\u0007\u202egol.log");

    assert.ok(stderr.includes("\\x1b]0;owned\\x07\\u202egol.log"), stderr);
    for (const mark of ["\u001b", "\u0007", "\u202e"]) assert.ok(!stderr.includes(mark), "it reaches the terminal");
  });

  it("ends quietly when whoever reads it has seen enough", async () => {
    const records = Array.from({ length: 60_000 }, (_, at) => request({ srcaddr: `10.9.${at >> 8}.${at & 255}` }));
    write("many.log", file(DEFAULT, records));
    const child = startFlows(["--json", "many.log"], { folder });
    let stderr = "";
    child.stderr?.on("data", (text) => (stderr += String(text)));
    child.stdout?.once("data", () => child.stdout?.destroy());

    const [code, signal] = await once(child, "exit");

    assert.deepEqual([code, signal, stderr], [0, null, ""]);
  });

  it("ends at once when it is interrupted, and leaves nothing in the temporary folder", async () => {
    const temporary = join(folder, "temporary");
    mkdirSync(temporary);
    const child = startFlows(["--json", "-"], { folder, input: "PAR1", environment: { TMPDIR: temporary } });
    // more than a pipe holds: once it is written the command has begun to put it on disk
    await new Promise((written) => child.stdin?.write(Buffer.alloc(2 ** 21), written));
    child.kill("SIGINT");

    const [, signal] = await once(child, "exit");

    const ours = readdirSync(temporary).filter((name) => name.startsWith("flows-"));
    assert.deepEqual([signal, ours], ["SIGINT", []]);
  });
});
