import { isPlainName } from "./database-users-schema";
import type { Problem } from "./problems";
import type { Candidate, Rule } from "./rules";

// each has its secret's ARN in the function's policy, which IAM limits to 10,240 characters
const MOST_USERS = 40;

// PostgreSQL's own names, and RDS's
const RESERVED = /^(pg_.*|rds.*|postgres|public|none|current_user|current_role|session_user|user)$/i;

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
    reads: ["databaseUsers"],
    check: ({ databaseUsers = {} }) =>
      Object.keys(databaseUsers)
        .filter((name) => !isPlainName(name) || RESERVED.test(name))
        .map((name) => ({
          what: "databaseUsers",
          got: `a user named "${name}"`,
          allowed:
            "names of 1 to 63 letters, digits and _.-, a letter first, and none that PostgreSQL or RDS keeps for itself",
          do: "choose another name, for example app_user",
        })),
  },
  {
    reads: ["databaseUsers"],
    check: ({ databaseUsers = {} }) =>
      Object.entries(databaseUsers)
        .filter(([, { schema }]) => schema === undefined)
        .map(([name]) => ({
          what: `databaseUsers.${name}.schema`,
          got: "nothing",
          allowed: "the schema that the user's tables are in",
          do: "name it, for example app; it is made if it is not there",
        })),
  },
  {
    reads: ["databaseUsers", "database.engine"],
    check: ({ databaseUsers, database: { engine } }) =>
      databaseUsers === undefined || engine === "postgres"
        ? undefined
        : {
            what: "databaseUsers",
            got: `users with database.engine ${engine}`,
            allowed: "users of postgres",
            do: "make this engine's users with its own client, as the user of secretArn",
          },
  },
  {
    reads: ["databaseUsers", "database.name"],
    check: (settings) => ownerProblems(settings),
  },
];

function ownerProblems({ databaseUsers = {}, database: { name: made } }: Candidate): Problem[] {
  const owners = Object.entries(databaseUsers).filter(([, { privilege }]) => privilege === "owner");
  const placeOf = ({ database = made, schema = "" }: (typeof owners)[number][1]) => `${database}.${schema}`;
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
        allowed: "one owner of a schema",
        do: "let one of them write, or give it a schema of its own",
      },
    ];
  });
}
