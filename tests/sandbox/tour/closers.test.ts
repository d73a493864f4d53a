import assert from "node:assert/strict";
import { Closers } from "../../../sandbox/tour/closers";

describe("Closers", () => {
  it("undo what was made, last first, once", async () => {
    const undone: string[] = [];
    const closers = new Closers();
    closers.keep("first", (name) => void undone.push(name));
    closers.keep("second", async (name) => void undone.push(name));

    await closers.close();
    await closers.close();

    assert.deepEqual(undone, ["second", "first"]);
  });

  it("undo the rest when one can't be undone, and tell", async () => {
    const undone: string[] = [];
    const closers = new Closers();
    closers.keep("first", (name) => void undone.push(name));
    closers.keep("second", () => Promise.reject(new Error("it is stuck")));

    await assert.rejects(closers.close(), /it is stuck/);

    assert.deepEqual(undone, ["first"]);
  });
});
