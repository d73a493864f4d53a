import assert from "node:assert/strict";
import { MARIADB, MYSQL } from "../../../../functions/database-users/mysql/dialect";
import { syncUsers } from "../../../../functions/database-users/mysql/sync-users";
import { MASTER, MysqlUnderTest } from "../../../support/mysql-users";
import { COMMENT, secretUser, wantedUser } from "../../../support/wanted-users";

const NOTHING = { created: [], changed: [], locked: [], dropped: [], kept: [], databases: [], beyondReach: 0 };

describe("The users of a real MariaDB or MySQL", () => {
  let database: MysqlUnderTest;

  before(async () => {
    database = await MysqlUnderTest.start();
  });
  afterEach(() => database.empty("other", "appX1", "app_1", "second"));
  after(() => database.stop());

  const refused = /denied/;
  const grants = async (user: string) =>
    (await database.rows<object>(`SHOW GRANTS FOR '${user}'@'%'`))
      .flatMap((row) => Object.values(row).map(String))
      .map((text) => text.replace(/ (IDENTIFIED|REQUIRE) .*$/, ""));
  const names = async () =>
    (await database.rows<{ User: string }>("SELECT User FROM mysql.user WHERE Host = '%' ORDER BY User")).map(
      ({ User }) => User,
    );

  it("are made with what they are asked for, and a second run changes nothing", async () => {
    const users = [
      wantedUser({ name: "app_owner", privilege: "owner" }),
      secretUser({ name: "app_writer", privilege: "write" }),
      wantedUser({ name: "app_reader" }),
    ];

    const first = await database.sync(...users);
    const sent = database.sent.length;
    const second = await database.sync(...users);

    assert.deepEqual(first, { ...NOTHING, created: ["app_owner", "app_writer", "app_reader"], databases: ["app"] });
    assert.deepEqual(second, NOTHING);
    assert.equal(database.sent.length, sent);
  });

  it("own, write and read, also what comes later, and no more than that", async () => {
    await database.sync(
      secretUser({ name: "app_owner", privilege: "owner" }),
      secretUser({ name: "app_writer", privilege: "write" }),
      secretUser({ name: "app_reader" }),
    );

    await database.as(
      "app_owner",
      "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, what text)",
      "CREATE VIEW seen AS SELECT what FROM orders",
      "CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW SET NEW.what = concat(NEW.what, '!')",
      "CREATE PROCEDURE wipe() DELETE FROM orders",
      "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders",
    );
    await database.as("app_writer", "INSERT INTO orders (what) VALUES ('tea')", "LOCK TABLES orders WRITE");

    assert.deepEqual(await database.as("app_reader", "SELECT what FROM seen"), [{ what: "tea!" }]);
    for (const statement of ["DELETE FROM orders", "CALL wipe()", "CREATE TEMPORARY TABLE t (id int)"])
      await assert.rejects(database.as("app_reader", statement), refused, statement);
    for (const statement of ["DROP TABLE orders", "CREATE TABLE mine (id int)", "ALTER TABLE orders ADD COLUMN x int"])
      await assert.rejects(database.as("app_writer", statement), refused, statement);
    for (const statement of [
      "CREATE DATABASE more",
      "SELECT * FROM mysql.db",
      "SELECT * FROM rds_sightline.users",
      "CREATE USER more",
      "GRANT SELECT ON app.* TO app_reader",
    ])
      await assert.rejects(database.as("app_owner", statement), /denied|not allowed/, statement);
  });

  it("have their own database only, though its name is a pattern that others match", async () => {
    await database.byMaster("CREATE DATABASE appX1", "CREATE TABLE appX1.hidden (id int)");

    await database.sync(secretUser({ name: "app_user", database: "app_1", privilege: "owner" }));

    const client = await database.logIn("app_user", "app_1");
    await client.query("CREATE TABLE orders (id int)");
    await assert.rejects(client.query("SELECT * FROM appX1.hidden"), refused);
    await client.end();
    await assert.rejects(database.logIn("app_user", "appX1"), refused);
  });

  it("get a database that is not there yet", async () => {
    const { databases } = await database.sync(wantedUser({ name: "far", database: "second" }));

    assert.deepEqual(databases, ["second"]);
    assert.deepEqual(await database.rows("SHOW DATABASES LIKE 'second'"), [{ "Database (second)": "second" }]);
  });

  it("prove who they are by RDS's plugin for IAM, or by the password of their secret, and over TLS only", async () => {
    await database.sync(wantedUser({ name: "by_iam" }), secretUser({ name: "by_password" }));

    await database.as("by_password", "SELECT 1");
    assert.ok(
      database.sent.includes("CREATE USER `by_iam`@`%` IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL"),
    );
    assert.deepEqual(await database.rows("SELECT User, ssl_type FROM mysql.user WHERE User LIKE 'by%' ORDER BY 1"), [
      { User: "by_iam", ssl_type: "ANY" },
      { User: "by_password", ssl_type: "ANY" },
    ]);
  });

  it("are held to TLS again where somebody let them off", async () => {
    await database.sync(secretUser({ name: "app_user" }));
    await database.byMaster("ALTER USER app_user REQUIRE NONE");

    const { changed } = await database.sync(secretUser({ name: "app_user" }));

    assert.deepEqual(changed, ["app_user"]);
    assert.deepEqual(await database.rows("SELECT ssl_type FROM mysql.user WHERE User = 'app_user'"), [
      { ssl_type: "ANY" },
    ]);
    await database.as("app_user", "SELECT 1");
  });

  it("change from the one proof to the other and back", async () => {
    await database.sync(wantedUser({ name: "app_reader" }));
    await database.sync(secretUser({ name: "app_reader" }));
    await database.as("app_reader", "SELECT 1");

    const { changed } = await database.sync(wantedUser({ name: "app_reader" }));

    assert.deepEqual(changed, ["app_reader"]);
    await assert.rejects(database.logIn("app_reader"), refused);
    assert.deepEqual(await database.sync(wantedUser({ name: "app_reader" })), NOTHING);
  });

  it("keep no second way in that somebody gave them", async () => {
    await database.sync(secretUser({ name: "app_user" }));
    const password = database.passwords.get("secret:app_user");
    const second =
      database.server.kind === "mariadb"
        ? "ALTER USER app_user IDENTIFIED VIA mysql_native_password USING PASSWORD('other') OR unix_socket"
        : "ALTER USER app_user IDENTIFIED BY 'other' RETAIN CURRENT PASSWORD";
    await database.byMaster(second);

    await database.sync(secretUser({ name: "app_user" }));

    assert.deepEqual(await database.sync(secretUser({ name: "app_user" })), NOTHING);
    if (database.server.kind === "mysql") await assert.rejects(database.logIn("app_user", "app", password), refused);
    else await assert.rejects(database.logIn("app_user", "app", "other"), refused);
  });

  it("leave no password in the server's log of statements", async () => {
    await database.sync(secretUser({ name: "app_reader" }));

    const password = database.passwords.get("secret:app_reader") ?? assert.fail("no password");
    const log = database.server.statementLog;
    assert.match(log, /CREATE USER .app_reader.@.%. IDENTIFIED/);
    assert.ok(!log.includes(password));
    assert.ok(!database.sent.some((statement) => statement.includes(password)));
  });

  it("lose what they are asked for no more", async () => {
    await database.sync(secretUser({ name: "app_user", privilege: "owner" }));
    await database.as("app_user", "CREATE TABLE orders (id int)");

    await database.sync(secretUser({ name: "app_user" }));

    await database.as("app_user", "SELECT * FROM orders");
    await assert.rejects(database.as("app_user", "INSERT INTO orders VALUES (1)"), refused);
    await database.sync(secretUser({ name: "app_user", database: "other" }));
    await assert.rejects(database.logIn("app_user"), refused);
    assert.equal((await grants("app_user")).length, 2);
  });

  it("lose what makes them mighty, however they got it, and keep what they are to have", async () => {
    await database.sync(wantedUser({ name: "app_reader" }));
    const before = await grants("app_reader");
    await database.byMaster(
      "CREATE DATABASE other",
      "CREATE TABLE other.t (id int)",
      "CREATE ROLE mighty",
      "GRANT mighty TO app_reader",
      "GRANT PROCESS, CREATE USER ON *.* TO app_reader WITH GRANT OPTION",
      "GRANT INSERT ON app.* TO app_reader WITH GRANT OPTION",
      "GRANT SELECT ON `oth%`.* TO app_reader",
      "GRANT SELECT (id) ON other.t TO app_reader",
    );

    await database.sync(wantedUser({ name: "app_reader" }));

    assert.deepEqual(await grants("app_reader"), before);
    assert.deepEqual(await database.sync(wantedUser({ name: "app_reader" })), NOTHING);
    await database.byMaster("DROP ROLE mighty");
  });

  it("lose a privilege to hand on what they have, and nothing besides", async () => {
    await database.sync(wantedUser({ name: "app_reader" }));
    const before = await grants("app_reader");
    await database.byMaster("GRANT INSERT ON app.* TO app_reader WITH GRANT OPTION");
    database.sent.length = 0;

    await database.sync(wantedUser({ name: "app_reader" }));

    assert.deepEqual(database.sent, ["REVOKE GRANT OPTION, INSERT ON `app`.* FROM `app_reader`@`%`"]);
    assert.deepEqual(await grants("app_reader"), before);
  });

  it("are locked, put out and dropped when they are taken from the settings and nothing runs in their name", async () => {
    await database.sync(secretUser({ name: "app_user", privilege: "write" }), secretUser({ name: "stays" }));
    const [client, other] = [await database.logIn("app_user"), await database.logIn("stays")];

    const result = await database.sync(secretUser({ name: "stays" }));

    assert.deepEqual(result, { ...NOTHING, locked: ["app_user"], dropped: ["app_user"] });
    await assert.rejects(client.query("SELECT 1"));
    await other.query("SELECT 1");
    await other.end();
    assert.deepEqual(await names(), [MASTER, "rdsadmin", "stays"].sort());
    assert.deepEqual(await database.rows("SELECT name FROM rds_sightline.users"), [{ name: "stays" }]);
  });

  for (const [what, statement] of [
    ["a view", "CREATE VIEW v AS SELECT 1 AS one"],
    ["a routine", "CREATE PROCEDURE p() SELECT 1"],
    ["a trigger", "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = 1"],
    ["an event", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders"],
  ] as const)
    it(`stay, locked, while ${what} runs in their name, and come back when they are asked for again`, async () => {
      const owner = secretUser({ name: "app_owner", privilege: "owner" });
      await database.sync(owner);
      await database.as("app_owner", "CREATE TABLE orders (id int)", statement);

      const first = await database.sync();
      const again = await database.sync();

      assert.deepEqual(first, { ...NOTHING, locked: ["app_owner"], kept: ["app_owner"] });
      assert.deepEqual(again, { ...NOTHING, kept: ["app_owner"] });
      await assert.rejects(database.logIn("app_owner"), /denied|locked/);
      assert.deepEqual((await database.sync(owner)).changed, ["app_owner"]);
      await database.as("app_owner", "SELECT * FROM orders");
    });

  it("are never taken over: a user of that name which was not made here is an error, and nothing is changed", async () => {
    await database.byMaster("CREATE USER theirs");

    await assert.rejects(
      database.sync(wantedUser({ name: "ours" }), wantedUser({ name: "theirs" }), wantedUser({ name: MASTER })),
      /were not made by this stack, so none was touched: theirs, umaster; choose other names/,
    );

    assert.deepEqual(database.sent, []);
    await database.byMaster("DROP USER theirs");
  });

  it("have no namesake from another host, who would come in their place", async () => {
    await database.byMaster("CREATE USER app_user@'10.%'");

    await assert.rejects(database.sync(wantedUser({ name: "app_user" })), /none was touched: app_user from 10\.%/);

    assert.deepEqual(database.sent, []);
    await database.byMaster("DROP USER app_user@'10.%'");
  });

  it("of another stack are left alone", async () => {
    await database.sync(secretUser({ name: "theirs" }));
    await database.rows("UPDATE rds_sightline.users SET made_by = 'made by another'");

    await database.sync();

    assert.deepEqual(await database.rows("SELECT * FROM rds_sightline.users"), [
      { name: "theirs", made_by: "made by another" },
    ]);
    await database.as("theirs", "SELECT 1");
    await assert.rejects(
      database.sync(wantedUser({ name: "theirs" })),
      new RegExp(`VALUES \\('<user>', '${COMMENT}'\\)`),
    );
  });

  it("take turns: two runs at once both end well, and make each user once", async () => {
    const users = ["one", "two", "three"].map((name) => wantedUser({ name, privilege: "write" }));

    const results = await Promise.all([database.sync(...users), database.sync(...users)]);

    assert.deepEqual(results.flatMap(({ created }) => created).sort(), ["one", "three", "two"]);
  });

  it("say so when another run is at work all the while, and change nothing", async () => {
    const other = await database.asMaster();
    await other.query("SELECT GET_LOCK('rds-sightline database-users', 0) AS turn");
    const dialect = database.server.kind === "mysql" ? MYSQL : MARIADB;

    const late = syncUsers([wantedUser({ name: "app_user" })], database.parts, dialect, 1);

    await assert.rejects(late, { name: "TurnError", message: /another run has changed users for 1 seconds/ });
    await other.close();
    assert.deepEqual(database.sent, []);
  });
});
