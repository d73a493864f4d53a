import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { GetSecretValueCommand, ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { awsClients } from "../../sandbox/aws/provider/clients";
import { postgresFile } from "../../sandbox/aws/provider/rds/postgres";
import { writeRecord } from "../../sandbox/aws/registry";
import { type PostgresServer, startPostgres } from "../../sandbox/postgres/server";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const FUNCTION = "rds-sightline-sandbox-database-users";
const OWNER = { schema: "shop", privilege: "owner" };
const WRITER = { schema: "shop", privilege: "write", authentication: "secret" };

describe("The users of a whole stack's database, deployed by the real engine, in a real PostgreSQL", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  let server: PostgresServer;

  suiteSandbox("database-users", {}, async (opened, closers) => {
    sandbox = opened;
    const authority = `Amazon RDS ${sandbox.region} Root CA ECC384 G1`;
    // the endpoint's name as the emulator makes it
    const hosts = [`*.aaaaaaaaaa.${sandbox.region}.rds.amazonaws.com`];
    server = closers.keep(await startPostgres({ hosts, authority }), (each) => each.stop());
    const { address, port, caCertificate } = server;
    await writeRecord(postgresFile(sandbox.run.path), { address, port, caCertificate });
  });

  const up = (users: { readonly [name: string]: Readonly<Record<string, string>> }) =>
    sandbox.operate("up", {
      config: {
        "rds-sightline:frontDoor": {},
        "rds-sightline:database": { instanceClass: "db.t4g.medium", port: server.port },
        "rds-sightline:databaseUsers": users,
      },
    });
  const secrets = () =>
    awsClients({ endpoint: sandbox.moto.url, region: sandbox.region, credentials: sandbox.admin }).secrets;

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

  it("are there when the update ends, and log in by what is in their secrets", async () => {
    await up({ shop_owner: OWNER, shop: WRITER });

    assert.deepEqual(await users(), ["shop", "shop_owner"]);
    assert.deepEqual(await as(await login(), "SELECT current_user::text AS me"), [{ me: "shop" }]);
    assert.deepEqual(sandbox.runner.errors(), []);
  });

  it("stay as they are in an update that changes nothing", async () => {
    const before = await login();

    const { steps } = await up({ shop_owner: OWNER, shop: WRITER });

    assert.deepEqual(
      steps.filter(({ op }) => op !== "same").map(({ name }) => name),
      [],
    );
    assert.deepEqual(await login(), before);
  });

  it("get another password by the four steps of a rotation, each of which may be done twice", async () => {
    const before = await login();
    const ClientRequestToken = randomUUID();
    const SecretId = await secretArn();

    for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"])
      for (let times = 1; times <= 2; times += 1) {
        const end = await sandbox.runner.invoke(FUNCTION, { Step, SecretId, ClientRequestToken });
        assert.equal(end.outcome, "success", JSON.stringify(end));
      }

    const after = await login();
    assert.notEqual(after.password, before.password);
    assert.deepEqual(await as(after, "SELECT current_user::text AS me"), [{ me: "shop" }]);
    await assert.rejects(as(before, "SELECT 1"), /authentication failed/);
  });

  it("are locked, or gone, in the update that takes them from the settings", async () => {
    await server.asSuperuser("app", (client) =>
      client.query("SET SESSION AUTHORIZATION shop_owner; CREATE TABLE shop.orders (id int)"),
    );

    await up({ report: { schema: "shop" } });
    assert.deepEqual(await users(), ["report", "shop_owner (locked)"]);
  });

  it("do not keep a destroy from ending, which locks them all", async () => {
    await sandbox.operate("destroy");

    const runs = sandbox.runner.invocations().filter(({ functionName }) => functionName === FUNCTION);
    assert.equal(runs.at(-1)?.outcome, "success", JSON.stringify(runs.at(-1)));
    assert.deepEqual(await users(), ["shop_owner (locked)"]);
  });
});
