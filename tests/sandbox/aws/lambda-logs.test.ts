import assert from "node:assert/strict";
import { embeddedMetrics, logGroupOf, MetricSums } from "../../../sandbox/aws/lambda-logs";
import type { DeployedFunction } from "../../../sandbox/aws/registry";

const line = (values: Record<string, unknown>, ...names: readonly string[]): string =>
  JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [{ Namespace: "N", Dimensions: [[]], Metrics: names.map((Name) => ({ Name })) }],
    },
    ...values,
  });

describe("embedded metrics", () => {
  it("are the named values of a line, lists added up", () => {
    assert.deepEqual(embeddedMetrics(line({ Records: 2, Latency: [1, 2.5], note: "x" }, "Records", "Latency")), [
      ["Records", 2],
      ["Latency", 3.5],
    ]);
  });

  for (const text of [
    "plain",
    "{}",
    '{"level":"INFO"}',
    '{"CloudWatchMetrics" broken',
    '{"a":"\\"CloudWatchMetrics\\""}',
  ]) {
    it(`are none in ${text}`, () => {
      assert.deepEqual(embeddedMetrics(text), []);
    });
  }

  it("count once for a name that two dimension sets hold", () => {
    const twice = JSON.stringify({
      _aws: { CloudWatchMetrics: [{ Metrics: [{ Name: "R" }] }, { Metrics: [{ Name: "R" }] }] },
      R: 4,
    });

    assert.deepEqual(embeddedMetrics(twice), [["R", 4]]);
  });

  it("are told apart when they have a further dimension than their function", () => {
    const byInterface = JSON.stringify({
      _aws: { CloudWatchMetrics: [{ Dimensions: [["service", "interface"]], Metrics: [{ Name: "R" }] }] },
      R: 4,
      ...{ service: "f", interface: "eni-1" },
    });

    assert.deepEqual(embeddedMetrics(byInterface), [["R by interface", 4]]);
  });

  it("are summed by name and listed in order", () => {
    const sums = new MetricSums();
    for (const each of [line({ b: 1 }, "b"), line({ a: 2 }, "a"), line({ b: 3 }, "b"), "plain"]) sums.add(each);

    assert.equal(JSON.stringify(sums.all()), '{"a":2,"b":4}');
  });
});

describe("the log group of a function", () => {
  it("is its own setting, or Lambda's default", () => {
    assert.equal(logGroupOf({ name: "f" } as DeployedFunction), "/aws/lambda/f");
    assert.equal(logGroupOf({ name: "f", logGroup: "own" } as DeployedFunction), "own");
  });
});
