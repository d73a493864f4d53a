import { formatNetwork, parseNetwork } from "../components/cidr";
import { ACCESS_RULES } from "./access-rules";
import { AUDIT_RULES } from "./audit-rules";
import { BACKFILL_RULES } from "./backfill-rules";
import { BACKUPS_RULES } from "./backups-rules";
import { DATABASE_USERS_RULES } from "./database-users-rules";
import { ENGINE_RULES } from "./engine-rules";
import { FLOW_LOG_RULES } from "./flow-log-rules";
import { FRONT_DOOR_RULES } from "./front-door-rules";
import { ILLUMIO_RULES } from "./illumio-rules";
import type { Problem } from "./problems";
import type { ParsedSettings } from "./schema";
import { isVpcNetwork } from "./values";
import { parseDailyWindow, parseWeeklyWindow, windowsOverlap } from "./windows";
import { WORKLOAD_SYNC_RULES } from "./workload-sync-rules";

/** What rules look at: the settings, and of the secret only whether it is there and how it is kept. */
export interface Candidate extends ParsedSettings {
  readonly pceApiSecret?: "encrypted" | "in plain text" | undefined;
}

/** A rule between keys; the `what` of its problems comes without its namespace. */
export interface Rule {
  /** What it looks at: a rule of several keys needs all of them to be right by themselves. */
  readonly reads: readonly string[];
  readonly check: (settings: Candidate) => Problem | readonly Problem[] | undefined;
}

/** The problems between keys. A rule is skipped when a key that it reads is at one of the `failed` places: a problem already. */
export function brokenRules(settings: Candidate, failed: readonly (readonly string[])[]): Problem[] {
  const hasFailed = (key: string) => failed.some((path) => path.every((part, depth) => key.split(".")[depth] === part));
  return RULES.filter(({ reads }) => !reads.some(hasFailed)).flatMap(({ check }) => check(settings) ?? []);
}

const RULES: readonly Rule[] = [
  {
    reads: ["database.storageGb", "database.maxStorageGb"],
    check: ({ database: { storageGb, maxStorageGb } }) =>
      // RDS refuses a ceiling within 10 % of the size; the same number means that storage does not grow
      maxStorageGb === storageGb || maxStorageGb >= tenPercentMore(storageGb)
        ? undefined
        : {
            what: "database.maxStorageGb",
            got: `${maxStorageGb} with storageGb ${storageGb}`,
            allowed: `${storageGb} (never grows), or ${tenPercentMore(storageGb)} and more`,
            do: "raise maxStorageGb, or lower storageGb of a database that does not exist yet (storage never shrinks)",
          },
  },
  {
    reads: ["database.backupWindow", "database.maintenanceWindow"],
    check: ({ database: { backupWindow, maintenanceWindow } }) => {
      const daily = parseDailyWindow(backupWindow);
      const weekly = parseWeeklyWindow(maintenanceWindow);
      if (daily === undefined || weekly === undefined || !windowsOverlap(daily, weekly)) return undefined;
      return {
        what: "database.maintenanceWindow",
        got: `${maintenanceWindow} with backupWindow ${backupWindow}`,
        allowed: "a window that shares no minute with the daily backup window",
        do: "move one of the two",
      };
    },
  },
  ...ENGINE_RULES,
  ...BACKUPS_RULES,
  {
    reads: ["network.nat", "forwarder.inVpc", "pce"],
    check: ({ network, forwarder, pce }) =>
      forwarder.inVpc && network.nat === "none" && pce !== undefined
        ? {
            what: "forwarder.inVpc",
            got: "true with network.nat none",
            allowed: "true with network.nat single or per-zone, or false",
            do: "give the forwarder a way to the PCE, its queue and its secret, or leave it outside the VPC",
          }
        : undefined,
  },
  {
    reads: ["forwarder.inVpc", "pce.cidrs"],
    check: ({ forwarder, pce }) =>
      forwarder.inVpc && pce !== undefined && pce.cidrs === undefined
        ? {
            what: "pce.cidrs",
            got: "nothing, with forwarder.inVpc true",
            allowed: "the networks that the PCE's addresses are in",
            do: 'for example ["192.0.2.0/24"]; ["0.0.0.0/0"] lets the forwarder go anywhere on the PCE\'s port',
          }
        : undefined,
  },
  {
    reads: ["pce.host"],
    check: ({ pce }) =>
      pce !== undefined && pce.host === undefined
        ? { what: "pce.host", got: "nothing", allowed: "the host name of the PCE", do: "add it, or remove pce" }
        : undefined,
  },
  {
    reads: ["pce.credentialsSecretArn", "pce.apiKeyId"],
    check: ({ pce }) => {
      if (pce === undefined || (pce.credentialsSecretArn === undefined) !== (pce.apiKeyId === undefined))
        return undefined;
      return {
        what: "pce.credentialsSecretArn",
        got: pce.apiKeyId === undefined ? "neither it nor pce.apiKeyId" : "both it and pce.apiKeyId",
        allowed: "exactly one of the two",
        do: "name a secret that exists, or write pce.apiKeyId and set pceApiSecret, and the stack makes one",
      };
    },
  },
  {
    reads: ["pce.apiKeyId", "pce.credentialsSecretArn"],
    check: ({ pce, pceApiSecret }) =>
      pce?.apiKeyId !== undefined && pceApiSecret === undefined
        ? {
            what: "pceApiSecret",
            got: "nothing, with pce.apiKeyId",
            allowed: "the secret of that API key",
            do: "pulumi config set --secret rds-sightline:pceApiSecret",
          }
        : undefined,
  },
  {
    reads: ["pce.apiKeyId", "pce.credentialsSecretArn"],
    check: ({ pce, pceApiSecret }) =>
      pceApiSecret !== undefined &&
      (pce === undefined || (pce.apiKeyId === undefined && pce.credentialsSecretArn !== undefined))
        ? {
            what: "pceApiSecret",
            got: pce === undefined ? "a secret, without pce" : "a secret, with pce.credentialsSecretArn",
            allowed: "nothing, or the secret of pce.apiKeyId",
            do: "pulumi config rm rds-sightline:pceApiSecret, or add pce with its apiKeyId",
          }
        : undefined,
  },
  {
    reads: [],
    check: ({ pceApiSecret }) =>
      pceApiSecret === "in plain text"
        ? {
            what: "pceApiSecret",
            got: "a secret that the stack file keeps in plain text",
            allowed: "an encrypted secret",
            do: "pulumi config set --secret rds-sightline:pceApiSecret, and make a new key if the file was ever shared",
          }
        : undefined,
  },
  ...DATABASE_USERS_RULES,
  ...FLOW_LOG_RULES,
  ...AUDIT_RULES,
  ...FRONT_DOOR_RULES,
  ...BACKFILL_RULES,
  ...ILLUMIO_RULES,
  ...WORKLOAD_SYNC_RULES,
  ...ACCESS_RULES,
];

// in whole numbers: 100 * 1.1 is more than 110
function tenPercentMore(gb: number): number {
  return Math.ceil((gb * 11) / 10);
}

/** Better advice for a network that is merely not written by its first address. */
export function networkAdvice(got: unknown): string | undefined {
  const network = typeof got === "string" ? parseNetwork(got) : undefined;
  if (network === undefined) return undefined;
  const canonical = formatNetwork(network);
  return canonical === got || !isVpcNetwork(canonical)
    ? undefined
    : `that address lies inside ${canonical}: write ${canonical} if you mean it`;
}
