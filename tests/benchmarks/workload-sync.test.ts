import assert from "node:assert/strict";
import { drawn } from "../../benchmarks/benchmark";
import { LIMITS, measureWorkloadSync } from "../../benchmarks/workload-sync";

describe("the bench of the workload sync", function () {
  this.timeout(60_000);

  it("plays the life of every interface, and shows requests and time beside their limits", async () => {
    const { figures, tables } = await measureWorkloadSync(1_200);
    const runs = figures["runs"] as readonly Record<string, number>[];

    assert.deepEqual(
      runs.map(({ created, updated, deleted }) => [created, updated, deleted]),
      [
        [1_200, 0, 0],
        [0, 0, 0],
        [0, 1_200, 0],
        [0, 1_200, 0],
        [0, 0, 1_200],
      ],
    );
    for (const { requests = Infinity } of runs) assert.ok(requests <= 10, `${requests}`);
    assert.match(tables.map(drawn).join(), new RegExp(`the limit +${LIMITS.requests} +${LIMITS.seconds}`));
  });
});
