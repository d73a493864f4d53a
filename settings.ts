import * as pulumi from "@pulumi/pulumi";
import type { Zone } from "./components/cidr-plan";
import { complete } from "./settings/complete";
import { pathsOf, problemsOf, type RawSettings, unknownKey, without } from "./settings/issues";
import { type Problem, SettingsError, shown } from "./settings/problems";
import { brokenRules, type Candidate } from "./settings/rules";
import { type ParsedSettings, settingsSchema } from "./settings/schema";
import type { ENFORCEMENTS, EXPOSURES } from "./settings/values";

export type { Zone };

/** Stack names may have 1 to 20 characters; the names of resources are made to fit AWS's limits with the longest one. */
export const MAX_STACK_NAME_LENGTH = 20;

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** How the forwarder proves who it is: a secret that exists, or a key that the stack makes a secret of. */
export type PceCredentials =
  | { readonly secretArn: string }
  | { readonly apiKeyId: string; readonly apiSecret: pulumi.Output<string> };

/** Where flows are sent. */
export interface PceSettings {
  readonly host: string;
  readonly port: number;
  readonly orgId: number;
  /** What the PCE takes of the API key in a minute; the forwarder's invocations share it, those of a backfill too. */
  readonly requestsPerMinute: number;
  /** PEM certificates of a private authority; absent when a public one signed the PCE's. */
  readonly caCertificate?: string;
  /** Where a forwarder inside the VPC may go on the PCE's port: at least one network then, and maybe none for one outside. */
  readonly cidrs: readonly string[];
  readonly credentials: PceCredentials;
}

/** A way to the database from outside its network. */
export interface FrontDoorSettings {
  /**
   * Where clients are: anywhere, in networks that reach the VPC, or behind endpoints in their own VPCs. **A change to or from `public`
   * replaces the load balancer, and with it the name that clients know.**
   */
  readonly exposure: (typeof EXPOSURES)[number];
  /** That clients connect to; the database's own unless the stack says otherwise. */
  readonly port: number;
  /** 1 to 16 IPv4 networks that clients may come from, by the addresses that they have in their own network. */
  readonly allowedCidrs: readonly string[];
  /** Who may ask for an endpoint: at least one for privatelink, and none otherwise. */
  readonly allowedPrincipals: readonly string[];
  /** Every zone that the database can be in. */
  readonly zones: readonly Zone[];
  /** The database and its flow logs see clients' own addresses, not the load balancer's. */
  readonly preserveClientIp: boolean;
  /** What connections to an old primary get before they are ended: 0 to 30. */
  readonly deregistrationDelaySeconds: number;
  /** Between two looks for the primary that no event asked for: 1 to 15. */
  readonly syncMinutes: number;
  /** True: the function that looks for the primary runs in the private subnets. */
  readonly syncInVpc: boolean;
}

export type NetworkSettings = Frozen<ParsedSettings["network"]>;
export type DatabaseSettings = Frozen<ParsedSettings["database"]>;
/** Read replicas: how many, and of which class. */
export type ReplicaSettings = Frozen<NonNullable<ParsedSettings["replicas"]>>;
/** Copies of the database beside RDS's own backups: in another region, in AWS Backup. */
export type BackupSettings = Frozen<NonNullable<ParsedSettings["backups"]>>;
/** A user of the database: where, what it may do there, and how it proves who it is. */
export interface DatabaseUserSettings {
  /** Absent: the database that the stack makes. */
  readonly database?: string | undefined;
  /** Where a schema is a database, that database. */
  readonly schema: string;
  readonly privilege: "read" | "write" | "owner";
  readonly authentication: "iam" | "secret";
}
export type FlowLogSettings = Frozen<ParsedSettings["flowLogs"]>;
export type ForwarderSettings = Frozen<ParsedSettings["forwarder"]>;
/** How flow logs of the past are brought in: how many invocations at once, and their part of the PCE's requests. */
export type BackfillSettings = Frozen<NonNullable<ParsedSettings["backfill"]>>;
/** How the VPC becomes workloads: labels from tags, how long what is gone stays, when it looks, its part of the PCE's requests. */
export type WorkloadSyncSettings = Frozen<NonNullable<ParsedSettings["workloadSync"]>>;
/** Who gets which policy of the database: groups, roles and users. */
export type AccessSettings = Frozen<NonNullable<ParsedSettings["access"]>>;
/** The host that people get to the database through, and who may start sessions there. */
export type BastionSettings = Frozen<NonNullable<ParsedSettings["bastion"]>>;
/** A VPN that leads to the database's subnets. */
export interface ClientVpnSettings {
  /** In ACM. */
  readonly serverCertificateArn: string;
  /** In ACM: whoever has a certificate of its authority gets in. */
  readonly clientCertificateArn: string;
  readonly clientCidr: string;
  readonly sessionHours: number;
}
/** The labels of an object, by their keys. */
export type LabelSettings = Frozen<NonNullable<ParsedSettings["illumio"]>["labels"]>;
export type AlarmSettings = Frozen<ParsedSettings["alarms"]>;
/** What is watched of who connects and who changes what. */
export type AuditSettings = Frozen<ParsedSettings["audit"]>;
/** The protections that a stack gives up, each with the written reason. */
export type Exceptions = Frozen<ParsedSettings["exceptions"]>;

