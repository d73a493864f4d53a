import { z } from "zod";
import { ZONES } from "../components/cidr-plan";
import { isLabelValue } from "../illumio/client/labels";
import { access, bastion, clientVpn } from "./access-schema";
import { audit } from "./audit-schema";
import { backups, replicas } from "./backups-schema";
import { databaseSchema } from "./database-schema";
import { databaseUsers } from "./database-users-schema";
import { oneOf, section, setting, text, trueOrFalse, wholeNumber } from "./fields";
import * as values from "./values";

// Every key of a stack file: its shape, its default, and the sentence that an error says about it. Rules between keys: rules.ts.

const reason = () =>
  text((value) => value.trim().length >= 10, {
    allowed: "a written reason of at least 10 characters",
    do: "say why this stack does without the protection, or remove the key to have it",
  }).optional();

const network = section({
  cidr: text(values.isVpcNetwork, {
    allowed: "a private IPv4 network from /16 to /24, written by its first address",
    do: "choose one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 that nothing you connect to uses",
  }).default("10.0.0.0/16"),
  zones: setting(
    z
      .array(z.enum(ZONES))
      .min(2)
      .max(4)
      .refine((zones) => new Set(zones).size === zones.length),
    { allowed: "2 to 4 different zone letters of a, b, c, d", do: 'name the zones, for example ["a", "b"]' },
  ).default(["a", "b"]),
  nat: oneOf(["none", "single", "per-zone"]).default("none"),
});

const flowLogs = section({
  scope: oneOf(["database-subnets", "network-interfaces", "vpc"]).default("database-subnets"),
  destination: oneOf(["s3", "cloud-watch-logs"]).default("s3"),
  aggregationSeconds: oneOf([60, 600]).default(60),
  fileFormat: oneOf(["plain-text", "parquet"]).default("plain-text"),
  partitions: section({ hive: trueOrFalse().default(false), hourly: trueOrFalse().default(false) }).prefault({}),
  fields: setting(z.array(z.enum(values.FLOW_LOG_FIELDS)).refine(values.isForwarderFormat), {
    allowed: `known field names, each once, and among them ${values.REQUIRED_FLOW_LOG_FIELDS.join(" ")}`,
    do: "add what is missing and remove what is unknown or there twice; leave the key out for the default format",
  }).default([...values.DEFAULT_FLOW_LOG_FIELDS]),
  retentionDays: wholeNumber(1, values.MOST_FLOW_LOG_DAYS, "days").default(400),
});

const forwarder = section({
  inVpc: trueOrFalse().default(false),
  // Lambda's event source mapping takes no maximum below 2
  maximumConcurrency: wholeNumber(2, 1000, "invocations at once").default(5),
  memoryMb: wholeNumber(128, 10240, "MB").default(1769),
  timeoutSeconds: wholeNumber(30, 900, "seconds").default(120),
  sendRejected: trueOrFalse().default(false),
  resendAfterMinutes: wholeNumber(1, 1440, "minutes").default(60),
  maxInflatedMb: wholeNumber(1, 1_000_000, "MB").default(8192),
  // gzip and its like inflate by a thousand times at most
  maxInflationRatio: wholeNumber(10, 1100).default(200),
  quarantine: trueOrFalse().default(false),
  logLevel: oneOf(["DEBUG", "INFO", "WARN", "ERROR"]).default("INFO"),
});

// keys that a PCE must have are optional here and asked for in rules.ts, so that each absence is a problem of its own
const pce = section({
  host: text(values.isHostName, {
    allowed: "a host name or an IPv4 address, without https:// and without a port",
    do: "for example pce.example.com; the port has its own key",
  }).optional(),
  port: wholeNumber(1, 65535).default(8443),
  orgId: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1),
  requestsPerMinute: wholeNumber(1, 10_000, "requests").default(500),
  caCertificate: text(values.isPemCertificates, {
    allowed: "one or more PEM certificates",
    do: "paste the certificate of the authority that signed the PCE's, from BEGIN to END, or leave the key out for a public one",
  }).optional(),
  credentialsSecretArn: text(
    (value) => /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(value),
    {
      allowed: "the ARN of a secret in Secrets Manager",
      do: "write the whole ARN, from arn: to the six characters at its end",
    },
  ).optional(),
  apiKeyId: text((value) => /^api_\w+$/.test(value), {
    allowed: "the Authentication Username of a PCE API key, which begins with api_",
    do: "copy it from the PCE; the secret goes to pceApiSecret",
    hidden: true,
  }).optional(),
  // no default: to let a function anywhere out of the network is to be written
  cidrs: setting(z.array(z.string().refine(values.isCanonicalNetwork)).min(1), {
    allowed: "IPv4 networks, each written by its first address",
    do: 'for example ["192.0.2.0/24"]',
  }).optional(),
});

