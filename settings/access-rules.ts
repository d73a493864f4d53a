import { contains, type Ipv4Network, parseNetwork } from "../components/cidr";
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
    reads: ["access", "bastion"],
    check: ({ access, bastion }) =>
      peopleOf(access, bastion).flatMap(([key, principals]) => {
        const reserved = principals.filter((principal) => ROLE_OF_IDENTITY_CENTER.test(principal));
        if (reserved.length === 0) return [];
        return {
          what: key,
          got: reserved.join(", "),
          allowed: "groups, roles and users that IAM may attach a policy to",
          do: "name the policy as a customer managed policy in the permission set: its name is the end of the ARN in the output policyArns",
        };
      }),
  },
  {
    reads: ["bastion"],
    check: ({ bastion }) =>
      bastion !== undefined && bastion.idleMinutes > bastion.maxMinutes
        ? {
            what: "bastion.idleMinutes",
            got: `${bastion.idleMinutes} with maxMinutes ${bastion.maxMinutes}`,
            allowed: "no more than maxMinutes, which ends a session in any case",
            do: "lower idleMinutes, or raise maxMinutes",
          }
        : undefined,
  },
  ...(["serverCertificateArn", "clientCertificateArn"] as const).map(
    (key): Rule => ({
      reads: [`clientVpn.${key}`],
      check: ({ clientVpn }) =>
        clientVpn !== undefined && clientVpn[key] === undefined
          ? {
              what: `clientVpn.${key}`,
              got: "nothing",
              allowed:
                key === "serverCertificateArn"
                  ? "the ARN of the endpoint's own certificate in ACM"
                  : "the ARN of a certificate in ACM, whose authority signs those of people",
              do: "add it, or remove clientVpn",
            }
          : undefined,
    }),
  ),
  {
    reads: ["clientVpn.clientCidr", "network.cidr"],
    check: ({ clientVpn, network }) =>
      clientVpn !== undefined && overlap(parseNetwork(clientVpn.clientCidr), parseNetwork(network.cidr))
        ? {
            what: "clientVpn.clientCidr",
            got: `${clientVpn.clientCidr} with network.cidr ${network.cidr}`,
            allowed: "a network that shares no address with the VPC",
            do: "choose another, for example 10.255.252.0/22",
          }
        : undefined,
  },
];

function peopleOf(access: Candidate["access"], bastion: Candidate["bastion"]): [string, readonly string[]][] {
  const { connect = {}, ...others } = access ?? {};
  return [
    ...Object.entries(others).map(([key, who]): [string, readonly string[]] => [`access.${key}`, who]),
    ...Object.entries(connect).map(([user, who]): [string, readonly string[]] => [`access.connect.${user}`, who]),
    ["bastion.principals", bastion?.principals ?? []],
  ];
}

function overlap(one: Ipv4Network | undefined, other: Ipv4Network | undefined): boolean {
  return one !== undefined && other !== undefined && (contains(one, other) || contains(other, one));
}
