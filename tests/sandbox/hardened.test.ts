import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, DeleteRoleCommand, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { GetSecretValueCommand, ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { trustOf } from "../../components/policy-documents";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { rolePolicies } from "../../sandbox/aws/provider/iam/roles";
import { postgresFile } from "../../sandbox/aws/provider/rds/postgres";
import { listSubscriptions, writeRecord } from "../../sandbox/aws/registry";
import type { ConfigValue } from "../../sandbox/engine/operation";
import { type PostgresServer, startPostgres } from "../../sandbox/postgres/server";
import { leftovers } from "../../sandbox/tour/leftovers";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { matchesPattern } from "../support/filter-patterns";
import { decision } from "../support/iam";
import { alarmedQueues, deliverConnections, deliverTwoFormats, fullQueues } from "../support/log-group-traffic";
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

const USERS_FUNCTION = "rds-sightline-sandbox-database-users";
const USERS = {
  shop_owner: { schema: "shop", privilege: "owner" },
  shop: { schema: "shop", privilege: "write", authentication: "secret" },
};
const OTHER_USERS = { report: { schema: "shop" } };

const IN_A_LOG_GROUP = {
  "rds-sightline:flowLogs": { destination: "cloud-watch-logs", scope: "vpc" },
  "rds-sightline:frontDoor": {},
  // the longest there is: the longer a try may take, the fewer of them until a dead letter
  "rds-sightline:forwarder": { timeoutSeconds: 900 },
};

const EXCEPTIONS = "rds-sightline:exceptions";
const received = (client: string) => `LOG:  connection received: host=${client} port=50000`;

describe("Access, audit, database users and flow logs in a log group, deployed by the real engine, with a real PostgreSQL", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  let server: PostgresServer;

  const endpoint = () => ({ endpoint: sandbox.moto.url, region: sandbox.region, credentials: sandbox.admin });
  const clients = () => awsClients(endpoint());
  const iam = () => clients().iam;

  suiteSandbox("hardened", { returnAfterSeconds: 0, minuteMs: 200 }, async (opened, closers) => {
    sandbox = opened;
    const authority = `Amazon RDS ${sandbox.region} Root CA ECC384 G1`;
    // the endpoint's name as the emulator makes it
    const hosts = [`*.aaaaaaaaaa.${sandbox.region}.rds.amazonaws.com`];
    server = closers.keep(await startPostgres({ hosts, authority }), (each) => each.stop());
    const { address, port, caCertificate } = server;
    await writeRecord(postgresFile(sandbox.run.path), { address, port, caCertificate });
    await iam().send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: trustOf("ec2.amazonaws.com") }));
  });

  const settings = (
    people: Readonly<Record<string, ConfigValue>>,
    users: Readonly<Record<string, ConfigValue>>,
    audit: Readonly<Record<string, ConfigValue>> = {},
  ): Record<string, ConfigValue> => ({
    ...people,
    ...IN_A_LOG_GROUP,
    "rds-sightline:database": { instanceClass: "db.t4g.medium", port: server.port },
    "rds-sightline:databaseUsers": users,
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

  const secrets = () => clients().secrets;

  async function secretArn(): Promise<string> {
    const { SecretList = [] } = await secrets().send(new ListSecretsCommand({}));
    const found = SecretList.find(({ Description }) => Description === "The database's user shop");
    return found?.ARN ?? assert.fail("no secret of the user");
  }

  async function login(): Promise<{ readonly username: string; readonly password: string }> {
    const { SecretString = "" } = await secrets().send(
      new GetSecretValueCommand({ SecretId: await secretArn(), VersionStage: "AWSCURRENT" }),
    );
    return JSON.parse(SecretString) as { username: string; password: string };
  }

  async function as<Row extends object>(
    { username: user, password }: { username: string; password: string },
    sql: string,
  ) {
    const { address: host, port, caCertificate: ca } = server;
    const ssl = { ca, checkServerIdentity: () => undefined };
    const client = new Client({ host, port, database: "app", user, password, ssl });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  const users = () =>
    server.asSuperuser("app", async (client) => {
      const { rows } = await client.query<{ name: string; login: boolean }>(
        "SELECT rolname AS name, rolcanlogin AS login FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE 'made by rds-sightline-%' ORDER BY 1",
      );
      return rows.map(({ name, login: canLogIn }) => `${name}${canLogIn ? "" : " (locked)"}`);
    });

  it("are made by one update, people's policies attached to whom the settings name, and a second one changes nothing", async () => {
    const { outputs } = await sandbox.operate("up", { config: settings(OPERATED, USERS) });
    const again = await sandbox.operate("up", { config: settings(OPERATED, USERS) });

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

  it("let users log in by what is in their secrets, which the second update leaves as they are", async () => {
    assert.deepEqual(await users(), ["shop", "shop_owner"]);
    assert.deepEqual(await as(await login(), "SELECT current_user::text AS me"), [{ me: "shop" }]);
    assert.deepEqual(sandbox.runner.errors(), []);
  });

  it("give a user another password by the four steps of a rotation, each of which may be done twice", async () => {
    const before = await login();
    const ClientRequestToken = randomUUID();
    const SecretId = await secretArn();

    for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"])
      for (let times = 1; times <= 2; times += 1) {
        const end = await sandbox.runner.invoke(USERS_FUNCTION, { Step, SecretId, ClientRequestToken });
        assert.equal(end.outcome, "success", JSON.stringify(end));
      }

    const after = await login();
    assert.notEqual(after.password, before.password);
    assert.deepEqual(await as(after, "SELECT current_user::text AS me"), [{ me: "shop" }]);
    await assert.rejects(as(before, "SELECT 1"), /authentication failed/);
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

  it("bring flow logs to the PCE through the subscription, those of another flow log in the same streams, too", async () => {
    const expected = await deliverTwoFormats(sandbox);

    assert.deepEqual(new Set(sandbox.pce.flows().keys()), expected.connections);
    assert.deepEqual([sandbox.runner.errors(), await sandbox.moto.denials()], [[], []]);
  });

  it("have flow logs wait in the queue when Lambda has failed three times, and reach the PCE from there", async () => {
    const before = sandbox.runner.invocations().length;
    // of each invocation two: it reads the key anew before it takes the first for an answer
    sandbox.pce.inject(...Array.from({ length: 6 }, () => ({ kind: "status", status: 401 }) as const));
    const [connection = ""] = await deliverConnections(sandbox, ["10.0.64.9"]);
    await sandbox.runner.idle();

    const outcomes = sandbox.runner.invocations().map(({ outcome }) => outcome);
    assert.deepEqual(outcomes.slice(before), ["error", "error", "error", "success"]);
    assert.ok(sandbox.pce.flows().has(connection));
    assert.equal(await sandbox.runner.deadLetters(), 0);
  });

  it("have flow logs that fail for good as dead letters, which an alarm tells", async () => {
    const { logGroup = "" } = (await listSubscriptions(sandbox.run.path))[0] ?? {};
    const nonsense = { timestamp: Date.now(), message: "no flow log wrote this" };
    await sandbox.runner.publishLogEvents({ logGroup, logStream: "somebody-else", events: [nonsense] });
    await sandbox.runner.idle();

    const [queue] = await fullQueues(sandbox);
    assert.match(queue ?? "", /dead-letters/);
    assert.ok((await alarmedQueues(sandbox)).includes(queue), `no alarm for ${queue}`);
    assert.deepEqual([sandbox.runner.errors(), await sandbox.moto.denials()], [[], []]);
  });

  it("change in place: an operator becomes somebody whom the database is protected from, a network is known from then on, a user who owns nothing is gone and one who owns something locked", async () => {
    assert.deepEqual([await isOutside("10.8.0.1"), await isOutside("10.0.0.1")], [true, false]);
    await server.asSuperuser("app", (client) =>
      client.query("SET SESSION AUTHORIZATION shop_owner; CREATE TABLE shop.orders (id int)"),
    );

    const changed = await sandbox.operate("up", {
      config: settings(PROTECTED, OTHER_USERS, { knownCidrs: ["10.8.0.0/16"] }),
    });

    const replaced = changed.steps.filter(({ op }) => op === "replace").map(({ name }) => name);
    assert.deepEqual(replaced, []);
    assert.equal(await mayModify(), "ExplicitlyDenied");
    assert.deepEqual([await isOutside("10.8.0.1"), await isOutside("10.9.0.1")], [false, true]);
    assert.deepEqual(await users(), ["report", "shop_owner (locked)"]);
  });

  it("go without a rest, but for the role, which is not the stack's, and the users who own something, who are locked", async () => {
    const { resources } = await sandbox.operate("destroy", { config: settings(PROTECTED, OTHER_USERS) });

    assert.equal(resources, 0);
    const runs = sandbox.runner.invocations().filter(({ functionName }) => functionName === USERS_FUNCTION);
    assert.equal(runs.at(-1)?.outcome, "success", JSON.stringify(runs.at(-1)));
    assert.deepEqual(await users(), ["shop_owner (locked)"]);
    assert.deepEqual(await filters(), []);
    await iam().send(new DeleteRoleCommand({ RoleName: ROLE }));
    assert.deepEqual(await leftovers(sandbox.run.path, endpoint()), []);
  });
});
