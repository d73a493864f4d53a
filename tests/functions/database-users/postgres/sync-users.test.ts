import assert from "node:assert/strict";
import { DatabaseUnderTest, MASTER } from "../../../support/postgres-users";
import { COMMENT, secretUser, wantedUser } from "../../../support/wanted-users";

describe("The users of a real PostgreSQL", () => {
  let database: DatabaseUnderTest;

  before(async () => {
    database = await DatabaseUnderTest.start();
  });
  afterEach(() => database.empty());
  after(() => database.stop());

  const refused = /permission denied/;
  const memberships = (user: string) =>
    database.rows<{ role: string; of: string }>(
      "SELECT m.member::regrole::text AS role, m.roleid::regrole::text AS of FROM pg_auth_members m WHERE m.member = to_regrole($1) ORDER BY 2",
      [user],
    );

  it("are made with what they are asked for, and a second run changes nothing", async () => {
    const users = [
      wantedUser({ name: "app_owner", privilege: "owner" }),
      secretUser({ name: "app_writer", privilege: "write" }),
      wantedUser({ name: "app_reader" }),
    ];

    const first = await database.sync(...users);
    const second = await database.sync(...users);

    assert.deepEqual(first.created, ["app_owner", "app_writer", "app_reader"]);
    assert.deepEqual(first.databases, ["app"]);
    assert.deepEqual(second, {
      created: [],
      changed: [],
      locked: [],
      dropped: [],
      kept: [],
      databases: [],
      beyondReach: 0,
    });
  });

  it("own, write and read, also what comes later, and no more than that", async () => {
    await database.sync(
      wantedUser({ name: "app_owner", privilege: "owner" }),
      wantedUser({ name: "app_writer", privilege: "write" }),
      wantedUser({ name: "app_reader" }),
    );

    await database.as("app_owner", "CREATE TABLE shop.orders (id serial PRIMARY KEY, what text)");
    await database.byMaster("CREATE TABLE public.hidden (id int)");
    await database.as("app_writer", "INSERT INTO shop.orders (what) VALUES ('tea')");
    const read = await database.as<{ what: string }>("app_reader", "SELECT what FROM shop.orders");

    assert.deepEqual(read, [{ what: "tea" }]);
    await assert.rejects(database.as("app_reader", "DELETE FROM shop.orders"), refused);
    await assert.rejects(database.as("app_reader", "SELECT nextval('shop.orders_id_seq')"), refused);
    await assert.rejects(database.as("app_writer", "TRUNCATE shop.orders"), refused);
    await assert.rejects(database.as("app_writer", "CREATE TABLE shop.mine (id int)"), refused);
    await assert.rejects(database.as("app_owner", "SELECT * FROM public.hidden"), refused);
    await assert.rejects(database.as("app_owner", "CREATE ROLE more"), refused);
    await database.byMaster("DROP TABLE public.hidden");
  });

  it("may do what was there before them, whoever of ours made it", async () => {
    await database.byMaster(
      "CREATE SCHEMA shop",
      "CREATE TABLE shop.old (id int)",
      "CREATE VIEW shop.seen AS SELECT id FROM shop.old",
    );

    await database.sync(wantedUser({ name: "app_owner", privilege: "owner" }), wantedUser({ name: "app_reader" }));

    assert.deepEqual(await database.as("app_reader", "SELECT * FROM shop.seen"), []);
    await database.as("app_owner", "INSERT INTO shop.old VALUES (1)");
    assert.deepEqual(
      await database.rows("SELECT nspowner::regrole::text AS owner FROM pg_namespace WHERE nspname = 'shop'"),
      [{ owner: "app_owner" }],
    );
  });

  it("prove who they are by IAM without a password, or by the password of their secret", async () => {
    await database.sync(wantedUser({ name: "by_iam" }), secretUser({ name: "by_password" }));

    const client = await database.logIn("by_password", database.passwords.get("secret:by_password") ?? "");
    await client.end();

    assert.deepEqual(await memberships("by_iam"), [{ role: "by_iam", of: "rds_iam" }]);
    assert.deepEqual(await memberships("by_password"), []);
    assert.deepEqual(await database.rows("SELECT rolpassword FROM pg_authid WHERE rolname = 'by_iam'"), [
      { rolpassword: null },
    ]);
  });

  it("change from the one proof to the other and back", async () => {
    await database.sync(wantedUser({ name: "app_reader" }));
    await database.sync(secretUser({ name: "app_reader" }));
    const client = await database.logIn("app_reader", database.passwords.get("secret:app_reader") ?? "");
    await client.end();
    assert.deepEqual(await memberships("app_reader"), []);

    const { changed } = await database.sync(wantedUser({ name: "app_reader" }));

    assert.deepEqual(changed, ["app_reader"]);
    assert.deepEqual(await memberships("app_reader"), [{ role: "app_reader", of: "rds_iam" }]);
    await assert.rejects(
      database.logIn("app_reader", database.passwords.get("secret:app_reader") ?? ""),
      /authentication failed/,
    );
  });

  it("leave no password in the server's log of statements", async () => {
    await database.sync(secretUser({ name: "app_reader" }));

    const password = database.passwords.get("secret:app_reader") ?? assert.fail("no password");
    assert.match(database.server.log, /CREATE ROLE "app_reader" LOGIN PASSWORD 'SCRAM-SHA-256/);
    assert.ok(!database.server.log.includes(password));
  });

  it("make the master user a member of none of them: RDS would take it for one without a password", async () => {
    await database.sync(wantedUser({ name: "app_owner", privilege: "owner" }), wantedUser({ name: "app_reader" }));
    await database.as("app_owner", "CREATE TABLE shop.orders (id int)");
    await database.sync(wantedUser({ name: "app_owner" }), wantedUser({ name: "app_reader", privilege: "write" }));

    const version = Number(
      (await database.rows<{ v: string }>("SELECT current_setting('server_version_num') AS v"))[0]?.v,
    );
    const inherits = version >= 160_000 ? "AND (inherit_option OR set_option)" : "";
    const held = await database.rows<{ role: string }>(
      `SELECT roleid::regrole::text AS role FROM pg_auth_members WHERE member = to_regrole($1) ${inherits}`,
      [MASTER],
    );
    assert.deepEqual(held, [{ role: "rds_superuser" }]);
  });

  it("lose what they are asked for no more", async () => {
    await database.sync(
      wantedUser({ name: "app_owner", privilege: "owner" }),
      wantedUser({ name: "app_user", privilege: "write" }),
    );
    await database.as("app_owner", "CREATE TABLE shop.orders (id serial)");

    await database.sync(wantedUser({ name: "app_owner", privilege: "owner" }), wantedUser({ name: "app_user" }));

    await database.as("app_user", "SELECT * FROM shop.orders");
    await assert.rejects(database.as("app_user", "INSERT INTO shop.orders DEFAULT VALUES"), refused);
    await database.as("app_owner", "CREATE TABLE shop.later (id int)");
    await assert.rejects(database.as("app_user", "INSERT INTO shop.later VALUES (1)"), refused);
    await database.sync(
      wantedUser({ name: "app_owner", privilege: "owner" }),
      wantedUser({ name: "app_user", schema: "other" }),
    );
    await assert.rejects(database.as("app_user", "SELECT * FROM shop.orders"), refused);
  });

  it("hand a schema and what is in it to its next owner, or back to the master user", async () => {
    await database.sync(wantedUser({ name: "first", privilege: "owner" }));
    await database.as("first", "CREATE TABLE shop.orders (id int)");

    await database.sync(
      wantedUser({ name: "first", privilege: "read" }),
      wantedUser({ name: "second", privilege: "owner" }),
    );
    await database.as("second", "ALTER TABLE shop.orders ADD COLUMN what text");
    await database.as("first", "SELECT * FROM shop.orders");
    await assert.rejects(database.as("first", "INSERT INTO shop.orders VALUES (1)"), refused);

    await database.sync(wantedUser({ name: "second", privilege: "read" }));
    await assert.rejects(database.as("second", "DROP TABLE shop.orders"), /must be owner/);
    assert.deepEqual(
      await database.rows("SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 'orders'"),
      [{ owner: MASTER }],
    );
  });

  it("are locked, put out and dropped when they are taken from the settings and own nothing", async () => {
    await database.sync(secretUser({ name: "app_user", privilege: "write" }));
    const client = await database.logIn("app_user", database.passwords.get("secret:app_user") ?? "");

    const result = await database.sync();

    assert.deepEqual([result.locked, result.dropped, result.kept], [["app_user"], ["app_user"], []]);
    await assert.rejects(client.query("SELECT 1"));
    assert.deepEqual(await database.rows("SELECT rolname FROM pg_roles WHERE rolname = 'app_user'"), []);
  });

  it("stay, locked, while they own something, and come back when they are asked for again", async () => {
    const owner = secretUser({ name: "app_owner", privilege: "owner" });
    await database.sync(owner);
    await database.as("app_owner", "CREATE TABLE shop.orders (id int)");

    const first = await database.sync();
    const again = await database.sync();

    assert.deepEqual([first.locked, first.dropped, first.kept], [["app_owner"], [], ["app_owner"]]);
    assert.deepEqual([again.locked, again.dropped, again.kept, again.databases], [[], [], ["app_owner"], []]);
    await assert.rejects(
      database.logIn("app_owner", database.passwords.get("secret:app_owner") ?? ""),
      /not permitted to log in|authentication failed/,
    );
    assert.deepEqual((await database.sync(owner)).changed, ["app_owner"]);
    const client = await database.logIn("app_owner", database.passwords.get("secret:app_owner") ?? "");
    assert.deepEqual((await client.query("SELECT * FROM shop.orders")).rows, []);
    await client.end();
  });

  it("are dropped also when they had privileges in another database", async () => {
    await database.byMaster("CREATE DATABASE second");
    await database.sync(wantedUser({ name: "far", database: "second", privilege: "write" }));

    const { dropped, databases } = await database.sync();

    assert.deepEqual([dropped, databases], [["far"], ["second"]]);
    await database.byMaster("DROP DATABASE second");
  });

  it("are never taken over: a role of that name which was not made here is an error, and nothing is changed", async () => {
    await database.byMaster("CREATE ROLE theirs LOGIN");

    await assert.rejects(
      database.sync(wantedUser({ name: "ours" }), wantedUser({ name: "theirs" }), wantedUser({ name: MASTER })),
      /were not made by this stack, so none was touched: theirs, umaster; choose other names/,
    );

    assert.deepEqual(await database.rows("SELECT rolname FROM pg_roles WHERE rolname = 'ours'"), []);
    await database.byMaster("DROP ROLE theirs");
  });

  it("do not take a schema from somebody else", async () => {
    await database.byMaster("CREATE ROLE theirs");
    await database.server.asSuperuser("app", (client) => client.query("CREATE SCHEMA shop AUTHORIZATION theirs"));

    await assert.rejects(
      database.sync(wantedUser({ name: "ours", privilege: "owner" })),
      /schemas of the database app belong to roles that this stack did not make, so none was touched: shop \(of theirs\)/,
    );
    await database.server.asSuperuser("app", (client) => client.query("DROP SCHEMA shop; DROP ROLE theirs"));
  });

  it("are given what is reachable beside tables of others, which are counted", async () => {
    await database.byMaster("CREATE SCHEMA shop", "CREATE TABLE shop.mine (id int)", "CREATE ROLE theirs");
    await database.server.asSuperuser("app", (client) =>
      client.query("CREATE TABLE shop.foreign (id int); ALTER TABLE shop.foreign OWNER TO theirs"),
    );

    const { beyondReach } = await database.sync(wantedUser({ name: "app_reader" }));

    assert.equal(beyondReach, 1);
    await database.as("app_reader", "SELECT * FROM shop.mine");
    assert.deepEqual((await database.sync(wantedUser({ name: "app_reader" }))).databases, []);
    await database.server.asSuperuser("app", (client) => client.query("DROP TABLE shop.foreign; DROP ROLE theirs"));
  });

  it("lose what makes them mighty, however they got it", async () => {
    await database.sync(wantedUser({ name: "app_reader" }));
    await database.byMaster("ALTER ROLE app_reader CREATEROLE CREATEDB", "GRANT rds_superuser TO app_reader");

    await database.sync(wantedUser({ name: "app_reader" }));

    assert.deepEqual(
      await database.rows(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = 'app_reader'",
      ),
      [{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, comment: COMMENT }],
    );
    assert.deepEqual(await memberships("app_reader"), [{ role: "app_reader", of: "rds_iam" }]);
  });

  it("take turns: two runs at once both end well, and make each user once", async () => {
    const users = ["one", "two", "three"].map((name) => wantedUser({ name, privilege: "write" }));

    const results = await Promise.all([database.sync(...users), database.sync(...users)]);

    assert.deepEqual(results.flatMap(({ created }) => created).sort(), ["one", "three", "two"]);
  });
});