// what a front door must have is optional here and asked for in front-door-rules.ts, as a PCE's is
const frontDoor = section({
  exposure: oneOf(values.EXPOSURES).optional(),
  port: wholeNumber(1, 65535).optional(),
  allowedCidrs: setting(z.array(z.string()), {
    allowed: "a list of IPv4 networks",
    do: 'for example ["203.0.113.0/24"]',
  }).optional(),
  allowedPrincipals: setting(z.array(z.string().refine(values.isPrincipalArn)).min(1), {
    allowed: "ARNs of AWS accounts, users or roles, and never *",
    do: 'for example ["arn:aws:iam::111122223333:root"], which is everybody whom that account lets',
  }).optional(),
  zones: setting(z.array(z.enum(ZONES)), {
    allowed: "zone letters of a, b, c, d",
    do: "leave it out: the front door is in every zone of network.zones",
  }).optional(),
  preserveClientIp: trueOrFalse().default(true),
  deregistrationDelaySeconds: wholeNumber(0, 30, "seconds").default(0),
  syncMinutes: wholeNumber(1, 15, "minutes").default(1),
  syncInVpc: trueOrFalse().default(false),
});

const backfill = section({
  concurrency: wholeNumber(1, 100, "invocations at once").default(2),
  requestsPerMinute: wholeNumber(1, 10_000, "requests").default(100),
});

const labelValue = () =>
  text(isLabelValue, {
    allowed: "1 to 255 characters, and not All Roles, All Applications, All Environments or All Locations",
    do: "write the value of a label, or leave the key out: an absent one means all",
  }).optional();

const labels = () => ({ role: labelValue(), app: labelValue(), env: labelValue(), loc: labelValue() });

// which of the keys there must be is in illumio-rules.ts
const illumio = section({
  labels: section(labels()).prefault({}),
  enforce: oneOf(values.ENFORCEMENTS).default("off"),
  // AWS lets an account raise it as far as rules of a group times groups of an interface stay within 1000
  ruleQuota: wholeNumber(1, 1000, "rules").default(60),
  clients: setting(
    z
      .array(z.strictObject(labels()).refine((client) => Object.keys(client).length > 0))
      .min(1)
      .max(100),
    {
      allowed:
        "1 to 100 objects of role, app, env and loc, each with one of them at least, and a label's value for each",
      do: 'for example [{"role": "web"}]: whoever has these labels may connect; keys that are left out are the database\'s own',
    },
  ).optional(),
});

// a name alone is a tag without a default
function labelSource() {
  const tag = z.string().refine(values.isTagName);
  return z.union([
    tag.transform((name): { tag: string; default?: string } => ({ tag: name })),
    z.strictObject({ tag, default: z.string().refine(isLabelValue).optional() }),
  ]);
}

const workloadSync = section({
  labels: setting(z.partialRecord(z.enum(["role", "app", "env", "loc"]), labelSource()), {
    allowed:
      "role, app, env and loc, each with the name of a tag (1 to 128 characters, not aws:...), or with a tag and a default that is a label's value",
    do: 'for example {"role": "Role", "env": {"tag": "env", "default": "prod"}}',
  }).default({}),
  graceMinutes: wholeNumber(0, 10_080, "minutes").default(60),
  // three turns of it are the day that an alarm can look back
  syncMinutes: wholeNumber(1, 480, "minutes").default(15),
  requestsPerMinute: wholeNumber(10, 10_000, "requests").default(60),
});

/** The shape, the defaults and the advice of every key but `pceApiSecret`, which is text and nothing else. */
export const settingsSchema = section({
  network: network.prefault({}),
  database: databaseSchema.prefault({}),
  replicas: replicas.optional(),
  backups: backups.optional(),
  databaseUsers: databaseUsers.optional(),
  frontDoor: frontDoor.optional(),
  flowLogs: flowLogs.prefault({}),
  forwarder: forwarder.prefault({}),
  pce: pce.optional(),
  backfill: backfill.optional(),
  illumio: illumio.optional(),
  workloadSync: workloadSync.optional(),
  access: access.optional(),
  bastion: bastion.optional(),
  clientVpn: clientVpn.optional(),
  alarms: section({
    emails: setting(z.array(z.email()), {
      allowed: "e-mail addresses",
      do: 'for example ["database-team@example.com"]; each confirms its subscription by mail',
    }).default([]),
  }).prefault({}),
  audit: audit.prefault({}),
  logRetentionDays: oneOf(values.LOG_RETENTION_DAYS).default(365),
  exceptions: section({
    deletionProtection: reason(),
    finalSnapshot: reason(),
    multiAz: reason(),
    keepFlowLogs: reason(),
    keepAuditTrail: reason(),
    openFrontDoor: reason(),
    frontDoorDeletionProtection: reason(),
  }).prefault({}),
  tags: setting(z.record(z.string(), z.string()).refine(values.areTags), {
    allowed:
      "up to 40 names with a text each: letters, digits, spaces and _.:/=+-@; names to 128 characters, texts to 256",
    do: 'for example {"team": "payments"}; names that begin with aws: belong to AWS',
  }).default({}),
});

/** What the schema makes of a stack file: every default filled in, rules between keys not yet applied. */
export type ParsedSettings = z.output<typeof settingsSchema>;
