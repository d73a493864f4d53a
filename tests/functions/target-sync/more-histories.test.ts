import { playRandomHistories } from "../../support/random-histories";

describe("target sync, in other random histories", () => {
  it("holds every promise", async () => {
    await playRandomHistories(2);
  }).timeout(240_000);
});
