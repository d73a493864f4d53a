import { textsOf } from "../judging";
import type { ResourceRule } from "../rule";
import { openToEveryone, type Statement, statementsOf } from "../statements";

const POLICIES = [
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/policy:Policy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
];

// everything, or everything of a service
const isWildcard = (action: string): boolean => action === "*" || action.endsWith(":*");
const DECRYPTS = ["kms:Decrypt", "kms:ReEncrypt*", "kms:ReEncryptFrom"];

/** The first statement of a policy that allows too much, as its name. */
function first(props: Record<string, unknown>, isTooMuch: (statement: Statement) => boolean): string | undefined {
  return statementsOf(props["policy"]).find((each) => each.allows && isTooMuch(each))?.name;
}

export const identityRules: readonly ResourceRule[] = [
  {
    name: "iam-no-wildcard-actions",
    level: "mandatory",
    row: 74,
    types: POLICIES,
    says: "A policy names the actions that it allows",
    remedy: "List the actions; a prefix like Describe* is the widest",
    judge: (props) => {
      const wide = first(props, ({ actions }) => actions.some(isWildcard));
      return wide === undefined ? undefined : `statement "${wide}" allows every action`;
    },
  },
  {
    name: "iam-no-decryption-everywhere",
    level: "mandatory",
    row: 32,
    types: POLICIES,
    says: "A policy names the keys that it lets decrypt with",
    remedy: "List the keys' ARNs as the statement's resources",
    judge: (props) => {
      const wide = first(
        props,
        ({ actions, resources }) => resources.includes("*") && actions.some((each) => DECRYPTS.includes(each)),
      );
      return wide === undefined ? undefined : `statement "${wide}" decrypts with every key`;
    },
  },
  {
    name: "role-assumed-by-name",
    level: "mandatory",
    row: 74,
    types: ["aws:iam/role:Role"],
    says: "A role says who may take it",
    remedy: "Name a service, an account or a role as the principal, or add a condition",
    judge: (props) => {
      const open = openToEveryone(props["assumeRolePolicy"]);
      return open === undefined ? undefined : `statement "${open}" of its trust policy is for everyone`;
    },
  },
  {
    name: "iam-no-administrators",
    level: "mandatory",
    row: 74,
    types: [
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:iam/userPolicyAttachment:UserPolicyAttachment",
      "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    ],
    says: "Nothing of the stack gets AWS's policies for administrators",
    remedy: "Write a policy of what is needed",
    judge: (props) => {
      const [arn = ""] = textsOf(props["policyArn"]);
      return /:aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/.test(arn)
        ? `it attaches ${arn}`
        : undefined;
    },
  },
];
