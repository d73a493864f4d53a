import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { bundleFunction, codeArchive, codeFiles, codeHash } from "../../components/bundle";

const ROOT = join(__dirname, "../..");
const LIMIT_BYTES = 300_000;

describe("a function's bundle", () => {
  const scratch = mkdtempSync(join(tmpdir(), "bundle-test-"));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  function copyOfSource(folder: string): string {
    const root = join(scratch, folder);
    for (const room of ["functions", "flow-logs", "illumio"])
      cpSync(join(ROOT, room), join(root, room), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    return root;
  }

  it("has the same bytes from two copies of the source in different folders", () => {
    const one = bundleFunction("flow-forwarder", copyOfSource("one"));
    const other = bundleFunction("flow-forwarder", copyOfSource("deeper/than/the/other"));

    assert.equal(one, other);
    assert.equal(one, bundleFunction("flow-forwarder"));
  });

  it("stays below 300 KB, so that a cold start is quick", () => {
    assert.ok(Buffer.byteLength(bundleFunction("flow-forwarder")) < LIMIT_BYTES);
  });

  it("leaves the SDK to Lambda's runtime, and says nothing of this machine", () => {
    const code = bundleFunction("flow-forwarder");

    assert.match(code, /require\("@aws-sdk\/client-s3"\)/);
    assert.ok(!code.includes(ROOT));
    assert.ok(!code.includes(tmpdir()));
  });

  it("exports the handler that Lambda calls", () => {
    const root = join(scratch, "exports");
    mkdirSync(join(root, "functions/tiny"), { recursive: true });
    writeFileSync(join(root, "functions/tiny/handler.ts"), "export const handler = (): string => 'called';");
    const module: { exports: { handler?: () => string } } = { exports: {} };

    runInNewContext(bundleFunction("tiny", root), { module, exports: module.exports });

    assert.equal(module.exports.handler?.(), "called");
  });

  it("is refused with the place when the source does not compile", () => {
    const root = join(scratch, "broken");
    mkdirSync(join(root, "functions/broken"), { recursive: true });
    writeFileSync(join(root, "functions/broken/handler.ts"), "export const handler = (;");

    assert.throws(() => bundleFunction("broken", root), /functions\/broken\/handler\.ts:1:24/);
  });

  it("is index.js in the archive, with the given files beside it", async () => {
    const { assets } = codeArchive(codeFiles("flow-forwarder", { "pce-ca.pem": "certificate" }));

    assert.deepEqual(Object.keys(await assets).sort(), ["index.js", "pce-ca.pem"]);
  });

  it("has a hash that is the same for the same files, and another when a text or a name is another", () => {
    const hash = codeHash({ "index.js": "1", "ca.pem": "2" });

    assert.equal(codeHash({ "ca.pem": "2", "index.js": "1" }), hash);
    for (const other of [{ "index.js": "1" }, { "index.js": "1", "ca.pem": "3" }, { "index.js": "1", "cb.pem": "2" }]) {
      assert.notEqual(codeHash(other), hash);
    }
  });
});
