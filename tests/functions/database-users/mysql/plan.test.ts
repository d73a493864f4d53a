import assert from "node:assert/strict";
import fc from "fast-check";
import type { Account, Catalogue } from "../../../../functions/database-users/mysql/catalogue";
import { type Dialect, MARIADB, MYSQL } from "../../../../functions/database-users/mysql/dialect";
import { type AccountWishes, planAccounts } from "../../../../functions/database-users/mysql/plan-accounts";
import { PRIVILEGES, patternOf, planGrants } from "../../../../functions/database-users/mysql/plan-grants";
import type { WantedUser } from "../../../../functions/database-users/wanted";
import { COMMENT, secretUser, wantedUser } from "../../../support/wanted-users";

const EMPTY: Catalogue = { accounts: [], databases: ["app"], held: [], arePatternsLiteral: false };

const wishes = (...users: readonly WantedUser[]): AccountWishes => ({
  users,
  comment: COMMENT,
  verifiers: new Map(users.map(({ name }) => [name, "VERIFIER"])),
  firstPasswords: new Set(),
  uselessVerifier: "USELESS",
});

const there = (name: string, more: Partial<Account> = {}): Account => ({
  name,
  host: "%",
  plugin: "AWSAuthenticationPlugin",
  credential: "RDS",
  hasOtherProof: false,
  isHeldToTls: true,
  isLocked: false,
  hasOtherPrivileges: false,
  roles: [],
  ...more,
});

const madeHere = (...accounts: readonly Account[]): Catalogue => ({
  ...EMPTY,
  accounts,
  marks: new Map(accounts.map(({ name }) => [name, COMMENT])),
});

describe("the plan for users of MySQL and MariaDB", () => {
  for (const [dialect, plugin] of [
    [MYSQL, "caching_sha2_password"],
    [MARIADB, "mysql_native_password"],
  ] as const)
    it(`says to ${dialect.name} who made a user before it makes it, held to TLS from the first moment`, () => {
      const { statements } = planAccounts(
        madeHere(),
        wishes(wantedUser({ name: "a" }), secretUser({ name: "b" })),
        dialect,
      );

      assert.deepEqual(statements, [
        `INSERT INTO \`rds_sightline\`.\`users\` (name, made_by) VALUES ('a', '${COMMENT}')`,
        "CREATE USER `a`@`%` IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL",
        `INSERT INTO \`rds_sightline\`.\`users\` (name, made_by) VALUES ('b', '${COMMENT}')`,
        `CREATE USER \`b\`@\`%\` IDENTIFIED WITH ${plugin} AS 'VERIFIER' REQUIRE SSL`,
      ]);
    });

  it("makes a place for marks before the first user, and none while there is none", () => {
    const [database = "", table = ""] = planAccounts(EMPTY, wishes(wantedUser({ name: "a" })), MYSQL).statements;

    assert.equal(database, "CREATE DATABASE IF NOT EXISTS `rds_sightline`");
    assert.match(table, /^CREATE TABLE IF NOT EXISTS `rds_sightline`\.`users`/);
    assert.deepEqual(planAccounts(EMPTY, wishes(), MYSQL).statements, []);
  });

  it("locks who is not wanted once, and leaves it a password that nobody has", () => {
    const plan = planAccounts(madeHere(there("a"), there("b", { isLocked: true })), wishes(), MYSQL);

    assert.deepEqual(plan.statements, [
      "ALTER USER `a`@`%` IDENTIFIED WITH caching_sha2_password AS 'USELESS' ACCOUNT LOCK",
    ]);
    assert.deepEqual([plan.locked, plan.unwanted], [["a"], ["a", "b"]]);
  });

  it("discards MySQL's second password, and takes MariaDB's second proof by giving the first anew", () => {
    const planFor = (dialect: Dialect) =>
      planAccounts(
        madeHere(there("a", { plugin: dialect.passwordPlugin, hasOtherProof: true })),
        wishes(secretUser({ name: "a" })),
        dialect,
      ).statements;

    assert.deepEqual(planFor(MYSQL), ["ALTER USER `a`@`%` DISCARD OLD PASSWORD"]);
    assert.deepEqual(planFor(MARIADB), ["ALTER USER `a`@`%` IDENTIFIED WITH mysql_native_password AS 'VERIFIER'"]);
  });

  it("takes roles, which on MySQL have a host, and gives the few privileges anew after all were revoked", () => {
    const mighty = there("a", { hasOtherPrivileges: true, roles: [{ name: "r", host: "%" }, { name: "s" }] });
    const catalogue = { ...madeHere(mighty), held: [{ user: "a", pattern: "app", privileges: PRIVILEGES.read }] };

    assert.deepEqual(planAccounts(catalogue, wishes(wantedUser({ name: "a" })), MYSQL).statements, [
      "REVOKE `r`@`%` FROM `a`@`%`",
      "REVOKE `s` FROM `a`@`%`",
      "REVOKE ALL PRIVILEGES, GRANT OPTION FROM `a`@`%`",
    ]);
    assert.deepEqual(planGrants(catalogue, [wantedUser({ name: "a" })]).statements, [
      "GRANT SELECT, SHOW VIEW ON `app`.* TO `a`@`%`",
    ]);
  });

  it("escapes what stands for other characters in a database's name, unless the server takes names as they are", () => {
    const users = [wantedUser({ name: "a", database: "app_1" })];
    const grantOn = (arePatternsLiteral: boolean) =>
      planGrants({ ...EMPTY, arePatternsLiteral }, users).statements.at(-1);

    assert.equal(grantOn(false), "GRANT SELECT, SHOW VIEW ON `app\\_1`.* TO `a`@`%`");
    assert.equal(grantOn(true), "GRANT SELECT, SHOW VIEW ON `app_1`.* TO `a`@`%`");
  });
});

