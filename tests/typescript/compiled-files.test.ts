import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompiledFiles } from "../../typescript/compiled-files.cjs";

const CHECKOUT = join(__dirname, "../..");

describe("Compiled files that are kept", () => {
  let folder: string;
  let source: string;
  let compiled: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "compiled-files-"));
    source = join(folder, "source.ts");
    compiled = [];
    writeFileSync(source, "one");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Those of a process that has just started. */
  const files = ({ kept = join(folder, "kept", "here"), settings = "strict" } = {}) =>
    new CompiledFiles(kept, settings, (text) => {
      if (text === "") throw new SyntaxError("nothing");
      compiled.push(text);
      return `compiled ${text}`;
    });

  it("are compiled once, and found by the next process", () => {
    assert.equal(files().load(source), "compiled one");
    assert.equal(files().load(source), "compiled one");

    assert.deepEqual(compiled, ["one"]);
  });

  it("are compiled anew when the source, its name or the compiler's settings are others", () => {
    files().load(source);
    writeFileSync(source, "two");
    assert.equal(files().load(source), "compiled two");
    files({ settings: "loose" }).load(source);
    const moved = join(folder, "moved.ts");
    writeFileSync(moved, "two");
    files().load(moved);

    assert.deepEqual(compiled, ["one", "two", "two", "two"]);
  });

  it("are told for the source map as this process has loaded them, though the source has changed since", () => {
    const loading = files();
    loading.load(source);
    writeFileSync(source, "two");

    assert.equal(loading.loaded(source), "compiled one");
    assert.equal(loading.loaded(join(folder, "other.ts")), undefined);
  });

  it("cost time, and nothing else, where the folder can't be written to", () => {
    const loading = files({ kept: join(source, "no-folder") });

    assert.equal(loading.load(source), "compiled one");
    assert.equal(loading.loaded(source), "compiled one");
    assert.deepEqual(readdirSync(folder), ["source.ts"]);
  });

  it("are not kept when the compiler refuses the source", () => {
    writeFileSync(source, "");

    assert.throws(() => files().load(source), SyntaxError);
    assert.deepEqual(readdirSync(folder), ["source.ts"]);
  });

  it("are kept whole: nothing else is left in the folder", () => {
    files().load(source);

    assert.deepEqual(
      readdirSync(join(folder, "kept", "here")).filter((name) => !/^[0-9a-f]{64}\.js$/.test(name)),
      [],
    );
  });
});

describe("A process that loads TypeScript", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "typescript-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (text: string) => {
    const file = join(folder, "program.ts");
    writeFileSync(file, text);
    return spawnSync(process.execPath, ["-r", "./typescript/register.cjs", file], { cwd: CHECKOUT, encoding: "utf8" });
  };

  it("shows where in the source an error is from, compiled just now or before", () => {
    const text = [
      "interface Gone {\n  readonly a: string;\n}",
      'const thrown: Gone = { a: "b" };',
      "",
      "throw new Error(thrown.a);",
    ].join("\n");

    for (const time of ["first", "second"]) {
      assert.match(run(text).stderr, /Error: b\n {4}at Object\.<anonymous> \(.*program\.ts:6:7\)/, time);
    }
  });

  // to read their maps takes longer than the rest of a small program, and ts-node would
  it("shows libraries as they are, compiled just now or before", () => {
    const library = join(CHECKOUT, "node_modules/@pulumi/pulumi/errors");
    const text = [
      `const { isGrpcError } = require(${JSON.stringify(library)});`,
      'isGrpcError({ get code() { throw new Error("b"); } });',
    ].join("\n");

    for (const time of ["first", "second"]) assert.match(run(text).stderr, /at isGrpcError \(.*errors\.js:\d+/, time);
  });

  it("names the file that is no TypeScript", () => {
    const { status, stderr } = run("const = 1;");

    assert.equal(status, 1);
    assert.match(stderr, /program\.ts:1/);
  });
});
