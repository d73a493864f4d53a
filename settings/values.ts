import { X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";
import { formatNetwork, isPrivate, parseNetwork } from "../components/cidr";
import { VPC_FIELDS } from "../flow-logs/formats";

// What single values may be, where AWS, PostgreSQL or the PCE is stricter than their type. What an engine takes is in components/engines/.

/** The only retentions, in days, that CloudWatch Logs accepts (API reference, PutRetentionPolicy). */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Days that flow logs can be kept at most. */
export const MOST_FLOW_LOG_DAYS = 3650;

/** Without these the forwarder, and Illumio's own tools, cannot tell who connected to whom. */
export const REQUIRED_FLOW_LOG_FIELDS = [
  "srcaddr",
  "dstaddr",
  "dstport",
  "protocol",
  "tcp-flags",
  "pkt-srcaddr",
  "pkt-dstaddr",
  "srcport",
  "action",
  "type",
] as const;

/** The format unless the stack says otherwise: what connections are made of, and what tells two views of one apart. */
export const DEFAULT_FLOW_LOG_FIELDS = [
  "version",
  "interface-id",
  ...REQUIRED_FLOW_LOG_FIELDS,
  "packets",
  "bytes",
  "start",
  "end",
  "log-status",
  "flow-direction",
] as const;

/**
 * Every field that a VPC flow log can be made with here: all but version 11's tag fields, which AWS takes only with a tag specification that
 * this program doesn't write.
 */
export const FLOW_LOG_FIELDS = [
  ...DEFAULT_FLOW_LOG_FIELDS,
  ...Object.values(VPC_FIELDS)
    .flat()
    .filter((field) => !/-tag(-2)?$/.test(field) && !DEFAULT_FLOW_LOG_FIELDS.some((known) => known === field)),
];

/** True when the fields hold the required ones and none twice. */
export function isForwarderFormat(fields: readonly string[]): boolean {
  return REQUIRED_FLOW_LOG_FIELDS.every((field) => fields.includes(field)) && new Set(fields).size === fields.length;
}

/** True for a private network in canonical form, from /16 to /24: AWS's largest VPC, and the smallest that 16 subnets of /28 fit in. */
export function isVpcNetwork(text: string): boolean {
  const network = parseNetwork(text);
  return (
    isCanonicalNetwork(text) &&
    network !== undefined &&
    isPrivate(network) &&
    network.prefix >= 16 &&
    network.prefix <= 24
  );
}

/** True for any IPv4 network that is written by its first address. */
export function isCanonicalNetwork(text: string): boolean {
  const network = parseNetwork(text);
  return network !== undefined && formatNetwork(network) === text;
}

/** True for what RDS takes as Performance Insights retention: 7, months of 31 days up to 23, or 731. */
export function isPerformanceInsightsRetention(days: number): boolean {
  return days === 7 || days === 731 || (days % 31 === 0 && days >= 31 && days <= 713);
}

/** What becomes of the policy's clients in the database's security group. */
export const ENFORCEMENTS = ["off", "audit", "on"] as const;

/** Who can get to a front door: the internet, networks that reach the VPC, or endpoints in other VPCs. */
export const EXPOSURES = ["public", "internal", "privatelink"] as const;

/** True for the ARN of an account (`...:root`), a user or a role: whom an endpoint service can let in one by one. */
export function isPrincipalArn(text: string): boolean {
  return /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)$/.test(text);
}

/** True for a DNS name or an IPv4 address; false for a URL, or for a name with a port. */
export function isHostName(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return isIPv4(text);
  return text.length <= 253 && text.split(".").every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label));
}

/** True when the text is certificates in PEM form, at least one, each readable. */
export function isPemCertificates(text: string): boolean {
  const pattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
  const blocks = text.match(pattern) ?? [];
  return blocks.length > 0 && text.replaceAll(pattern, "").trim() === "" && blocks.every(isReadableCertificate);
}

function isReadableCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}

/** True for the name of a tag that people can give. */
export function isTagName(text: string): boolean {
  return text.length <= 128 && /^(?!aws:)[\p{L}\p{N} _.:/=+\-@]+$/iu.test(text);
}

/** True when AWS accepts the tags on every service, and 10 of its 50 places stay free for ours. */
export function areTags(tags: Readonly<Record<string, string>>): boolean {
  const isTagText = (text: string, longest: number) =>
    text.length <= longest && /^[\p{L}\p{N} _.:/=+\-@]*$/u.test(text);
  return (
    Object.keys(tags).length <= 40 &&
    Object.entries(tags).every(
      ([name, text]) => name !== "" && !/^aws:/i.test(name) && isTagText(name, 128) && isTagText(text, 256),
    )
  );
}
