import assert from "node:assert/strict";
import fc from "fast-check";
import { SentConnections } from "../../../functions/flow-forwarder/sent-connections";

const line = (at: number): string => `10.0.${at >> 8}.${at & 255},10.0.20.7,5432,6`;
const lines = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => line(from + at));

describe("what the PCE was sent", () => {
  it("is recent until the time to send it again has come, and every connection has a time of its own", () => {
    let now = 0;
    const sent = new SentConnections({ resendAfterMs: 1_000, now: () => now });
    sent.remember([line(1)]);
    now = 600;
    sent.remember([line(2)]);
    now = 1_000;

    assert.deepEqual(
      [1, 2, 3].map((at) => sent.isRecent(line(at))),
      [false, true, false],
    );
  });

  it("is exactly what was remembered, among any lines", () => {
    const some = fc.uniqueArray(fc.tuple(fc.ipV4(), fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(65_535)), {
      selector: String,
      maxLength: 60,
    });
    fc.assert(
      fc.property(some, fc.nat(60), (all, count) => {
        const sent = new SentConnections({ resendAfterMs: 1_000, now: () => 0 });
        const texts = all.map((parts) => `${parts.join()},6`);
        sent.remember(texts.slice(0, count));

        for (const [at, text] of texts.entries()) assert.equal(sent.isRecent(text), at < count);
      }),
    );
  });

  it("is bounded: with more of them, the older half is forgotten, and nothing else", () => {
    const sent = new SentConnections({ resendAfterMs: 1_000, now: () => 0, maxLines: 10_000 });
    sent.remember(lines(0, 12_000));

    const recent = lines(0, 12_000).filter((each) => sent.isRecent(each));

    assert.deepEqual(recent, lines(5_000, 12_000));
  });

  it("takes a line that is sent again for sent then", () => {
    let now = 0;
    const sent = new SentConnections({ resendAfterMs: 1_000, now: () => now, maxLines: 10_000 });
    sent.remember(lines(0, 5_000));
    now = 900;
    sent.remember(lines(0, 10));
    now = 1_500;

    assert.deepEqual([sent.isRecent(line(3)), sent.isRecent(line(30))], [true, false]);
  });
});
