import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ConfigValue } from "../engine/operation";
import type { Pce } from "../pce/server";

const DEV_STACK_FILE = join(__dirname, "..", "..", "Pulumi.dev.yaml");
const CLIENTS = ["203.0.113.0/24"]; // a network for documentation (RFC 5737)
const BECAUSE = "the sandbox lives for minutes and holds made-up data";

/** What a stack is deployed with: `config` is what its stack file would say, `secrets` what it would hold encrypted. */
export interface StackSettings {
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The labels of whoever may connect to the tour's database; the other keys are the database's own. */
export const CLIENT_LABELS = { role: "web", app: "shop", env: "sandbox" };

/** What the tour's stack has beside a sandbox's own settings: the Illumio side, with one kind of client. */
export const ILLUMIO_SIDE: Readonly<Record<string, ConfigValue>> = {
  "rds-sightline:illumio": {
    labels: { ...CLIENT_LABELS, role: "database" },
    clients: [{ role: CLIENT_LABELS.role }],
  },
};

/**
 * The sandbox's stack: what `Pulumi.dev.yaml` says, the PCE stand-in as its PCE, a public front door, leave to destroy everything,
 * reasons included, and `more` in place of settings of the same keys.
 */
export function sandboxSettings(
  pce: Pick<Pce, "host" | "port" | "orgId" | "caCertificate" | "credentials">,
  more: StackSettings["config"] = {},
): StackSettings {
  const { config } = parse(readFileSync(DEV_STACK_FILE, "utf8")) as { config: Record<string, ConfigValue> };
  const { host, port, orgId, caCertificate, credentials } = pce;

  return {
    config: {
      ...config,
      "rds-sightline:pce": { host, port, orgId, caCertificate, apiKeyId: credentials.apiKeyId },
      "rds-sightline:frontDoor": { exposure: "public", allowedCidrs: CLIENTS },
      "rds-sightline:exceptions": {
        deletionProtection: BECAUSE,
        finalSnapshot: BECAUSE,
        keepFlowLogs: BECAUSE,
        frontDoorDeletionProtection: BECAUSE,
      },
      ...more,
    },
    secrets: { "rds-sightline:pceApiSecret": credentials.apiSecret },
  };
}

/** The region that the stack is deployed to. */
export function regionOf({ config }: StackSettings): string {
  const region = config["aws:region"];
  if (typeof region !== "string")
    throw new Error("Pulumi.dev.yaml does not say aws:region; add it, for example eu-west-1");
  return region;
}
