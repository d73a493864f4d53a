import { escapeIdentifier } from "pg";
import type { Catalogue, Relation, Target } from "./catalogue";
import { type Batch, batches, type Cast, isOwnerOf, privilegeDifference } from "./plan-privileges";

/** What becomes of one database. */
export interface DatabasePlan {
  readonly statements: readonly string[];
  /** Tables and sequences that a user should have, and that nobody here can give. */
  readonly beyondReach: readonly Relation[];
}

/** What the plan needs to know of the server. */
export interface DatabaseWishes extends Cast {
  readonly majorVersion: number;
}

/** A schema that a user is to use belongs to somebody whom this stack did not make. */
export class ForeignSchemaError extends Error {
  override readonly name = "ForeignSchemaError";
}

/**
 * Statements, for one transaction, that bring one database from what it is to what the users are to have in it; none when it is that.
 *
 * The master user can't give what isn't its own, so it is a member of owners while the transaction lasts, and of none after it: RDS takes
 * whoever is a member of a user with IAM authentication, even indirectly, for one that has no password.
 * @throws ForeignSchemaError before anything is changed.
 */
export function planDatabase(catalogue: Catalogue, wishes: DatabaseWishes): DatabasePlan {
  const handovers = ownershipStatements(catalogue, wishes);
  // what is handed over now is somebody else's when privileges are given
  const later = afterHandovers(catalogue, wishes);
  const { grants, revokes, beyondReach } = privilegeDifference(later, wishes);
  const work = [
    ...handovers,
    ...batches(revokes).map((batch) => privilegeStatement("REVOKE", batch)),
    ...batches(grants).map((batch) => privilegeStatement("GRANT", batch)),
  ];
  if (work.length === 0) return { statements: [], beyondReach };
  const members = membersFor(later, wishes, catalogue);
  return {
    statements: [
      ...members.map((role) => join(role, wishes.majorVersion)),
      ...work,
      ...members.map((role) => leave(role, wishes.majorVersion)),
    ],
    beyondReach,
  };
}

/** Every schema that a user names, to the one that is to own it. */
function ownershipStatements(catalogue: Catalogue, wishes: DatabaseWishes): string[] {
  const { self, users } = wishes;
  requireReachable(catalogue, wishes);
  const handovers = givenBack(catalogue, wishes).map(
    ({ from, to }) => `REASSIGN OWNED BY ${escapeIdentifier(from)} TO ${escapeIdentifier(to)}`,
  );
  const owners = ownersOf(catalogue, wishes);
  const moves = catalogue.schemas.flatMap(({ name }) => {
    const { now, next } = owners(name);
    return now === next ? [] : [`ALTER SCHEMA ${escapeIdentifier(name)} OWNER TO ${escapeIdentifier(next)}`];
  });
  const missing = [...new Set(users.map(({ schema }) => schema))].filter(
    (schema) => !catalogue.schemas.some(({ name }) => name === schema),
  );
  const made = missing.map((schema) => {
    const owner = users.find(isOwnerOf(schema))?.name ?? self;
    return `CREATE SCHEMA ${escapeIdentifier(schema)} AUTHORIZATION ${escapeIdentifier(owner)}`;
  });
  return [...handovers, ...moves, ...made];
}

function requireReachable({ database, schemas, reachable }: Catalogue, { self, users, managed }: DatabaseWishes): void {
  const foreign = schemas.filter(({ name, owner, isOpen }) => {
    if ([self, ...managed].includes(owner)) return false;
    if (users.some(isOwnerOf(name))) return true;
    return users.some(({ schema }) => schema === name) && !isOpen && !reachable.includes(owner);
  });
  if (foreign.length === 0) return;
  throw new ForeignSchemaError(
    `these schemas of the database ${database} belong to roles that this stack did not make, so none was touched: ` +
      `${foreign.map(({ name, owner }) => `${name} (of ${owner})`).join(", ")}; name other schemas, or make ${self} their owner`,
  );
}

interface Handover {
  readonly from: string;
  readonly to: string;
}

/**
 * All that a role owns in the database, where it is to own nothing there: to the schema's next owner, or to the master user. A role that
 * is gone from the settings keeps what nobody asks for.
 */
function givenBack({ owners, schemas }: Catalogue, { self, users }: DatabaseWishes): Handover[] {
  return owners.flatMap((from) => {
    const user = users.find(({ name }) => name === from);
    if (user?.privilege === "owner") return [];
    const itsSchemas = schemas.filter(({ owner }) => owner === from).map(({ name }) => name);
    const next = users.find(({ privilege, schema }) => privilege === "owner" && itsSchemas.includes(schema));
    if (next !== undefined) return [{ from, to: next.name }];
    return user === undefined ? [] : [{ from, to: self }];
  });
}

