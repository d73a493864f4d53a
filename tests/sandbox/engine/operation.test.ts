import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../../sandbox/engine/errors";
import { KeptProcess } from "../../../sandbox/engine/kept-process";
import { type Engine, locateEngine } from "../../../sandbox/engine/locate";
import { type OperationOptions, type OperationResult, runOperation } from "../../../sandbox/engine/operation";
import { exportResources } from "../../../sandbox/engine/state";
import type { OperationEvent } from "../../../sandbox/engine/steps";
import { isRunning, running } from "../../support/processes";
import { sharedProcess } from "../../support/worker-processes";

const PROGRAMS = join(__dirname, "programs");
const SECRET = "hush-4711";

describe("an engine operation", function () {
  this.timeout(60_000); // each operation starts two processes; a busy computer takes its time

  let engine: Engine;
  let run: string;

  const operation = (options: Partial<OperationOptions> & Pick<OperationOptions, "kind">) =>
    runOperation({
      engine,
      run,
      stack: "dev",
      program: join(PROGRAMS, "stash.ts"),
      projectFile: join(PROGRAMS, "Pulumi.yaml"),
      logFile: join(run, "logs", "engine.log"),
      ...options,
    });
  const log = () => readFileSync(join(run, "logs", "engine.log"), "utf8");

  before(async function () {
    this.timeout(900_000); // where no engine is cached, this is what gets it
    engine = await locateEngine();
  });

  describe("in the life of one stack", () => {
    const shown: OperationEvent[] = [];
    let first: OperationResult;

    before(async () => {
      run = mkdtempSync(join(tmpdir(), "sightline engine-")); // a space, as folders of people have
      const onEvent = (event: OperationEvent) => void shown.push(event);
      first = await operation({ kind: "up", config: { shelf: { size: 7 } }, secrets: { key: SECRET }, onEvent });
    });

    after(() => rmSync(run, { recursive: true, force: true }));

    it("creates every resource of the program and tells so while it does", async () => {
      assert.deepEqual(first.summary, { create: 3, same: 0, update: 0, replace: 0, delete: 0 });
      assert.equal(first.changes, 3);
      assert.equal(first.resources, 3);
      assert.deepEqual(first.steps.map(({ name, type, op }) => `${op} ${type} ${name}`).sort(), [
        "create pulumi:index:Stash shelf-box",
        "create pulumi:index:Stash shelf-key",
        "create sightline:test:Shelf shelf",
      ]);
      assert.deepEqual(
        shown.flatMap((event) => (event.kind === "finished" ? [`${event.op} ${event.name}`] : [])).sort(),
        ["create shelf", "create shelf-box", "create shelf-key"],
      );
      assert.deepEqual(first.events, shown);
    });

    it("gives the program its settings and the defaults of Pulumi.yaml, and masks secrets in the outputs", () => {
      assert.deepEqual(first.outputs, {
        box: { size: 1 },
        days: 365,
        key: "[secret]",
        nested: { inside: "[secret]" },
        shelf: { size: 7 },
      });
    });

    it("keeps a secret setting out of the log, the events and every file of the run folder", () => {
      assert.ok(log().includes("shelf-key"), "the log must hold what the engine printed");
      assert.equal(JSON.stringify(first).includes(SECRET), false);
      for (const file of readdirSync(run, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
        const path = join(file.parentPath, file.name);
        assert.equal(readFileSync(path, "utf8").includes(SECRET), false, path);
      }
    });

    it("changes nothing the second time, though the first one's module cache and work folder are gone", async () => {
      const second = await operation({ kind: "up", config: { shelf: { size: 7 } }, secrets: { key: SECRET } });

      assert.equal(second.changes, 0);
      assert.deepEqual(second.summary, { create: 0, same: 3, update: 0, replace: 0, delete: 0 });
    });

    it("previews a replacement as one step, with the property that causes it, and does nothing", async () => {
      const settings = { config: { box: { size: 2 } }, secrets: { key: SECRET } };
      const wanted = await operation({ kind: "preview", ...settings, kept: sharedProcess });

      assert.deepEqual(wanted.summary, { create: 0, same: 2, update: 0, replace: 1, delete: 0 });
      const box = wanted.steps.find(({ op }) => op === "replace");
      assert.equal(box?.name, "shelf-box");
      assert.deepEqual(box.replaceKeys, ["input"]);
      assert.equal(wanted.resources, 3);
      assert.deepEqual(wanted.outputs, {});
    });

    it("takes a secret that is another one, whatever was encrypted before", async () => {
      const settings = { config: { shelf: { size: 7 } }, secrets: { key: `${SECRET}-changed` } };
      const wanted = await operation({ kind: "preview", ...settings, kept: sharedProcess });

      const changed = wanted.steps.filter(({ op }) => op !== "same").map(({ name }) => name);
      assert.deepEqual(changed, ["shelf-key"]);
    });

    it("finds nothing new in a refresh", async () => {
      const refreshed = await operation({ kind: "refresh", kept: sharedProcess });

      assert.equal(refreshed.changes, 0);
      assert.equal(refreshed.resources, 3);
    });

    it("leaves nothing after destroy", async () => {
      const held = await exportResources({ run, stack: "dev" });

      const gone = await operation({ kind: "destroy", kept: sharedProcess });

      assert.equal(held.length, 3);
      assert.equal(gone.summary.delete, 3);
      assert.equal(gone.resources, 0);
      assert.deepEqual(await exportResources({ run, stack: "dev" }), []);
    });
  });

  describe("in a process that is kept", () => {
    const kept = new KeptProcess();

    before(() => {
      run = mkdtempSync(join(tmpdir(), "sightline-engine-"));
    });

    after(async () => {
      await kept.close();
      rmSync(run, { recursive: true, force: true });
    });

    it("loads the program anew each time, and prints to each operation's own log", async () => {
      const [one, two] = [join(run, "one.log"), join(run, "two.log")];
      const first = await operation({ kind: "up", kept, logFile: one });
      const process = running(`PULUMI_HOME=${run}`);
      const second = await operation({ kind: "preview", kept, logFile: two, config: { box: { size: 2 } } });

      assert.equal(first.summary.create, 3);
      assert.deepEqual(second.summary, { create: 0, same: 2, update: 0, replace: 1, delete: 0 });
      assert.equal(process.length, 1);
      assert.deepEqual(running(`PULUMI_HOME=${run}`), process);
      assert.match(readFileSync(one, "utf8"), /created/);
      assert.match(readFileSync(two, "utf8"), /replace/);
      assert.doesNotMatch(readFileSync(one, "utf8"), /replace/);
    });

    it("gives an operation on another run the settings of that run, and none of the first one's", async () => {
      const other = mkdtempSync(join(tmpdir(), "sightline-engine-"));

      const made = await operation({ kind: "up", kept, run: other, logFile: join(other, "engine.log") });

      assert.equal(made.summary.create, 3);
      assert.equal((await exportResources({ run: other, stack: "dev" })).length, 3);
      rmSync(other, { recursive: true, force: true });
    });

    it("ends after an operation that fails, and the next one has a new process", async () => {
      await assert.rejects(operation({ kind: "up", kept, program: join(PROGRAMS, "throws.ts") }), /zones must name/);
      assert.equal(kept.take(), undefined);

      const { summary } = await operation({ kind: "up", kept });

      assert.equal(summary.same, 3);
    });

    it("is gone, with all that it started, once it is closed", async () => {
      const child = kept.take();
      assert.ok(child, "the last operation went well");
      await kept.keep(child);
      await kept.close();

      assert.equal(isRunning(child.pid ?? 0), false);
    });
  });

  describe("that fails or is stopped", () => {
    beforeEach(() => {
      run = mkdtempSync(join(tmpdir(), "sightline-engine-"));
    });

    afterEach(() => rmSync(run, { recursive: true, force: true }));

    it("says what failed, why, where in the program, and where the log is", async () => {
      await assert.rejects(operation({ kind: "up", program: join(PROGRAMS, "throws.ts") }), (error) => {
        assert.ok(error instanceof EngineError);
        const lines = error.message.split("\n");
        assert.deepEqual(lines.slice(0, 3), [
          "pulumi up of stack dev failed:",
          "  zones must name at least 2 zones, got 1 (a)",
          "    add one",
        ]);
        assert.match(lines[3] ?? "", /^ {6}at .*throws\.ts:2:7/);
        assert.equal(lines[4], `  log: ${error.logFile}`);
        assert.equal(lines.length, 5);
        return true;
      });
      assert.ok(log().includes("zones must name at least 2 zones"));
    });

    it("ends, and says why, when an error is thrown where nobody waits for it", async () => {
      await assert.rejects(operation({ kind: "up", program: join(PROGRAMS, "throws-in-apply.ts") }), (error) => {
        assert.ok(error instanceof EngineError);
        assert.match(error.message, /this region has no zone d/);
        assert.doesNotMatch(error.message, /cancel/);
        return true;
      });
    });

    it("names the setting whose type is wrong, though the engine stops before it has a deployment", async () => {
      await assert.rejects(operation({ kind: "preview", config: { days: "many" } }), (error) => {
        assert.ok(error instanceof EngineError);
        assert.deepEqual(error.diagnostics, [
          { message: "validating stack config: Stack 'dev' with configuration key 'days' must be of type 'integer'" },
        ]);
        return true;
      });
    });

    it("names a provider that is not attached, and downloads nothing", async () => {
      await assert.rejects(operation({ kind: "up", program: join(PROGRAMS, "unattached.ts") }), (error) => {
        assert.ok(error instanceof EngineError);
        assert.match(error.message, /pulumi:providers:random default/);
        assert.doesNotMatch(log(), /get\.pulumi\.com/);
        return true;
      });
    });

    it("leaves no process behind when it is stopped, has what it made in its state, and rejects with the reason", async () => {
      const stop = new AbortController();
      const reason = new Error("Ctrl-C");
      let before: number[] = [];

      const stopped = operation({
        kind: "up",
        program: join(PROGRAMS, "waits.ts"),
        signal: stop.signal,
        onEvent: (event) => {
          if (event.kind === "message" && event.text === "waiting") {
            // their arguments hold no path of the run folder, but their environment does
            before = running(`PULUMI_HOME=${run}`);
            stop.abort(reason);
          }
        },
      });

      await assert.rejects(stopped, (error) => error === reason);
      assert.equal(before.length, 2, "the child and the engine must have been seen");
      assert.deepEqual(running(`PULUMI_HOME=${run}`), []);
      const left = await exportResources({ run, stack: "dev" });
      assert.deepEqual(
        left.map(({ urn }) => urn.split("::").at(-1)),
        ["made"],
      );
    });

    it("does not start when it is stopped already", async () => {
      await assert.rejects(operation({ kind: "up", signal: AbortSignal.abort(new Error("too late")) }), /too late/);

      assert.deepEqual(readdirSync(run), []);
    });
  });
});
