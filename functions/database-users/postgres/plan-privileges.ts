import type { Privilege, WantedUser } from "../wanted";
import type { Catalogue, Held, Kind, Relation, Target } from "./catalogue";

/** What there is to be given and taken in one database. */
export interface PrivilegeDifference {
  readonly grants: readonly Held[];
  readonly revokes: readonly Held[];
  /** Tables and sequences that a user should have, whose owner the master user can't act for. */
  readonly beyondReach: readonly Relation[];
}

/** Who is who in the database at hand. */
export interface Cast {
  readonly self: string;
  /** Of this database. */
  readonly users: readonly WantedUser[];
  /** Every role that was made here, wanted or not. */
  readonly managed: readonly string[];
}

const TABLE: Readonly<Record<Privilege, readonly string[]>> = {
  read: ["SELECT"],
  write: ["DELETE", "INSERT", "SELECT", "UPDATE"],
  owner: ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"],
};

const SEQUENCE: Readonly<Record<Privilege, readonly string[]>> = {
  read: ["SELECT"],
  write: ["SELECT", "USAGE"],
  owner: ["SELECT", "UPDATE", "USAGE"],
};

/** What the roles made here should be able to do in a database, against what they were given. Pure. */
export function privilegeDifference(catalogue: Catalogue, cast: Cast): PrivilegeDifference {
  const reachable = new Set([...catalogue.reachable, ...cast.managed, cast.self]);
  const wanted = cast.users.flatMap((user) => wantedOf(user, catalogue, cast, reachable));
  const held = new Map(catalogue.held.map((each) => [keyOf(each), each]));
  const asked = new Map(wanted.map((each) => [keyOf(each), each]));
  const schemas = new Set(cast.users.map(({ schema }) => schema));
  return {
    grants: wanted.flatMap((each) => less(each, held.get(keyOf(each)))),
    revokes: catalogue.held.flatMap((each) => less(each, asked.get(keyOf(each)))),
    beyondReach: catalogue.relations.filter(({ schema, owner }) => schemas.has(schema) && !reachable.has(owner)),
  };
}

function wantedOf(user: WantedUser, catalogue: Catalogue, cast: Cast, reachable: ReadonlySet<string>): Held[] {
  const { name: grantee, schema, privilege } = user;
  const relations = catalogue.relations
    // what is its own needs no grant
    .filter((relation) => relation.schema === schema && relation.owner !== grantee && reachable.has(relation.owner))
    .map(({ kind, name }) => held(grantee, { kind, schema, name }, kind === "table" ? TABLE : SEQUENCE, privilege));
  // whoever makes tables there: the master user, and the schema's owner
  const makers = [cast.self, ...cast.users.filter(isOwnerOf(schema)).map(({ name }) => name)];
  const defaults = makers
    .filter((maker) => maker !== grantee)
    .flatMap((maker) => [
      held(grantee, { kind: "default-tables", schema, name: maker }, TABLE, privilege),
      held(grantee, { kind: "default-sequences", schema, name: maker }, SEQUENCE, privilege),
    ]);
  const found = catalogue.schemas.find(({ name }) => name === schema);
  // in an open schema of somebody else's, such as PostgreSQL 14's public, nobody has to be given its use, nor could be
  const usesByGrant = privilege !== "owner" && (found === undefined || reachable.has(found.owner));
  const usage: Held = { grantee, target: { kind: "schema", schema, name: "" }, privileges: ["USAGE"] };
  return [
    { grantee, target: { kind: "database", schema: "", name: catalogue.database }, privileges: ["CONNECT"] },
    ...(usesByGrant ? [usage] : []),
    ...relations,
    ...defaults,
  ];
}

/** Whether a user is to own that schema. */
export function isOwnerOf(schema: string): (user: WantedUser) => boolean {
  return (user) => user.privilege === "owner" && user.schema === schema;
}

function held(
  grantee: string,
  target: Target,
  of: Readonly<Record<Privilege, readonly string[]>>,
  privilege: Privilege,
): Held {
  return { grantee, target, privileges: of[privilege] };
}

/** What the one has beyond the other; nothing when that is nothing. */
function less(one: Held, other: Held | undefined): Held[] {
  const privileges = one.privileges.filter((privilege) => !other?.privileges.includes(privilege));
  return privileges.length === 0 ? [] : [{ ...one, privileges }];
}

// as JSON: names may hold any character
function keyOf({ grantee, target: { kind, schema, name } }: Held): string {
  return JSON.stringify([grantee, kind, schema, name]);
}

/** Many targets of one kind with the same grantee and privileges, which one statement can name. */
export interface Batch {
  readonly grantee: string;
  readonly kind: Kind;
  readonly privileges: readonly string[];
  readonly targets: readonly Target[];
}

const MOST_TARGETS = 200;

/** Puts together what one statement can say, in a stable order. */
export function batches(list: readonly Held[]): readonly Batch[] {
  const groups = new Map<string, Batch & { readonly targets: Target[] }>();
  for (const { grantee, target, privileges } of list) {
    const { kind, schema, name } = target;
    // defaults are said of one maker and one schema
    const place = kind.startsWith("default-") ? [schema, name] : [];
    const key = JSON.stringify([grantee, kind, privileges, ...place]);
    const group = groups.get(key) ?? { grantee, kind, privileges, targets: [] };
    group.targets.push(target);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ targets, ...rest }) =>
    Array.from({ length: Math.ceil(targets.length / MOST_TARGETS) }, (_, part) => ({
      ...rest,
      targets: targets.slice(part * MOST_TARGETS, (part + 1) * MOST_TARGETS),
    })),
  );
}
