import { playRandomHistories } from "../../support/random-histories";

// two files with half of them each: mocha runs files at the same time
describe("target sync, in random histories", () => {
  it("holds every promise", async () => {
    await playRandomHistories(1);
  }).timeout(240_000);
});
