import assert from "node:assert/strict";
import { StatesError } from "../../../../sandbox/aws/states/states-error";
import { type Invoked, ours, PlayedMachine } from "../../../support/state-machines";

const KEYS = Array.from({ length: 8 }, (_, at) => `AWSLogs/${at}`);
const EVERYTHING = { prefix: "AWSLogs/" };

const keysOf = (invoked: readonly Invoked[]): string[] =>
  invoked.flatMap(({ objects }) => objects.map(({ key }) => key));

/** Answers, but for the batch with this key, whose invocations fail so often with this error. */
function failing(key: string, error: string, times = Number.POSITIVE_INFINITY): (invoked: Invoked) => unknown {
  let left = times;
  return ({ objects }) => {
    if (!objects.some((object) => object.key === key) || left === 0) return "done";
    left -= 1;
    throw new StatesError(error, `no way with ${key}`);
  };
}

describe("an execution of a backfill, as it is played", () => {
  it("hands the function every listed object once, in batches, with bucket, key and ETag, and its own input", async () => {
    const machine = new PlayedMachine({ keys: [...KEYS, "backfill/of an earlier run"] });
    const input = { ...EVERYTHING, from: "2026-10-01T00:00:00Z" };

    const { status, output } = await machine.start(input).ended();

    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(keysOf(machine.invoked), KEYS);
    assert.deepEqual(machine.invoked[0], {
      bucket: "archive",
      objects: KEYS.slice(0, 3).map((key) => ({ key, etag: `"tag of ${key}"` })),
      input,
    });
    assert.equal(JSON.parse(output ?? "").ResultWriterDetails.Bucket, "archive");
  });

  it("runs as many batches at once as the map says, and never more", async () => {
    for (const most of [1, 2, 3]) {
      const definition = ours();
      definition.States.ForwardObjects.MaxConcurrency = most;
      definition.States.ForwardObjects.ItemBatcher.MaxItemsPerBatch = 1;
      const machine = new PlayedMachine({ definition, keys: KEYS });
      await machine.start().ended();

      assert.equal(machine.mostAtOnce, most);
    }
  });

  it("succeeds where there is nothing", async () => {
    const machine = new PlayedMachine();

    assert.equal((await machine.start().ended()).status, "SUCCEEDED");
    assert.deepEqual(machine.invoked, []);
  });

  it("writes what became of each batch, with its input and its answer, and a manifest that names the files", async () => {
    const machine = new PlayedMachine({ keys: KEYS.slice(0, 4) });
    await machine.start().ended();

    const rows = machine.result("SUCCEEDED_0.json") as { Input: string; Output: string; Status: string }[];
    assert.deepEqual(
      rows.map(({ Input, Output, Status }) => [JSON.parse(Input).Items.length, JSON.parse(Output), Status]),
      [
        [3, KEYS.slice(0, 3), "SUCCEEDED"],
        [1, KEYS.slice(3, 4), "SUCCEEDED"],
      ],
    );
    const { ResultFiles: files, DestinationBucket: bucket } = machine.result("manifest.json");
    const [{ Key: key, Size: size }] = files.SUCCEEDED;
    assert.equal(machine.files.get(`${bucket}/${key}`)?.length, size);
    assert.match(key, /^backfill\/[0-9a-f-]{36}\/SUCCEEDED_0\.json$/);
    assert.deepEqual([files.FAILED, files.PENDING], [[], []]);
  });

  for (const [what, input, error] of [
    ["no prefix", {}, "PrefixRefused"],
    ["the console's sample input", { Comment: "Insert your JSON here" }, "PrefixRefused"],
    ["a prefix beside the flow logs", { prefix: "backfill/" }, "PrefixRefused"],
    ["a prefix that is no text", { prefix: 1 }, "PrefixRefused"],
    ["a day in place of a moment", { ...EVERYTHING, from: "2026-10-01" }, "TimeRefused"],
    ["a moment that does not exist", { ...EVERYTHING, to: "2026-13-01T00:00:00Z" }, "TimeRefused"],
  ] as const) {
    it(`is refused with ${what}, before anything is listed`, async () => {
      const machine = new PlayedMachine({ keys: KEYS });

      const end = await machine.start(input).ended();

      assert.deepEqual([end.status, end.error], ["FAILED", error]);
      assert.ok(end.cause);
      assert.equal(machine.listedPrefix, undefined);
    });
  }

  it("is refused beside another one, which goes on; and may be started once that one has ended", async () => {
    const machine = new PlayedMachine({ keys: KEYS });
    const first = machine.start();
    while (machine.invoked.length === 0) await new Promise(setImmediate);
    const second = await machine.start().ended();

    assert.equal(second.error, "SecondRunRefused");
    assert.equal((await first.ended()).status, "SUCCEEDED");
    assert.equal((await machine.start().ended()).status, "SUCCEEDED");
    assert.equal(machine.invoked.length, 2 * 3);
  });

  it("asks five times more what runs beside it, when AWS is too busy to tell, and fails only then", async () => {
    let busy = 5;
    const listRunning = async () => {
      busy -= 1;
      if (busy >= 0) throw new StatesError("Sfn.SfnException", "Rate exceeded");
      return { Executions: [] };
    };
    const machine = new PlayedMachine({ keys: KEYS, services: { listRunning } });

    assert.equal((await machine.start().ended()).status, "SUCCEEDED");
    assert.deepEqual(machine.pauses, [2, 4, 8, 16, 32]);
    busy = 6;
    assert.deepEqual((await machine.start().ended()).error, "Sfn.SfnException");
  });

  it("tries a batch again when Lambda has no room, twenty times, each time later up to five minutes", async () => {
    const answer = failing("AWSLogs/4", "Lambda.TooManyRequestsException", 20);
    const machine = new PlayedMachine({ keys: KEYS, answer });

    assert.equal((await machine.start().ended()).status, "SUCCEEDED");
    assert.deepEqual(machine.pauses.slice(0, 9), [2, 4, 8, 16, 32, 64, 128, 256, 300]);
    assert.equal(machine.pauses.length, 20);
  });

  it("fails when a batch fails after its last try, begins no other one, and names the batch and those that wait", async () => {
    const machine = new PlayedMachine({ keys: KEYS, answer: failing("AWSLogs/0", "TypeError") });

    const end = await machine.start().ended();

    assert.deepEqual([end.status, end.error], ["FAILED", "States.ExceedToleratedFailureThreshold"]);
    assert.deepEqual(machine.pauses, [60, 120, 240, 480]);
    const [failed] = machine.result("FAILED_0.json");
    assert.deepEqual([failed.Error, failed.Cause, failed.Status], ["TypeError", "no way with AWSLogs/0", "FAILED"]);
    assert.ok(failed.Input.includes("AWSLogs/0"));
  });

  it("does not try an input again that nobody means", async () => {
    const machine = new PlayedMachine({ keys: KEYS.slice(0, 1), answer: failing("AWSLogs/0", "BackfillInputError") });

    assert.equal((await machine.start().ended()).status, "FAILED");
    assert.deepEqual(machine.pauses, []);
    assert.equal(machine.invoked.length, 1);
  });

  it("goes on with what is left in a redrive, and does nothing twice that succeeded", async () => {
    const machine = new PlayedMachine({ keys: KEYS, answer: failing("AWSLogs/6", "TypeError", 5) });
    const execution = machine.start();
    assert.equal((await execution.ended()).status, "FAILED");
    assert.equal(machine.invoked.length, 2 + 5);

    execution.redrive();
    const { status, redriveCount, error } = await execution.ended();

    assert.deepEqual([status, redriveCount, error], ["SUCCEEDED", 1, undefined]);
    assert.equal(machine.invoked.length, 2 + 5 + 1);
    assert.equal(machine.result("manifest.json").ResultFiles.FAILED.length, 0);
  });

  it("is aborted where it is, and names what never began", async () => {
    const definition = ours();
    definition.States.ForwardObjects.MaxConcurrency = 1;
    const machine = new PlayedMachine({ definition, keys: KEYS });
    const execution = machine.start();
    while (machine.invoked.length === 0) await new Promise(setImmediate);
    execution.stop();

    assert.equal((await execution.ended()).status, "ABORTED");
    assert.equal(machine.invoked.length, 1);
    assert.equal(machine.result("PENDING_0.json").length, 2);
  });

  for (const [what, services, error] of [
    ["list", { list: () => Promise.reject(new Error("AccessDenied")) }, "States.ItemReaderFailed"],
    ["write its results", { put: () => Promise.reject(new Error("AccessDenied")) }, "States.ResultWriterFailed"],
    [
      "start its batches",
      { mayStartBatch: () => Promise.reject(new StatesError("States.Permissions", "no")) },
      "States.Permissions",
    ],
  ] as const) {
    it(`fails by AWS's name for it when it may not ${what}`, async () => {
      const machine = new PlayedMachine({ keys: KEYS, services });

      assert.equal((await machine.start().ended()).error, error);
    });
  }
});
