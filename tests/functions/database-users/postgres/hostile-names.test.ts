import assert from "node:assert/strict";
import fc from "fast-check";
import { DatabaseUnderTest } from "../../../support/postgres-users";
import { wantedUser } from "../../../support/wanted-users";

// Settings refuse such names. The function must not need them to: whoever writes the event could write anything
const HOSTILE = [
  `a"b`,
  "a'b",
  "a\\b",
  "$$",
  "a; DROP ROLE umaster; --",
  `"`,
  "ü\u{1f600}",
  "E'\\x00'",
  "a\nb",
  " ",
  "%I",
  "{}",
];

/** PostgreSQL takes any character but NUL, 63 bytes of them, and keeps names that begin with pg_ for itself. */
const anyName = fc
  .oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", minLength: 1, maxLength: 15 }))
  .filter((name) => !name.includes("\0") && !name.startsWith("pg_") && !/^(none|public)$/.test(name))
  .filter((name) => Buffer.from(name).toString() === name);

describe("Names of users and schemas", () => {
  let database: DatabaseUnderTest;

  before(async () => {
    database = await DatabaseUnderTest.start();
  });
  after(() => database.stop());

  it("are what they are, whatever characters they have: quoted, and never part of a statement", async () => {
    const names = fc.uniqueArray(anyName, { minLength: 3, maxLength: 3 });
    const property = fc.asyncProperty(names, async ([owner = "", writer = "", schema = ""]) => {
      const users = [
        wantedUser({ name: owner, schema, privilege: "owner" }),
        wantedUser({ name: writer, schema, privilege: "write" }),
      ];
      const before = await database.rows("SELECT count(*)::int AS count FROM pg_roles");

      const first = await database.sync(...users);
      const second = await database.sync(...users);

      assert.deepEqual([first.created, second.databases], [[owner, writer], []]);
      assert.deepEqual(
        await database.rows("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1", [schema]),
        [{ owner }],
      );
      await database.server.asSuperuser("app", (client) =>
        client.query(`DROP SCHEMA IF EXISTS ${client.escapeIdentifier(schema)}`),
      );
      const { dropped } = await database.sync();
      assert.deepEqual([...dropped].sort(), [owner, writer].sort());
      assert.deepEqual(await database.rows("SELECT count(*)::int AS count FROM pg_roles"), before);
    });

    await fc.assert(property, { numRuns: 25 });
  });
});
