import assert from "node:assert/strict";
import { DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { outsideClientPatterns } from "../../../components/client-filter";
import { type StandIn, standIn } from "./stand-in";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";
const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";

const POSTGRESQL = { before: "received:\\shost=", end: " ", local: ["["] } as const;

describe("metric filters in the AWS stand-in", () => {
  let on: StandIn;
  before(async () => {
    on = await standIn();
    await on.make(GROUP, "log", { name: "the/log" });
  });

  const inputs = (pattern: string) => ({
    logGroupName: "the/log",
    pattern,
    metricTransformation: { namespace: "Sightline", name: "OutsideClients", value: "1" },
  });
  const standing = async () =>
    ((await on.aws.logs.send(new DescribeMetricFiltersCommand({ logGroupName: "the/log" }))).metricFilters ?? []).map(
      ({ filterPattern, metricTransformations }) => [filterPattern, metricTransformations],
    );

  it("stand in the emulator as they are, follow a change of their pattern, and go", async () => {
    const metric = [{ metricNamespace: "Sightline", metricName: "OutsideClients", metricValue: "1" }];
    const [pattern = ""] = outsideClientPatterns(POSTGRESQL, ["10.0.16.0/20"]);
    const made = await on.make(FILTER, "outside", inputs(pattern));
    assert.deepEqual(await standing(), [[pattern, metric]]);

    const changed = await on.change(made, FILTER, "outside", inputs(pattern), inputs('"FATAL"'));
    assert.deepEqual(await standing(), [['"FATAL"', metric]]);

    await changed.delete();
    assert.deepEqual(await standing(), []);
  });

  it("are refused a pattern that is too long, and a sixth one with a regular expression", async () => {
    await assert.rejects(on.make(FILTER, "long", inputs("x".repeat(1_025))), /1025 characters; 1024 are allowed/);

    for (const at of [1, 2, 3, 4, 5]) await on.make(FILTER, `filter-${at}`, inputs(`%host=${at}%`));
    await assert.rejects(on.make(FILTER, "sixth", inputs("%host=6%")), /5 patterns with regular expressions/);
    await on.make(FILTER, "terms", inputs('"FATAL"'));
  });
});
