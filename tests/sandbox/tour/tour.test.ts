import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TourReport } from "../../../sandbox/tour/report";
import { isRunning } from "../../support/processes";

const CHECKOUT = join(__dirname, "..", "..", "..");
const REPORT = join(CHECKOUT, ".sandbox", "report.json");

/** A tour as `npm start` runs it, in a process of its own. */
class Tour {
  readonly child: ChildProcess;
  output = "";

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, ["-r", "./typescript/register.cjs", "sandbox/tour.ts", ...words], {
      cwd: CHECKOUT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (text: Buffer) => {
        this.output += text.toString("utf8");
      });
    }
  }

  async exitCode(): Promise<number | null> {
    const [code] = (await once(this.child, "close")) as [number | null];
    return code;
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`the tour ended without "${text}":\n${this.output}`);
      await sleep(50);
    }
  }

  /** Every process that descends from this one. */
  descendants(): number[] {
    const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    const parents = new Map(rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]));
    const isOurs = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === this.child.pid || isOurs(parents.get(pid)));
    return [...parents.keys()].filter((pid) => pid !== this.child.pid && isOurs(parents.get(pid)));
  }
}

describe("The tour", function () {
  this.timeout(480_000); // it takes a hundred seconds alone

  it("holds in every step beside another tour, which leaves no process behind when it is interrupted", async () => {
    rmSync(REPORT, { force: true });
    const whole = new Tour();
    const interrupted = new Tour("--only", "deploy");
    const ends = [whole.exitCode(), interrupted.exitCode()];

    await interrupted.says("Deploy the stack");
    await sleep(3_000); // the engine is at work
    const processes = interrupted.descendants();
    assert.ok(processes.length >= 4, `emulator, two providers, an engine: ${processes.length}`);
    interrupted.child.kill("SIGINT");
    const [wholeCode, interruptedCode] = await Promise.all(ends);

    assert.equal(interruptedCode, 130, interrupted.output);
    assert.deepEqual(processes.filter(isRunning), []);
    assert.equal(wholeCode, 0, whole.output);
    const { update, repeat, forward, policy, failover, destroy } = JSON.parse(
      readFileSync(REPORT, "utf8"),
    ) as TourReport;
    assert.ok(update && update.resources > 60 && update.seconds > 0);
    assert.deepEqual(update.advised, [
      ...["database-deletion-protected", "database-final-snapshot"],
      ...["load-balancer-deletion-protected", "load-balancer-internal"],
    ]);
    assert.deepEqual(repeat, { changes: 0 });
    assert.ok(forward && forward.connections > 500);
    assert.deepEqual([forward.received, forward.failed], [forward.connections, 0]);
    assert.equal(forward.records, forward.accepted + forward.rejected);
    assert.ok(policy?.isActive);
    assert.deepEqual([policy.service.fqdns.length, policy.service.ports, policy.boundTo.length], [1, [5432], 1]);
    const { allowed, notAllowed, unattributed } = policy;
    assert.ok(allowed.length > 0 && notAllowed.length > 0 && policy.addressesWithoutWorkload.length > 0);
    assert.equal(allowed.length + notAllowed.length + unattributed.length, forward.connections);
    for (const shown of [policy.service.fqdns[0], "role=database", allowed[0], notAllowed[0], "its policy is active"]) {
      assert.ok(shown !== undefined && whole.output.includes(shown), `${shown} is not shown`);
    }
    assert.ok(failover && failover.seconds < 60, "the played schedule alone would be sooner");
    assert.equal(failover.emptySeconds, 0);
    assert.deepEqual([failover.before.length, failover.after.length], [1, 1]);
    assert.notDeepEqual(failover.after, failover.before);
    assert.deepEqual(destroy, { remaining: 0 });
    assert.doesNotMatch(whole.output, /warn/i, "nothing that a newcomer must wonder about");
  });

  const BAD_WORDS: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a step that there is not", ["--only", "dance"], /Allowed choices are deploy, repeat, forward, policy, failover/],
    ["a log file that there is not", ["--logs", "no-such.log"], /there is no file .*no-such\.log/],
  ];
  for (const [what, words, message] of BAD_WORDS) {
    it(`refuses ${what} before anything is started`, async () => {
      const tour = new Tour(...words);

      assert.equal(await tour.exitCode(), 2);
      assert.match(tour.output, message);
    });
  }
});