/** Of a schema that is there: its owner once everything is handed over, and the one that it is to have. */
function ownersOf(catalogue: Catalogue, wishes: DatabaseWishes) {
  const { self, users } = wishes;
  const moved = new Map(givenBack(catalogue, wishes).map(({ from, to }) => [from, to]));
  return (schema: string): { readonly now: string; readonly next: string } => {
    const found = catalogue.schemas.find(({ name }) => name === schema)?.owner ?? self;
    const now = moved.get(found) ?? found;
    const isUsers = users.some(({ name }) => name === now);
    // a user that is to own another schema by now gives this one back
    return { now, next: users.find(isOwnerOf(schema))?.name ?? (isUsers ? self : now) };
  };
}

/** The catalogue as it is when everything is with its next owner: what that one was given before is part of what owners hold. */
function afterHandovers(catalogue: Catalogue, wishes: DatabaseWishes): Catalogue {
  const moved = new Map(givenBack(catalogue, wishes).map(({ from, to }) => [from, to]));
  const owners = ownersOf(catalogue, wishes);
  const relations = catalogue.relations.map((each) => ({ ...each, owner: moved.get(each.owner) ?? each.owner }));
  const ownerOfRelation = new Map(relations.map((each) => [keyOf(each), each.owner]));
  const ownerOf = ({ kind, schema, name }: Target): string | undefined =>
    kind === "schema" ? owners(schema).next : ownerOfRelation.get(keyOf({ kind, schema, name }));
  return {
    ...catalogue,
    schemas: catalogue.schemas.map((each) => ({ ...each, owner: owners(each.name).next })),
    relations,
    held: catalogue.held.filter(({ grantee, target }) => ownerOf(target) !== grantee),
  };
}

// as JSON: names may hold any character
function keyOf({ kind, schema, name }: Target): string {
  return JSON.stringify([kind, schema, name]);
}

/** Whom the master user acts for, and is not a member of yet. */
function membersFor(later: Catalogue, { users, managed, self }: DatabaseWishes, before: Catalogue): string[] {
  const owning = [
    ...users.filter(({ privilege }) => privilege === "owner").map(({ name }) => name),
    ...before.owners,
    ...[...later.relations, ...before.schemas].map(({ owner }) => owner),
    // as makers of what comes later
    ...before.held.filter(({ target }) => target.kind.startsWith("default-")).map(({ target }) => target.name),
  ];
  return managed.filter((role) => role !== self && owning.includes(role)).sort();
}

// until 15 a member could always act, and grants had no options
function join(role: string, majorVersion: number): string {
  const options = majorVersion >= 16 ? " WITH INHERIT TRUE, SET TRUE" : "";
  return `GRANT ${escapeIdentifier(role)} TO CURRENT_USER${options}`;
}

function leave(role: string, majorVersion: number): string {
  const grantor = majorVersion >= 16 ? " GRANTED BY CURRENT_USER" : "";
  return `REVOKE ${escapeIdentifier(role)} FROM CURRENT_USER${grantor}`;
}

function privilegeStatement(verb: "GRANT" | "REVOKE", { grantee, kind, privileges, targets }: Batch): string {
  const whom = `${verb === "GRANT" ? "TO" : "FROM"} ${escapeIdentifier(grantee)}`;
  const what = privileges.join(", ");
  const [first] = targets;
  if (first === undefined) throw new Error("a batch of privileges is about nothing");
  const listed = (name: (target: (typeof targets)[number]) => string) => targets.map(name).join(", ");
  const inSchema = listed(({ schema, name }) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
  switch (kind) {
    case "database":
      return `${verb} ${what} ON DATABASE ${listed(({ name }) => escapeIdentifier(name))} ${whom}`;
    case "schema":
      return `${verb} ${what} ON SCHEMA ${listed(({ schema }) => escapeIdentifier(schema))} ${whom}`;
    case "table":
      return `${verb} ${what} ON TABLE ${inSchema} ${whom}`;
    case "sequence":
      return `${verb} ${what} ON SEQUENCE ${inSchema} ${whom}`;
    case "default-tables":
    case "default-sequences": {
      const maker = `FOR ROLE ${escapeIdentifier(first.name)} IN SCHEMA ${escapeIdentifier(first.schema)}`;
      return `ALTER DEFAULT PRIVILEGES ${maker} ${verb} ${what} ON ${kind === "default-tables" ? "TABLES" : "SEQUENCES"} ${whom}`;
    }
  }
}
