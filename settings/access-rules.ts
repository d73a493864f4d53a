import type { Candidate, Rule } from "./rules";

// the roles of permission sets belong to IAM Identity Center, and IAM refuses to change them
const ROLE_OF_IDENTITY_CENTER = /^role\/AWSReservedSSO_/;

/** What must hold among the people of a stack. */
export const ACCESS_RULES: readonly Rule[] = [
  {
    reads: ["access.operators", "access.protect"],
    check: ({ access }) => {
      const both = access?.operators.filter((principal) => access.protect.includes(principal)) ?? [];
      if (both.length === 0) return undefined;
      return {
        what: "access.protect",
        got: `${both.join(", ")}, with access.operators`,
        allowed: "nobody who is an operator: to turn protection off is to modify, and IAM can't tell the two apart",
        do: "choose one of the two; operators can't delete anyway",
      };
    },
  },
  {
    reads: ["access"],
    check: ({ access }) =>
      peopleOf(access).flatMap(([key, principals]) => {
        const reserved = principals.filter((principal) => ROLE_OF_IDENTITY_CENTER.test(principal));
        if (reserved.length === 0) return [];
        return {
          what: `access.${key}`,
          got: reserved.join(", "),
          allowed: "groups, roles and users that IAM may attach a policy to",
          do: "name the policy as a customer managed policy in the permission set: its name is the end of the ARN in the output policyArns",
        };
      }),
  },
];

function peopleOf(access: Candidate["access"]): [string, readonly string[]][] {
  if (access === undefined) return [];
  const { connect, ...others } = access;
  return [
    ...Object.entries(others),
    ...Object.entries(connect).map(([user, who]): [string, readonly string[]] => [`connect.${user}`, who]),
  ];
}
