import assert from "node:assert/strict";
import { read, refusal } from "../support/stack-settings";

const whatIsWrong = async (databaseUsers: object): Promise<string> => String(await refusal({ databaseUsers }));

describe("the settings of database users", () => {
  it("are absent unless a stack file names one: an empty object is none", async () => {
    assert.equal("databaseUsers" in (await read({ databaseUsers: {} })), false);
  });

  it("let a user read, and prove itself by IAM, unless it is said otherwise", async () => {
    const { databaseUsers } = await read({ databaseUsers: { shop: { schema: "shop" } } });

    assert.deepEqual(databaseUsers, { shop: { schema: "shop", privilege: "read", authentication: "iam" } });
  });

  for (const [what, bad, says] of [
    ["no schema", { shop: {} }, /databaseUsers\.shop\.schema/],
    ["a privilege that there is not", { shop: { schema: "a", privilege: "admin" } }, /databaseUsers\.shop\.privilege/],
    ["a key that there is not", { shop: { schema: "a", superuser: true } }, /superuser/],
    ["a name of PostgreSQL's own", { pg_monitor: { schema: "a" } }, /a user named "pg_monitor"/],
    ["a name of RDS's own", { rdsadmin: { schema: "a" } }, /a user named "rdsadmin"/],
    ["a name with a quote", { 'a"b': { schema: "a" } }, /names of 1 to 63 letters/],
    ["a schema of PostgreSQL's own", { shop: { schema: "pg_catalog" } }, /databaseUsers\.shop\.schema/],
    ["an owner of public", { shop: { schema: "public", privilege: "owner" } }, /owner of the schema public/],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      assert.match(await whatIsWrong(bad), says);
    });
  }

  it("allow one owner of a schema, also where one names the database that another leaves out", async () => {
    const owner = { schema: "shop", privilege: "owner" };

    assert.match(
      await whatIsWrong({ one: owner, two: { ...owner, database: "app" } }),
      /owner of app\.shop, as one is/,
    );
    await read({ databaseUsers: { one: owner, two: { ...owner, database: "other" } } });
  });

  for (const engine of ["mysql", "mariadb"]) {
    const on = (databaseUsers: object, database: object = {}) => ({ databaseUsers, database: { engine, ...database } });

    it(`of ${engine} have a database where others have a schema: the stack's, or the one that is named`, async () => {
      const { databaseUsers } = await read(on({ shop: {}, far: { database: "other", privilege: "owner" } }));

      assert.deepEqual(
        Object.values(databaseUsers ?? {}).map(({ database, schema }) => [database, schema]),
        [
          [undefined, "app"],
          ["other", "other"],
        ],
      );
    });

    for (const [what, bad, says] of [
      ["a schema", { shop: { schema: "a" } }, /databaseUsers\.shop\.schema.*a schema is a database/s],
      ["a user of the server's own", { "mysql.sys": {} }, /a user named "mysql.sys"/],
      ["a user of RDS's own", { rds_superuser_role: {} }, /a user named "rds_superuser_role"/],
      ["a name that is too long", { [`u${"x".repeat(32)}`]: {} }, /names of 1 to 32 letters/],
      ["a database of the server's own", { shop: { database: "mysql" } }, /databaseUsers\.shop\.database/],
      ["the database of marks", { shop: { database: "rds_sightline" } }, /databaseUsers\.shop\.database/],
      [
        "two owners of a database",
        { a: { privilege: "owner" }, b: { privilege: "owner", database: "app" } },
        /owner of app, as a is/,
      ],
    ] as const)
      it(`of ${engine} are refused with ${what}`, async () => {
        assert.match(String(await refusal(on(bad))), says);
      });
  }

  it("are refused on an engine whose users are not made here", async () => {
    assert.match(
      String(await refusal({ databaseUsers: { shop: {} }, database: { engine: "sqlserver-se" } })),
      /users of postgres, mysql, mariadb/,
    );
  });

  it("allow 40 users", async () => {
    const users = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, { schema: "a" }]));

    await read({ databaseUsers: users(40) });
    assert.match(await whatIsWrong(users(41)), /41 users/);
  });
});
