import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardBody } from "../../components/dashboard-body";
import { recordStack, STACKS, type StackName } from "../support/program";
import type { Recording } from "../support/pulumi-recorder";

const PAGE = "aws:cloudwatch/dashboard:Dashboard";
const FUNCTIONS = join(__dirname, "../../functions");

interface Widget {
  readonly type: "text" | "metric";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly markdown?: string; readonly region?: string; readonly metrics?: readonly string[][] };
}

const widgetsOf = (made: Recording<unknown>): readonly Widget[] =>
  JSON.parse(String(made.one(PAGE).inputs["dashboardBody"])).widgets;
const metricsOf = (made: Recording<unknown>) => widgetsOf(made).flatMap(({ properties }) => properties.metrics ?? []);
const headings = (made: Recording<unknown>) =>
  widgetsOf(made).flatMap(({ properties }) =>
    properties.markdown === undefined ? [] : [properties.markdown.slice(3)],
  );

// AWS's own metrics, by namespace: the dimensions that it publishes them with, and the names that are shown
const OF_AWS: Readonly<
  Record<string, { readonly dimensions: readonly string[][]; readonly names: readonly string[] }>
> = {
  "AWS/RDS": {
    dimensions: [["DBInstanceIdentifier"]],
    names: [
      ...["CPUUtilization", "DatabaseConnections", "FreeStorageSpace", "FreeableMemory"],
      ...["ReadIOPS", "ReadLatency", "WriteIOPS", "WriteLatency"],
    ],
  },
  "AWS/Lambda": { dimensions: [["FunctionName"]], names: ["Duration", "Errors", "Invocations"] },
  "AWS/NetworkELB": {
    dimensions: [["LoadBalancer"], ["LoadBalancer", "TargetGroup"]],
    names: ["ActiveFlowCount", "HealthyHostCount", "PortAllocationErrorCount", "UnHealthyHostCount"],
  },
};

const WITHOUT: StackName = "with an audit of a trail that exists";
const shownStacks = (Object.keys(STACKS) as StackName[]).filter((stack) => stack !== WITHOUT);

describe("the dashboard", () => {
  for (const stack of shownStacks) {
    it(`shows only what the stack has, by metrics that AWS, a function or a filter publishes, ${stack}`, async () => {
      const made = await recordStack(stack);
      const known = new Set([
        ...made.all("aws:rds/instance:Instance").map(({ inputs }) => inputs["identifier"]),
        ...made.all("aws:lambda/function:Function").map(({ inputs }) => inputs["name"]),
        ...made.all("aws:lb/loadBalancer:LoadBalancer").map(({ name }) => `net/${name}-1a2b3c4/0123456789abcdef`),
        ...made.all("aws:lb/targetGroup:TargetGroup").map(({ name }) => `targetgroup/${name}-1a2b3c4/fedcba9876543210`),
      ]);
      const counted = made.all("aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) => {
        const { namespace, name } = inputs["metricTransformation"] as { namespace: string; name: string };
        return `${namespace} ${name}`;
      });

      for (const [namespace = "", name = "", ...pairs] of metricsOf(made)) {
        const dimensions = pairs.filter((_, at) => at % 2 === 0);
        const values = pairs.filter((_, at) => at % 2 === 1);
        const ofAws = OF_AWS[namespace];
        assert.ok(
          values.every((value) => known.has(value)),
          `${namespace} ${name}: ${values.join(", ")}`,
        );
        if (ofAws) {
          assert.ok(ofAws.names.includes(name), name);
          assert.ok(
            ofAws.dimensions.some((each) => each.join() === dimensions.join()),
            `${name}: ${dimensions.join()}`,
          );
        } else if (namespace === "RdsSightline") {
          assert.deepEqual(dimensions, ["service"], name);
          const folder = String(values[0]).replace("rds-sightline-dev-", "");
          assert.ok(publishedBy(folder).includes(`"${name}"`), `${folder} publishes no ${name}`);
        } else {
          assert.ok(counted.includes(`${namespace} ${name}`), `nothing counts ${namespace} ${name}`);
        }
      }
    });
  }

  it("has the database and its logins, and a part for each that there is beside them", async () => {
    assert.deepEqual(headings(await recordStack("with defaults only")), ["Database", "Logins"]);
    assert.deepEqual(headings(await recordStack("with a public front door")), [
      ...["Database", "Logins", "Flows to the PCE", "Front door", "Target sync"],
    ]);
    assert.deepEqual(headings(await recordStack("with a workload sync")).slice(-1), ["Workload sync"]);
    assert.deepEqual(headings(await recordStack("with an enforcement")).slice(-1), ["Enforcement"]);
  });

  it("is not there when a stack file says so", async () => {
    assert.deepEqual((await recordStack(WITHOUT)).all(PAGE), []);
  });

  it("lays nothing over anything, within CloudWatch's 24 columns", () => {
    const lambda = (folder: string) => ({ functionName: folder, metrics: { namespace: "N", service: folder } });
    const widgets: readonly Widget[] = JSON.parse(
      dashboardBody({
        region: "eu-west-1",
        databaseIdentifier: "d",
        logNamespace: "L",
        logMetrics: ["OutsideClients"],
        flowForwarder: lambda("f"),
        frontDoor: { loadBalancer: "b", targetGroup: "t" },
        targetSync: lambda("t"),
        workloadSync: lambda("w"),
        enforcement: lambda("e"),
      }),
    ).widgets;

    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, at) => `${x + (at % width)},${y + Math.floor(at / width)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
    assert.ok(widgets.every(({ x, width }) => x + width <= 24));
    assert.ok(widgets.every(({ type, properties }) => type === "text" || properties.region === "eu-west-1"));
  });
});

const publishedBy = (folder: string): string =>
  readdirSync(join(FUNCTIONS, folder))
    .filter((file) => file === "metrics.ts")
    .map((file) => readFileSync(join(FUNCTIONS, folder, file), "utf8"))
    .join("");
