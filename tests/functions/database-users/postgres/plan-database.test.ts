import assert from "node:assert/strict";
import type { Catalogue } from "../../../../functions/database-users/postgres/catalogue";
import { type DatabaseWishes, planDatabase } from "../../../../functions/database-users/postgres/plan-database";
import { wantedUser } from "../../../support/wanted-users";

const EMPTY: Catalogue = { database: "app", schemas: [], relations: [], held: [], reachable: ["m"], owners: [] };

const wishes = (more: Partial<DatabaseWishes>): DatabaseWishes => {
  const { users = [] } = more;
  return { self: "m", majorVersion: 17, managed: users.map(({ name }) => name), users, ...more };
};

const owner = wantedUser({ name: "o", privilege: "owner" });
const reader = wantedUser({ name: "r" });

describe("the plan for a database", () => {
  it("makes the schema, and lets the master user act for its owner within the transaction only", () => {
    const { statements } = planDatabase(EMPTY, wishes({ users: [owner] }));

    assert.deepEqual(statements, [
      'GRANT "o" TO CURRENT_USER WITH INHERIT TRUE, SET TRUE',
      'CREATE SCHEMA "shop" AUTHORIZATION "o"',
      'GRANT CONNECT ON DATABASE "app" TO "o"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "m" IN SCHEMA "shop" GRANT DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLES TO "o"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "m" IN SCHEMA "shop" GRANT SELECT, UPDATE, USAGE ON SEQUENCES TO "o"',
      'REVOKE "o" FROM CURRENT_USER GRANTED BY CURRENT_USER',
    ]);
  });

  it("says memberships without options to PostgreSQL 15 and older, which have none", () => {
    const { statements } = planDatabase(EMPTY, wishes({ users: [owner], majorVersion: 15 }));

    assert.deepEqual([statements[0], statements.at(-1)], ['GRANT "o" TO CURRENT_USER', 'REVOKE "o" FROM CURRENT_USER']);
  });

  it("acts for nobody when there is no owner among the users", () => {
    const { statements } = planDatabase(EMPTY, wishes({ users: [reader] }));

    assert.deepEqual(statements, [
      'CREATE SCHEMA "shop" AUTHORIZATION "m"',
      'GRANT CONNECT ON DATABASE "app" TO "r"',
      'GRANT USAGE ON SCHEMA "shop" TO "r"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "m" IN SCHEMA "shop" GRANT SELECT ON TABLES TO "r"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "m" IN SCHEMA "shop" GRANT SELECT ON SEQUENCES TO "r"',
    ]);
  });

  it("names up to 200 tables in a statement", () => {
    const schemas = [{ name: "shop", owner: "m", isOpen: false }];
    const relations = Array.from({ length: 450 }, (_, index) => {
      return { kind: "table" as const, schema: "shop", name: `t${index}`, owner: "m" };
    });

    const { statements } = planDatabase({ ...EMPTY, schemas, relations }, wishes({ users: [reader] }));

    const counts = statements
      .filter((each) => each.includes(" ON TABLE "))
      .map((each) => each.split('"shop".').length - 1);
    assert.deepEqual(counts, [200, 200, 50]);
  });

  it("takes nothing from a next owner that it held before, for that is part of owning", () => {
    const schemas = [{ name: "shop", owner: "o", isOpen: false }];
    const relations = [{ kind: "table" as const, schema: "shop", name: "t", owner: "o" }];
    const held = [
      { grantee: "r", target: { kind: "table" as const, schema: "shop", name: "t" }, privileges: ["SELECT"] },
      { grantee: "r", target: { kind: "schema" as const, schema: "shop", name: "" }, privileges: ["USAGE"] },
    ];
    const next = wantedUser({ name: "r", privilege: "owner" });

    const { statements } = planDatabase(
      { ...EMPTY, schemas, relations, held, owners: ["o"] },
      wishes({ users: [next], managed: ["r", "o"] }),
    );

    assert.ok(statements.includes('REASSIGN OWNED BY "o" TO "r"'));
    assert.deepEqual(
      statements.filter((each) => /^REVOKE (SELECT|USAGE)/.test(each)),
      [],
    );
  });

  it("gives what everybody has of PostgreSQL 14's public to nobody, since it is not the master user's to give", () => {
    const schemas = [{ name: "public", owner: "rdsadmin", isOpen: true }];

    const { statements } = planDatabase({ ...EMPTY, schemas }, wishes({ users: [{ ...reader, schema: "public" }] }));

    assert.deepEqual(
      statements.filter((each) => each.includes("ON SCHEMA")),
      [],
    );
  });
});
