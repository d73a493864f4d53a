import assert from "node:assert/strict";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { awsClients } from "../../sandbox/aws/provider/clients";
import type { ConfigValue } from "../../sandbox/engine/operation";
import { leftovers } from "../../sandbox/tour/leftovers";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { matchesPattern } from "../support/filter-patterns";
import { suiteSandbox } from "../support/suite-sandbox";

const EXCEPTIONS = "rds-sightline:exceptions";
const received = (client: string) => `LOG:  connection received: host=${client} port=50000`;

describe("An audit with a trail, deployed by the real engine", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;

  suiteSandbox("audit", { returnAfterSeconds: 0 }, (opened) => {
    sandbox = opened;
  });

  const settings = (audit: Readonly<Record<string, ConfigValue>>) => {
    const exceptions = sandbox.settings.config[EXCEPTIONS] as Record<string, ConfigValue>;
    return {
      "rds-sightline:frontDoor": {},
      "rds-sightline:audit": { trail: "own", securityHub: true, guardDuty: true, ...audit },
      [EXCEPTIONS]: { ...exceptions, keepAuditTrail: "the sandbox is thrown away" },
    };
  };
  const endpoint = () => ({ endpoint: sandbox.moto.url, region: sandbox.region, credentials: sandbox.admin });
  const clients = () => awsClients(endpoint());
  const filters = async () => {
    const { metricFilters = [] } = await clients().logs.send(new DescribeMetricFiltersCommand({}));
    return metricFilters.map(({ filterPattern = "", metricTransformations: [to] = [] }) => ({
      pattern: filterPattern,
      metric: `${to?.metricNamespace} ${to?.metricName}`,
    }));
  };
  const isOutside = async (client: string) =>
    (await filters()).some(
      ({ metric, pattern }) => metric.endsWith(" OutsideClients") && matchesPattern(pattern, received(client)),
    );

  it("is made by one update, and a second one changes nothing", async () => {
    await sandbox.operate("up", { config: settings({}) });
    const again = await sandbox.operate("up", { config: settings({}) });

    assert.equal(again.changes, 0);
  });

  it("has for each filter an alarm on the metric that it counts in", async () => {
    const { MetricAlarms = [] } = await clients().cloudWatch.send(new DescribeAlarmsCommand({}));
    const watched = MetricAlarms.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);

    const counted = (await filters()).map(({ metric }) => metric);
    assert.equal(counted.length, 10);
    assert.deepEqual(
      counted.filter((metric) => !watched.includes(metric)),
      [],
    );
  });

  it("takes a network for known from the update on that names it", async () => {
    assert.deepEqual([await isOutside("10.8.0.1"), await isOutside("10.0.0.1")], [true, false]);

    await sandbox.operate("up", { config: settings({ knownCidrs: ["10.8.0.0/16"] }) });

    assert.deepEqual([await isOutside("10.8.0.1"), await isOutside("10.9.0.1")], [false, true]);
  });

  it("goes, and leaves nothing behind", async () => {
    await sandbox.operate("destroy", { config: settings({}) });

    assert.deepEqual(await filters(), []);
    assert.deepEqual(await leftovers(sandbox.run.path, endpoint()), []);
  });
});
