import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type ObjectStore, type OpenedObject, openObject } from "../../../functions/flow-forwarder/object-store";
import { objectStore, streamOf } from "../../support/object-store";

const REF = { bucket: "flow-logs", key: "a.log.gz" };
const TEXT = Buffer.from("line one\nline two\n".repeat(20_000));

async function textOf(store: ObjectStore, { idleMs = 5_000, signal = new AbortController().signal } = {}) {
  const file = await openObject(store, REF, signal, idleMs);
  if (file === undefined) return "gone";
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of file.stream()) chunks.push(chunk);
  } finally {
    file.close();
  }
  return Buffer.concat(chunks).toString();
}

/** A store whose one object is this. */
function storeOf(opened: Partial<OpenedObject> & Pick<OpenedObject, "body">): ObjectStore {
  const open = async (): Promise<OpenedObject> => ({ lengthBytes: undefined, eTag: undefined, ...opened });
  return { open, openRange: open };
}

describe("an object as a file", () => {
  it("has all the bytes that the store has, in order", async () => {
    assert.equal(await textOf(objectStore({ "a.log.gz": TEXT }).store), TEXT.toString());
    assert.equal(await textOf(objectStore({ "a.log.gz": "" }).store), "");
  });

  it("fails when fewer bytes come than the store announced", async () => {
    const body = streamOf(TEXT.subarray(0, 700), 100);

    await assert.rejects(textOf(storeOf({ body, lengthBytes: 1_000 })), {
      name: "IncompleteObjectError",
      message: "the object ended after 700 of 1000 bytes",
    });
  });

  it("fails when the bytes stop coming, and closes the transfer", async () => {
    const body = new Readable({ read: () => undefined });
    body.push(TEXT.subarray(0, 700));

    await assert.rejects(textOf(storeOf({ body, lengthBytes: 1_000 }), { idleMs: 30 }), {
      name: "IncompleteObjectError",
      message: "no byte of the object came for 30 ms, after 700 bytes",
    });

    assert.ok(body.destroyed);
  });

  it("fails when the connection breaks", async () => {
    const body = new Readable({ read: () => undefined });
    body.push(TEXT);
    setImmediate(() => body.destroy(new Error("aborted")));

    await assert.rejects(textOf(storeOf({ body })), /aborted/);
  });

  it("stops when it is told to, even while the bytes keep coming", async () => {
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield TEXT;
        }
      })(),
      { objectMode: false },
    );

    await assert.rejects(textOf(storeOf({ body: endless }), { signal: AbortSignal.timeout(40) }));

    assert.ok(endless.destroyed);
  });

  it("is gone when the store does not have it", async () => {
    assert.equal(await textOf(objectStore({}).store), "gone");
  });

  it("has any part of it, each a request of its own, and ends the transfer of the whole then", async () => {
    const { store, ranges } = objectStore({ "a.log.gz": TEXT });
    const file = await openObject(store, REF, new AbortController().signal);

    const access = await file?.randomAccess();
    const parts = [await access?.read(0, 4), await access?.read(5, 8)];

    assert.equal(access?.lengthBytes, TEXT.length);
    assert.deepEqual(parts.map(String), ["line", "one"]);
    assert.deepEqual(ranges, [
      { key: "a.log.gz", start: 0, end: 4 },
      { key: "a.log.gz", start: 5, end: 8 },
    ]);
  });

  it("fails when a part ends early", async () => {
    const whole = objectStore({ "a.log.gz": TEXT }).store;
    const openRange = async (): Promise<OpenedObject> => ({
      body: streamOf(TEXT.subarray(0, 3), 10),
      ...{ lengthBytes: 9, eTag: "tag" },
    });
    const file = await openObject({ ...whole, openRange }, REF, new AbortController().signal);

    await assert.rejects((await file?.randomAccess())?.read(0, 9) ?? Promise.resolve(), {
      name: "IncompleteObjectError",
      message: "the object ended after 3 of 9 bytes",
    });
  });
});
