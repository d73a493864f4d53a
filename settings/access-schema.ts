import { z } from "zod";
import { parseNetwork } from "../components/cidr";
import { oneOf, section, setting, text, wholeNumber } from "./fields";
import { isCanonicalNetwork } from "./values";

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

/** The `bastion` section of a stack file. */
export const bastion = section({
  // the families that Amazon Linux 2023 runs on, small ones first: it forwards bytes
  instanceType: text(
    (value) => /^(t4g|t3|t3a|m7g|m7i|m8g|c7g|c8g)\.(nano|micro|small|medium|large|xlarge)$/.test(value),
    {
      allowed: "an instance type of t4g, t3, t3a, m7g, m7i, m8g, c7g or c8g, to xlarge",
      do: "for example t4g.nano, which is enough for tunnels",
    },
  ).default("t4g.nano"),
  idleMinutes: wholeNumber(1, 60, "minutes").default(15),
  maxMinutes: wholeNumber(1, 1440, "minutes").default(480),
  principals: principals(),
});

const certificate = () =>
  text((value) => /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/.test(value), {
    allowed: "the ARN of a certificate in ACM, in the stack's region",
    do: "import it with aws acm import-certificate, and write the ARN that it answers",
  }).optional();

/** The `clientVpn` section of a stack file; access-rules.ts asks for what it must have. */
export const clientVpn = section({
  serverCertificateArn: certificate(),
  clientCertificateArn: certificate(),
  clientCidr: text(isClientNetwork, {
    allowed: "an IPv4 network from /12 to /22, written by its first address",
    do: "choose one that neither the VPC nor your people's own networks use, for example 10.255.252.0/22",
  }).default("10.255.252.0/22"),
  sessionHours: oneOf([8, 10, 12, 24]).default(8),
});

// source: Client VPN administrator guide, "Rules and best practices"
function isClientNetwork(value: string): boolean {
  const prefix = parseNetwork(value)?.prefix ?? 0;
  return isCanonicalNetwork(value) && prefix >= 12 && prefix <= 22;
}
