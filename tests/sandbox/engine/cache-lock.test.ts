import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type LockHolder, withLock } from "../../../sandbox/engine/cache-lock";

const NOW = Date.now();

describe("withLock", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sightline-lock-"));
    file = join(folder, "deep", "lock");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const held = async (by: LockHolder | string, ageMs = 0) => {
    await withLock(file, async () => undefined); // makes the folder
    writeFileSync(file, typeof by === "string" ? by : JSON.stringify(by));
    utimesSync(file, (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
  };
  // a clock that stands still, and the lock released by its holder in the third wait
  const waits = () => {
    const told: Array<[number, number]> = [];
    let clock = NOW;
    return {
      told,
      options: {
        onWait: (holder: LockHolder, seconds: number) => void told.push([holder.pid, seconds]),
        times: {
          now: () => clock,
          sleep: async (ms: number) => {
            clock += ms;
            if (told.length === 3) {
              rmSync(file);
            }
          },
        },
      },
    };
  };

  it("says who holds it while the work runs, and is gone afterwards, also when the work fails", async () => {
    const holder = await withLock(file, async () => JSON.parse(readFileSync(file, "utf8")) as LockHolder);
    const failed = withLock(file, () => Promise.reject(new Error("no")));

    assert.deepEqual(holder, { pid: process.pid, host: hostname() });
    await assert.rejects(failed, /^Error: no$/);
    assert.equal(existsSync(file), false);
  });

  it("lets one work at a time", async () => {
    let inside = 0;
    const work = async () => {
      inside += 1;
      assert.equal(inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    };

    await Promise.all(Array.from({ length: 8 }, () => withLock(file, work, { times: { pollMs: 1 } })));
  });

  it("waits for a living holder and tells for how long", async () => {
    await held({ pid: process.ppid, host: hostname() });
    const { told, options } = waits();

    await withLock(file, async () => undefined, options);

    assert.deepEqual(told, [
      [process.ppid, 0],
      [process.ppid, 1],
      [process.ppid, 1],
    ]);
  });

  it("takes over the lock of a process that has died", async () => {
    const { pid } = spawnSync("true");
    await held({ pid, host: hostname() });
    const { told, options } = waits();

    assert.equal(await withLock(file, async () => "done", options), "done");
    assert.deepEqual(told, []);
  });

  for (const [what, by] of [
    ["on another computer", { pid: 1, host: "elsewhere" }],
    ["whose number another process now has", { pid: process.ppid, host: hostname() }],
    ["that died before it had written its name", ""],
  ] as const) {
    it(`takes over the lock of a process ${what} after a minute without a sign of life, not before`, async () => {
      await held(by, 50_000);
      const young = waits();
      await withLock(file, async () => undefined, young.options);
      await held(by, 61_000);
      const old = waits();

      await withLock(file, async () => undefined, old.options);

      assert.equal(young.told.length, 3);
      assert.deepEqual(old.told, []);
    });
  }

  it("gives signs of life while the work runs", async () => {
    let clock = NOW;
    const times = { now: () => clock, beatMs: 5 };

    await withLock(
      file,
      async () => {
        clock = NOW + 30_000;
        while (readMtime(file) < NOW + 29_000) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
      { times },
    );
  });

  it("stops waiting when it is told to", async () => {
    await held({ pid: process.ppid, host: hostname() });

    const stopped = withLock(file, () => assert.fail("must not run"), {
      signal: AbortSignal.abort(new Error("Ctrl-C")),
    });

    await assert.rejects(stopped, /Ctrl-C/);
    assert.ok(existsSync(file), "the lock is someone else's");
  });
});

const readMtime = (file: string): number => statSync(file).mtimeMs;
