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

  it("allow 40 users", async () => {
    const users = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, { schema: "a" }]));

    await read({ databaseUsers: users(40) });
    assert.match(await whatIsWrong(users(41)), /41 users/);
  });
});
