import assert from "node:assert/strict";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, DeleteRoleCommand, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { trustOf } from "../../components/policy-documents";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { rolePolicies } from "../../sandbox/aws/provider/iam/roles";
import type { ConfigValue } from "../../sandbox/engine/operation";
import { leftovers } from "../../sandbox/tour/leftovers";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { matchesPattern } from "../support/filter-patterns";
import { decision } from "../support/iam";
import { suiteSandbox } from "../support/suite-sandbox";

const ROLE = "database-team";
const certificate = (digit: string) =>
  `arn:aws:acm:us-west-2:111122223333:certificate/${digit.repeat(8)}-1111-2222-3333-${digit.repeat(12)}`;
const peopleOf = (maxMinutes: number, protect: readonly string[]) => ({
  "rds-sightline:access": {
    operators: protect.length > 0 ? [] : [`role/${ROLE}`],
    protect,
    connect: { app: [`role/${ROLE}`] },
  },
  "rds-sightline:bastion": { maxMinutes, principals: [`role/${ROLE}`] },
  "rds-sightline:clientVpn": { serverCertificateArn: certificate("a"), clientCertificateArn: certificate("b") },
});
const OPERATED = peopleOf(480, []);
const PROTECTED = peopleOf(60, [`role/${ROLE}`]);

const EXCEPTIONS = "rds-sightline:exceptions";
const received = (client: string) => `LOG:  connection received: host=${client} port=50000`;

describe("The access of people and the audit of a whole stack, deployed by the real engine", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;

  const endpoint = () => ({ endpoint: sandbox.moto.url, region: sandbox.region, credentials: sandbox.admin });
  const clients = () => awsClients(endpoint());
  const iam = () => clients().iam;

  suiteSandbox("access-and-audit", { returnAfterSeconds: 0 }, async (opened) => {
    sandbox = opened;
    await iam().send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: trustOf("ec2.amazonaws.com") }));
  });

  const settings = (
    people: Readonly<Record<string, ConfigValue>>,
    audit: Readonly<Record<string, ConfigValue>> = {},
  ): Record<string, ConfigValue> => ({
    ...people,
    "rds-sightline:frontDoor": {},
    "rds-sightline:audit": { trail: "own", securityHub: true, guardDuty: true, ...audit },
    [EXCEPTIONS]: {
      ...(sandbox.settings.config[EXCEPTIONS] as Record<string, ConfigValue>),
      keepAuditTrail: "the sandbox is thrown away",
    },
  });
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

  /** What IAM says to the role, with the policies that are attached to it now. */
  async function mayModify(): Promise<string> {
    const policies = await rolePolicies({ aws: { iam: iam() } }, `arn:aws:iam::123456789012:role/${ROLE}`);
    const statements = policies.flatMap(
      (policy) => JSON.parse(policy).Statement as { Action: string[]; Resource: string[] }[],
    );
    const resource = statements.find(({ Action }) => Action.includes("rds:ModifyDBInstance"))?.Resource[0] ?? "";
    const context = { "aws:ResourceTag/pulumi:project": "rds-sightline", "aws:ResourceTag/pulumi:stack": "sandbox" };
    return decision(policies, { action: "rds:ModifyDBInstance", resource, context });
  }

  it("are made by one update, people's policies attached to whom the settings name, and a second one changes nothing", async () => {
    const { outputs } = await sandbox.operate("up", { config: settings(OPERATED) });
    const again = await sandbox.operate("up", { config: settings(OPERATED) });

    assert.equal(again.changes, 0);
    const { AttachedPolicies: attached = [] } = await iam().send(
      new ListAttachedRolePoliciesCommand({ RoleName: ROLE }),
    );
    assert.deepEqual(attached.map(({ PolicyName }) => PolicyName).sort(), [
      "rds-sightline-sandbox-connect-app",
      "rds-sightline-sandbox-operators",
      "rds-sightline-sandbox-start-session",
    ]);
    assert.equal(await mayModify(), "Allowed");
    assert.match(
      String(outputs["tunnelCommand"]),
      /^aws ssm start-session .*--document-name rds-sightline-sandbox-tunnel/,
    );
    assert.ok(outputs["clientVpnEndpoint"]);
  });

  it("have for each filter an alarm on the metric that it counts in", async () => {
    const { MetricAlarms = [] } = await clients().cloudWatch.send(new DescribeAlarmsCommand({}));
    const watched = MetricAlarms.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);

    const counted = (await filters()).map(({ metric }) => metric);
    assert.equal(counted.length, 10);
    assert.deepEqual(
      counted.filter((metric) => !watched.includes(metric)),
      [],
    );
  });

  it("change in place: an operator becomes somebody whom the database is protected from, a network is known from then on", async () => {
    assert.deepEqual([await isOutside("10.8.0.1"), await isOutside("10.0.0.1")], [true, false]);

    const changed = await sandbox.operate("up", { config: settings(PROTECTED, { knownCidrs: ["10.8.0.0/16"] }) });

    const replaced = changed.steps.filter(({ op }) => op === "replace").map(({ name }) => name);
    assert.deepEqual(replaced, []);
    assert.equal(await mayModify(), "ExplicitlyDenied");
    assert.deepEqual([await isOutside("10.8.0.1"), await isOutside("10.9.0.1")], [false, true]);
  });

  it("go without a rest, but for the role, which is not the stack's", async () => {
    const { resources } = await sandbox.operate("destroy", { config: settings(PROTECTED) });

    assert.equal(resources, 0);
    assert.deepEqual(await filters(), []);
    await iam().send(new DeleteRoleCommand({ RoleName: ROLE }));
    assert.deepEqual(await leftovers(sandbox.run.path, endpoint()), []);
  });
});
