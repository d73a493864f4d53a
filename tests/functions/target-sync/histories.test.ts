import { playRandomHistories } from "../../support/random-histories";

// two files with half of them each: mocha runs files at the same time
const HISTORIES = 5_000; // half a minute on a busy computer

describe("target sync, in 5,000 random histories", () => {
  it("holds every promise", async () => {
    await playRandomHistories(HISTORIES, 1);
  }).timeout(240_000);
});