/** What is made in the PCE. */
export interface IllumioSettings {
  /** Of the database, one at least. */
  readonly labels: LabelSettings;
  /** Whom the rules let in, one at least: whoever has all labels of an entry; keys that it leaves out are the database's, but its role. */
  readonly clients: readonly LabelSettings[];
  /** Whether the rules become ingress rules of the database's security group: not at all, only compared, or made. */
  readonly enforce: (typeof ENFORCEMENTS)[number];
  /** Ingress rules that a security group of the account may have, of each address family. */
  readonly ruleQuota: number;
}

/** A stack's settings: checked, complete and frozen. */
export interface Settings {
  readonly network: NetworkSettings;
  readonly database: DatabaseSettings;
  /** Absent: there is one database, and its standby. */
  readonly replicas?: ReplicaSettings | undefined;
  /** Absent: RDS's own automated backups are all there are. */
  readonly backups?: BackupSettings | undefined;
  /** By their names. Absent: only the master user is there, and whom it makes. */
  readonly databaseUsers?: Readonly<Record<string, DatabaseUserSettings>>;
  /** Absent: the database is reached from inside only. */
  readonly frontDoor?: FrontDoorSettings;
  readonly flowLogs: FlowLogSettings;
  readonly forwarder: ForwarderSettings;
  /** Absent: everything is deployed but the forwarder. */
  readonly pce?: PceSettings;
  /** Absent: flow logs that are in the bucket already are not forwarded. */
  readonly backfill?: BackfillSettings | undefined;
  /** Absent: nothing is made in the PCE. */
  readonly illumio?: IllumioSettings;
  /** Absent: the VPC's instances and databases become no workloads. */
  readonly workloadSync?: WorkloadSyncSettings | undefined;
  /** Absent: no policies for people are made. */
  readonly access?: AccessSettings | undefined;
  /** Absent: there is no bastion. */
  readonly bastion?: BastionSettings | undefined;
  /** Absent: there is no VPN. */
  readonly clientVpn?: ClientVpnSettings;
  readonly alarms: AlarmSettings;
  readonly audit: AuditSettings;
  readonly logRetentionDays: number;
  readonly exceptions: Exceptions;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads a stack's whole configuration. Throws one `SettingsError` that names everything wrong with it: values, unknown keys, keys that
 * contradict each other, the stack's name. The PCE's API secret stays a secret output, and no secret gets into an error.
 */
export function readSettings(config: pulumi.Config = new pulumi.Config()): Settings {
  const raw = readKeys(config);
  const result = settingsSchema.safeParse(raw);
  const issues = result.success ? [] : result.error.issues;
  const failed = issues.flatMap(pathsOf);
  // what is wrong is left out, so that the rules see the rest; a rule that reads what is wrong is skipped
  const parsed = result.success ? result.data : settingsSchema.parse(without(raw, failed));
  const apiSecret = readApiSecret(config);
  const candidate: Candidate = { ...parsed, pceApiSecret: apiSecret && storageOf(config, API_SECRET) };

  const isEncrypted = (key: string) => storageOf(config, key) === "encrypted";
  const problems = [
    ...unknownKeys(config),
    ...issues.flatMap((issue) => problemsOf(issue, raw, isEncrypted)),
    ...brokenRules(candidate, failed),
  ].map((problem) => ({ ...problem, what: `${config.name}:${problem.what}` }));

  const stack = pulumi.getStack();
  const all = [...stackNameProblems(stack), ...problems];
  if (all.length > 0) throw new SettingsError(stack, all);
  return complete(parsed, apiSecret);
}

const API_SECRET = "pceApiSecret";

// sections that nothing is made of by default: an empty object is the default that Pulumi.yaml has to declare for an absent one
const defaults: Readonly<Record<string, unknown>> = settingsSchema.parse({});
const OFF_WHEN_EMPTY = Object.keys(settingsSchema.shape).filter((key) => defaults[key] === undefined);

// an object's value comes as JSON, a text as it is
function readKeys(config: pulumi.Config): RawSettings {
  const entries = Object.keys(settingsSchema.shape).map((key) => [key, parseJson(config.get(key))] as const);
  return Object.fromEntries(
    entries.filter(([key, value]) => value !== undefined && !(OFF_WHEN_EMPTY.includes(key) && isEmptyObject(value))),
  );
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // the schema says what should have been there
  }
}

function isEmptyObject(value: unknown): boolean {
  return JSON.stringify(value) === "{}";
}

function readApiSecret(config: pulumi.Config): pulumi.Output<string> | undefined {
  return config.get(API_SECRET) ? config.getSecret(API_SECRET) : undefined;
}

function storageOf(config: pulumi.Config, key: string): "encrypted" | "in plain text" {
  // the SDK knows, but its types don't say so
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(`${config.name}:${key}`) === false ? "in plain text" : "encrypted";
}

function unknownKeys(config: pulumi.Config): Problem[] {
  const known = [...Object.keys(settingsSchema.shape), API_SECRET];
  const prefix = `${config.name}:`;
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix) && !known.includes(key.slice(prefix.length)))
    .map((key) => unknownKey([key.slice(prefix.length)], known));
}

function stackNameProblems(stack: string): Problem[] {
  if (stack.length <= MAX_STACK_NAME_LENGTH && /^[a-z](-?[a-z0-9])*$/.test(stack)) return [];
  return [
    {
      what: "the stack's name",
      got: shown(stack),
      allowed: `1 to ${MAX_STACK_NAME_LENGTH} small letters, digits and single hyphens, a letter first and no hyphen last`,
      do: "choose another name: pulumi stack rename",
    },
  ];
}
