import { z } from "zod";
import { section, setting } from "./fields";

// what IAM names groups, roles and users by; a path is no part of it (IAM API reference, AttachRolePolicy)
const PRINCIPAL = /^(group\/[\w+=,.@-]{1,128}|role\/[\w+=,.@-]{1,64}|user\/[\w+=,.@-]{1,64})$/;

/** True for `group/<name>`, `role/<name>` or `user/<name>` of the account. */
export function isPrincipal(text: string): boolean {
  return PRINCIPAL.test(text);
}

/** A list of people of the account, each once. */
export const principals = () =>
  setting(
    z.array(z.string().refine(isPrincipal)).refine((all) => new Set(all).size === all.length),
    {
      allowed:
        "different groups, roles and users of this account: group/<name>, role/<name> or user/<name>, without a path",
      do: 'for example ["role/database-team"]; AWS has no * here',
    },
  ).default([]);

// small letters: names of IAM policies that differ in case only are the same
const DATABASE_USER = /^[a-z_][a-z0-9_]{0,62}$/;

/** The `access` section of a stack file: who gets which policy. */
export const access = section({
  operators: principals(),
  readOnly: principals(),
  protect: principals(),
  connect: setting(z.record(z.string().regex(DATABASE_USER), z.array(z.string().refine(isPrincipal))), {
    allowed:
      "users of the database (1 to 63 small letters, digits and underscores, no digit first), each with a list of group/<name>, role/<name> or user/<name>",
    do: 'for example {"app": ["role/shop"]}; [] makes the policy and attaches it to nobody',
  }).default({}),
});
