import assert from "node:assert/strict";
import { type MysqlServer, startMysql } from "../../../../sandbox/mysql/server";
import { makeCertificates } from "../../../../sandbox/pce/certificates";
import { MysqlUnderTest } from "../../../support/mysql-users";

const OTHER_NAME = "database.example";

describe("a connection to MariaDB or MySQL", () => {
  let database: MysqlUnderTest;
  let misnamed: MysqlServer;

  before(async () => {
    database = await MysqlUnderTest.start();
    misnamed = await startMysql({ hosts: [OTHER_NAME] });
  });
  after(async () => {
    await database.stop();
    await misnamed.stop();
  });

  const to = ({ port }: { readonly port: number }, authority: string, host = "localhost") => {
    const { username: user, password } = database.login;
    return database.engine.connect({ host, port, database: "app", user, password, authorities: [authority] });
  };

  it("is made where the certificate is of the authority and bears the name, over TLS 1.2 or newer", async () => {
    const connection = await to(database.server, database.server.caCertificate);
    const rows = await connection.query<{ Value: string }>("SHOW STATUS LIKE 'Ssl_version'");
    await connection.close();

    assert.match(rows[0]?.Value ?? "", /^TLSv1\.[23]$/);
  });

  it("is not made where the certificate bears another name, and then sends nothing, not even who would come", async () => {
    await assert.rejects(to(misnamed, misnamed.caCertificate), /does not match certificate's altnames/);

    assert.ok(!misnamed.statementLog.includes(database.login.username));
  });

  it("is not made where another authority signed, though the name is the right one", async () => {
    const { caCertificate } = await makeCertificates();

    await assert.rejects(to(database.server, caCertificate), /unable to verify|self-signed|unable to get local issuer/);

    assert.ok(!/Access denied/.test(database.server.statementLog));
  });

  it("is not made to an address, whose certificate could not be looked at", async () => {
    await assert.rejects(to(database.server, database.server.caCertificate, "127.0.0.1"), /is an address/);
  });

  it("reads quotes as they are written here, whatever the server's parameters say", async () => {
    const modes = "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'";
    await database.rows(`SET GLOBAL sql_mode = ${modes}, GLOBAL autocommit = 0`);

    const connection = await to(database.server, database.server.caCertificate);
    const [session] = await connection.query<{ modes: string; commits: number }>(
      "SELECT @@SESSION.sql_mode AS modes, @@SESSION.autocommit AS commits",
    );
    await connection.close();

    assert.doesNotMatch(session?.modes ?? "", /ANSI_QUOTES|NO_BACKSLASH_ESCAPES/);
    assert.match(session?.modes ?? "", /STRICT_ALL_TABLES/);
    assert.equal(session?.commits, 1);
  });
});
