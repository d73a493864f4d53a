import assert from "node:assert/strict";
import { Progress } from "../../flows/progress";

describe("the progress of reading", () => {
  const started = (extent?: { readonly files: number; readonly bytes: number }) => {
    const clock = { ms: 0 };
    const written: string[] = [];
    const progress = new Progress({ write: (text) => written.push(text), now: () => clock.ms, extent });
    return { clock, written, progress };
  };

  it("says nothing of work that takes less than a second", () => {
    const { clock, written, progress } = started();
    clock.ms = 999;
    progress.addBytes(1_000_000);
    progress.erase();

    assert.deepEqual(written, []);
  });

  it("says how many files and bytes have been read, how fast, and how long it will take, and is gone at the end", () => {
    const { clock, written, progress } = started({ files: 4, bytes: 1_000_000_000 });
    progress.addFile();
    clock.ms = 2_000;
    progress.addBytes(500_000_000);
    progress.erase();

    assert.deepEqual(written, ["\r\u001b[K1 of 4 files, 500 MB, 250 MB/s, 2 s left", "\r\u001b[K"]);
  });

  it("says what it can where nobody knows how much there is, five times a second at most", () => {
    const { clock, written, progress } = started();
    for (clock.ms = 1_000; clock.ms < 2_000; clock.ms += 10) progress.addBytes(1_000);

    assert.equal(written.length, 5);
    assert.match(written[0] ?? "", /0 files, 1\.00 kB, 1\.00 kB\/s$/);
  });
});
