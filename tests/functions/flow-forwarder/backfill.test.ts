import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { BackfillInput } from "../../../functions/flow-forwarder/backfill-input";
import type { ForwarderEvent } from "../../../functions/flow-forwarder/forwarder";
import { PceTransport } from "../../../illumio/client/pce-transport";
import { CUSTOM_FORMAT, file, request } from "../../support/flow-log-lines";
import { ForwarderInstance, type InstanceOptions } from "../../support/forwarder-instance";
import { type ScriptedAnswer, type ScriptedPce, scriptedPce } from "../../support/scripted-pce";

/** A flow log of so many connections, each of its own client. */
function flowLog(connections: number, net: number): string {
  const client = (at: number): string => `10.${net}.${at >> 8}.${at & 255}`;
  return file(
    CUSTOM_FORMAT,
    Array.from({ length: connections }, (_, at) => request({ srcaddr: client(at) })),
  );
}

const OBJECTS = {
  a: flowLog(1, 1),
  b: flowLog(1, 2),
  c: flowLog(1, 3),
  large: flowLog(2_500, 9),
  "cut off": gzipSync(flowLog(1_000, 4)).subarray(0, 40),
  "a folder of the console/": "",
};

const TIMED = Object.fromEntries(
  [0, 5, 10].map((minute) => [
    `AWSLogs/1/1_vpcflowlogs_eu-west-1_fl-1_20261001T00${`${minute}`.padStart(2, "0")}Z_1.log.gz`,
    file(CUSTOM_FORMAT, [request({ srcaddr: `10.1.${minute}.0` })]),
  ]),
);

describe("a backfill's invocation", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function given(
    options: InstanceOptions = {},
    answers: readonly ScriptedAnswer[] = [],
  ): Promise<{ pce: ScriptedPce; instance: ForwarderInstance; sent: () => string[] }> {
    const pce = await scriptedPce(answers);
    const { host, port, ca } = pce;
    const transport = new PceTransport({ host, port, ca });
    open.push(transport, pce);
    const sent = (): string[] => pce.requests.map(({ body }) => body.slice(0, body.indexOf(",")));
    return { pce, instance: new ForwarderInstance(transport, { objects: OBJECTS, ...options }), sent };
  }

  const continued = (key: string, more: object = {}) =>
    JSON.stringify({ continue: { bucket: "flow-logs", key, version: `tag-of-${key}`, ...more } });

  it("forwards its objects in their order, and says how many", async () => {
    const { instance, sent } = await given();

    assert.deepEqual(await instance.backfill(["b", "a", "c"]), { forwarded: 3, outside: 0, queued: [] });
    assert.deepEqual(sent(), ["10.2.0.0", "10.1.0.0", "10.3.0.0"]);
    assert.equal(instance.metrics[0]?.["Objects"], 3);
  });

  it("puts an object that fails into the queue, with its ETag as notifications have it, and goes on with the others", async () => {
    const { instance, sent } = await given();

    assert.deepEqual(await instance.backfill(["a", "cut off", "b"]), { forwarded: 2, outside: 0, queued: ["cut off"] });
    assert.deepEqual(instance.queued, [continued("cut off")]);
    assert.deepEqual(sent(), ["10.1.0.0", "10.2.0.0"]);
    assert.match(instance.logged.join("\n"), /goes into the queue","object":"s3:\/\/flow-logs\/cut off"/);
  });

  it("puts what it has no time to begin into the queue, and the rest of what it has no time to finish", async () => {
    const { instance } = await given({ config: { backfillRequestsPerMinute: 10 } });

    // six seconds a request: two of the three fit
    const result = await instance.backfill(["large", "a", "b"], 20_000);
    assert.deepEqual(result, { forwarded: 1, outside: 0, queued: ["a", "b"] });
    assert.deepEqual(instance.queued, [continued("large", { after: 2_000 }), continued("a"), continued("b")]);
  });

  it("counts an object that has expired since the listing as gone, and takes a folder of the console for an empty object", async () => {
    const { instance, pce } = await given();

    assert.deepEqual(await instance.backfill(["expired", "a folder of the console/"]), {
      forwarded: 2,
      outside: 0,
      queued: [],
    });
    assert.equal(instance.metrics[0]?.["ObjectsGone"], 1);
    assert.deepEqual(pce.requests, []);
  });

  it("sends nothing of what this instance has sent within the hour, whether for a backfill or not", async () => {
    const { instance, pce } = await given();
    await instance.backfill(["a", "b"]);

    assert.deepEqual(await instance.backfill(["a", "b"]), { forwarded: 2, outside: 0, queued: [] });
    assert.equal(pce.requests.length, 2);
  });

  it("fails when it can't queue what failed, so that the state machine tries all of it again", async () => {
    const { instance } = await given({ queueFailure: new Error("the queue is away") });

    await assert.rejects(instance.backfill(["cut off", "a"]), /the queue is away/);
  });

  it("keeps to its own pace from its first request on, and leaves the live one alone", async () => {
    const { instance } = await given({ config: { backfillRequestsPerMinute: 60, requestsPerMinute: 100 } });

    await instance.backfill(["a", "b", "c"]);

    assert.deepEqual(instance.waits, [1_000, 1_000, 1_000]);
    assert.deepEqual(await instance.invoke([JSON.stringify({ continue: { bucket: "flow-logs", key: "large" } })]), []);
    assert.equal(instance.waits.length, 3);
  });

  it("takes of the live share where none is set aside for it", async () => {
    const { instance } = await given({ config: { backfillRequestsPerMinute: undefined, requestsPerMinute: 2 } });

    await instance.backfill(["a", "b", "c"], 120_000);

    assert.deepEqual(instance.waits, [60_000]);
  });

  it("leaves out what is outside the times of its input, and says how many", async () => {
    const { instance, sent } = await given({ objects: TIMED });
    const times = { prefix: "AWSLogs/", from: "2026-10-01T00:05:00Z", to: "2026-10-01T00:10:00Z" };

    const result = await instance.backfill(Object.keys(TIMED), undefined, times);

    assert.deepEqual(result, { forwarded: 1, outside: 2, queued: [] });
    assert.deepEqual(sent(), ["10.1.5.0"]);
  });

  it("fails by the name that the state machine does not try again, when its input has what nobody knows", async () => {
    const { instance, pce } = await given();

    const misspelt = { prefix: "AWSLogs/", form: "2026-10-01T00:00:00Z" } as unknown as BackfillInput;
    await assert.rejects(instance.backfill(["a"], undefined, misspelt), { name: "BackfillInputError" });
    assert.deepEqual(pce.requests, []);
  });

  const wrong: readonly [string, unknown][] = [
    ["no bucket", { objects: [] }],
    ["no objects", { bucket: "flow-logs" }],
    ["a key without an ETag", { bucket: "flow-logs", objects: [{ key: "a" }] }],
    ["an input that is none", { bucket: "flow-logs", objects: [], input: "AWSLogs/" }],
    ["bare keys", { bucket: "flow-logs", objects: ["a"] }],
  ];
  for (const [what, backfill] of wrong) {
    it(`fails for an event with ${what}, which nobody means`, async () => {
      const { instance, pce } = await given();

      await assert.rejects(instance.invokeWith({ backfill } as unknown as ForwarderEvent));
      assert.deepEqual(pce.requests, []);
    });
  }
});
