import type { UserRules } from "../components/engines/engine";
import { ENGINE_NAMES, type EngineName, engineNamed } from "../components/engines/engines";
import { isPlainName } from "./database-users-schema";
import type { Problem } from "./problems";
import type { Candidate, Rule } from "./rules";

// each has its secret's ARN in the function's policy, which IAM limits to 10,240 characters
const MOST_USERS = 40;

/** What must hold for the users of the database, and between them. */
export const DATABASE_USERS_RULES: readonly Rule[] = [
  {
    reads: ["databaseUsers"],
    check: ({ databaseUsers = {} }) => {
      const count = Object.keys(databaseUsers).length;
      if (count <= MOST_USERS) return undefined;
      return {
        what: "databaseUsers",
        got: `${count} users`,
        allowed: `up to ${MOST_USERS}`,
        do: "let applications of one kind share a user, or make some by hand",
      };
    },
  },
  {
    reads: ["databaseUsers", "database.engine"],
    check: ({ databaseUsers, database: { engine } }) =>
      databaseUsers === undefined || usersOf(engine) !== undefined
        ? undefined
        : {
            what: "databaseUsers",
            got: `users with database.engine ${engine}`,
            allowed: `users of ${ENGINE_NAMES.filter((name) => usersOf(name) !== undefined).join(", ")}`,
            do: "make this engine's users with its own client, as the user of secretArn",
          },
  },
  { reads: ["databaseUsers", "database.engine"], check: nameProblems },
  { reads: ["databaseUsers", "database.engine"], check: databaseProblems },
  { reads: ["databaseUsers", "database.engine"], check: schemaProblems },
  {
    reads: ["databaseUsers", "database.engine", "database.name"],
    check: ownerProblems,
  },
];

function usersOf(engine: EngineName): UserRules | undefined {
  return engineNamed(engine).users;
}

function nameProblems({ databaseUsers = {}, database: { engine } }: Candidate): Problem[] {
  const rules = usersOf(engine);
  if (rules === undefined) return [];
  const { longestName, takenNames } = rules;
  return Object.keys(databaseUsers)
    .filter((name) => !isPlainName(name) || name.length > longestName || takenNames.test(name))
    .map((name) => ({
      what: "databaseUsers",
      got: `a user named "${name}"`,
      allowed: `names of 1 to ${longestName} letters, digits and _.-, a letter first, and none that ${engineNamed(engine).title} or RDS keeps for itself`,
      do: "choose another name, for example app_user",
    }));
}

function databaseProblems({ databaseUsers = {}, database: { engine } }: Candidate): Problem[] {
  const { databaseName, users } = engineNamed(engine);
  if (databaseName === undefined || users === undefined) return [];
  return Object.entries(databaseUsers).flatMap(([name, { database }]) =>
    database === undefined || databaseName.isAllowed(database)
      ? []
      : [
          {
            what: `databaseUsers.${name}.database`,
            got: database,
            allowed: `the name of a database: ${databaseName.allowed}`,
            do: `leave it out for the database that the stack makes; another one ${users.hasSchemas ? "must be there already" : "is made if it is not there"}`,
          },
        ],
  );
}

function schemaProblems({ databaseUsers = {}, database: { engine } }: Candidate): Problem[] {
  const rules = usersOf(engine);
  if (rules === undefined) return [];
  return Object.entries(databaseUsers).flatMap(([name, { schema }]): Problem[] => {
    const what = `databaseUsers.${name}.schema`;
    if (rules.hasSchemas)
      return schema === undefined
        ? [
            {
              what,
              got: "nothing",
              allowed: "the schema that the user's tables are in",
              do: "name it, for example app; it is made if it is not there",
            },
          ]
        : [];
    return schema === undefined
      ? []
      : [
          {
            what,
            got: schema,
            allowed: `nothing: to ${engineNamed(engine).title}, a schema is a database`,
            do: `write it as databaseUsers.${name}.database, or leave it out for the database that the stack makes`,
          },
        ];
  });
}

function ownerProblems({ databaseUsers = {}, database: { engine, name: made } }: Candidate): Problem[] {
  const owners = Object.entries(databaseUsers).filter(([, { privilege }]) => privilege === "owner");
  const hasSchemas = usersOf(engine)?.hasSchemas ?? false;
  const placeOf = ({ database = made, schema = "" }: (typeof owners)[number][1]) =>
    hasSchemas ? `${database}.${schema}` : `${database}`;
  return owners.flatMap(([name, user], index): Problem[] => {
    const what = `databaseUsers.${name}.privilege`;
    if (user.schema === "public")
      return [
        {
          what,
          got: "owner of the schema public",
          allowed: "owner of a schema of its own",
          do: "name another schema: public is the database's, and every user has its use",
        },
      ];
    const [other] = owners.find(([, each]) => placeOf(each) === placeOf(user)) ?? [];
    if (other === undefined || other === name || owners.findIndex(([each]) => each === other) >= index) return [];
    return [
      {
        what,
        got: `owner of ${placeOf(user)}, as ${other} is`,
        allowed: `one owner of a ${hasSchemas ? "schema" : "database"}`,
        do: `let one of them write, or give it a ${hasSchemas ? "schema" : "database"} of its own`,
      },
    ];
  });
}
