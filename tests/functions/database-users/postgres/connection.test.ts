import assert from "node:assert/strict";
import { connect } from "../../../../functions/database-users/postgres/connection";
import { makeCertificates } from "../../../../sandbox/pce/certificates";
import { type PostgresServer, startPostgres } from "../../../../sandbox/postgres/server";

const HOST = "localhost";
const LOGIN = { user: "umaster", password: "p1", database: "app" };

describe("a connection to the database", () => {
  let server: PostgresServer;

  before(async () => {
    server = await startPostgres({ hosts: [HOST] });
    await server.makeMaster(LOGIN.user, LOGIN.password, LOGIN.database);
  });
  after(() => server.stop());

  const to = (host: string, authority: string) =>
    connect({ ...LOGIN, host, port: server.port, authorities: [authority] });

  it("is made where the certificate is of the authority and bears the name, over TLS 1.2 or newer", async () => {
    const connection = await to(HOST, server.caCertificate);
    const rows = await connection.query<{ version: string }>(
      "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    await connection.close();

    assert.match(rows[0]?.version ?? "", /^TLSv1\.[23]$/);
  });

  it("is not made to another name, though the authority is the right one", async () => {
    await assert.rejects(to("127.0.0.1", server.caCertificate), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  it("is not made where another authority signed, though the name is the right one", async () => {
    const { caCertificate } = await makeCertificates();

    await assert.rejects(to(HOST, caCertificate), /unable to verify|self-signed|unable to get local issuer/);
  });

  it("means PostgreSQL's own functions, whatever somebody put in their place", async () => {
    await server.asSuperuser("app", (client) =>
      client.query(`CREATE SCHEMA "${LOGIN.user}" CREATE VIEW pg_roles AS SELECT 'forged'::text AS rolname`),
    );
    const connection = await to(HOST, server.caCertificate);
    const rows = await connection.query("SELECT 1 FROM pg_roles WHERE rolname::text = 'forged'");
    await connection.close();

    assert.deepEqual(rows, []);
  });

  it("does all statements of a transaction, or none", async () => {
    const connection = await to(HOST, server.caCertificate);

    await assert.rejects(connection.runAll(["CREATE ROLE half", "CREATE ROLE half"]), /already exists/);
    const rows = await connection.query("SELECT 1 FROM pg_roles WHERE rolname = 'half'");
    await connection.close();

    assert.deepEqual(rows, []);
  });
});
