import { playRandomHistories } from "../../support/random-histories";

const HISTORIES = 5_000;

describe("target sync, in 5,000 other random histories", () => {
  it("holds every promise", async () => {
    await playRandomHistories(HISTORIES, 2);
  }).timeout(240_000);
});