/** What GRANT, REVOKE and CREATE DATABASE do to a server's privileges. */
function granted(catalogue: Catalogue, statements: readonly string[]): Catalogue {
  const held = new Map(
    catalogue.held.map((each) => [JSON.stringify([each.user, each.pattern]), new Set(each.privileges)]),
  );
  const databases = [...catalogue.databases];
  for (const statement of statements) {
    const [, made] = /^CREATE DATABASE `(.*)`$/.exec(statement) ?? [];
    if (made !== undefined) {
      databases.push(made);
      continue;
    }
    const [, verb, list = "", pattern, user] =
      /^(GRANT|REVOKE) (.*) ON `(.*)`\.\* (?:TO|FROM) `(.*)`@`%`$/.exec(statement) ?? assert.fail(statement);
    const key = JSON.stringify([user, pattern]);
    const privileges = held.get(key) ?? new Set();
    for (const each of list.split(", ")) {
      assert.equal(privileges.has(each), verb === "REVOKE", statement);
      if (verb === "GRANT") privileges.add(each);
      else privileges.delete(each);
    }
    held.set(key, privileges);
  }
  const rows = [...held].map(([key, privileges]) => {
    const [user = "", pattern = ""] = JSON.parse(key) as string[];
    return { user, pattern, privileges: [...privileges] };
  });
  return { ...catalogue, databases, held: rows.filter(({ privileges }) => privileges.length > 0) };
}

describe("the plan for privileges on databases of MySQL and MariaDB", () => {
  const names = fc.constantFrom("a", "b", "c");
  const databases = fc.constantFrom("app", "app_1", "appX1");
  const anyUsers = fc.uniqueArray(
    fc.record({ name: names, database: databases, privilege: fc.constantFrom("read", "write", "owner") }),
    { selector: ({ name }) => name },
  );
  const anyHeld = fc.uniqueArray(
    fc.record({
      user: names,
      pattern: fc.oneof(databases, databases.map(patternOf), fc.constant("app%")),
      privileges: fc.uniqueArray(fc.constantFrom(...PRIVILEGES.owner, "GRANT OPTION", "DELETE HISTORY"), {
        minLength: 1,
      }),
    }),
    { selector: ({ user, pattern }) => JSON.stringify([user, pattern]) },
  );

  it("leads from anything to what is wanted and no more, wherever it is stopped on the way, and then to an empty plan", () => {
    const property = fc.property(anyUsers, anyHeld, fc.boolean(), fc.nat(12), (some, held, isLiteral, stop) => {
      const users = some.map((each) => wantedUser(each));
      const start = {
        ...madeHere(...["a", "b", "c"].map((name) => there(name))),
        held,
        arePatternsLiteral: isLiteral,
      };

      const half = granted(start, planGrants(start, users).statements.slice(0, stop));
      const end = granted(half, planGrants(half, users).statements);

      assert.deepEqual(planGrants(end, users), { statements: [], databases: [] });
      for (const { name, database, privilege } of users)
        assert.deepEqual(
          end.held
            .filter(({ user }) => user === name)
            .map((each) => ({ ...each, privileges: [...each.privileges].sort() })),
          [
            {
              user: name,
              pattern: isLiteral ? database : patternOf(database),
              privileges: [...PRIVILEGES[privilege]].sort(),
            },
          ],
        );
    });

    fc.assert(property, { numRuns: 300 });
  });
});
