import { EnvironmentReader, wholeNumber } from "../shared/environment";

/** The target sync's environment variables; the component that deploys it must set exactly these. */
export interface TargetSyncEnvironment {
  /** Name of the database's endpoint: of an instance, a Multi-AZ cluster or an Aurora cluster. */
  readonly ENDPOINT: string;
  /** Port that targets are registered with: the database's. */
  readonly TARGET_PORT: string;
  readonly TARGET_GROUP_ARN: string;
  /** What the target group can hold. */
  readonly ADDRESS_FAMILY: "ipv4" | "ipv6";
  /** Subnets that the database's interfaces are in, separated by commas. */
  readonly DATABASE_SUBNET_IDS: string;
  /** The security group that only this database has. */
  readonly DATABASE_GROUP_ID: string;
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: string;
}

/** The environment, read and checked. */
export interface TargetSyncConfig {
  readonly endpoint: string;
  readonly targetPort: number;
  readonly targetGroupArn: string;
  readonly addressFamily: "ipv4" | "ipv6";
  readonly subnetIds: readonly string[];
  readonly groupId: string;
}

/**
 * Reads the environment. POWERTOOLS_* are Powertools' own to read.
 * @throws EnvironmentError with every problem at once.
 */
export function readConfig(source: Readonly<Record<string, string | undefined>>): TargetSyncConfig {
  const environment = new EnvironmentReader(source);
  const endpoint = environment.required("ENDPOINT", "the name of the database's endpoint", dnsName);
  const targetPort = environment.required("TARGET_PORT", "a port from 1 to 65535", (text) =>
    wholeNumber(text, { min: 1, max: 65_535 }),
  );
  const targetGroupArn = environment.required("TARGET_GROUP_ARN", "the ARN of a target group", (text) =>
    /^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:targetgroup\/.+$/.test(text) ? text : undefined,
  );
  const addressFamily = environment.required("ADDRESS_FAMILY", "ipv4 or ipv6", (text) =>
    text === "ipv4" || text === "ipv6" ? text : undefined,
  );
  const subnetIds = environment.required(
    "DATABASE_SUBNET_IDS",
    "ids of subnets separated by commas, such as subnet-0a1b,subnet-2c3d",
    subnetList,
  );
  const groupId = environment.required("DATABASE_GROUP_ID", "the id of a security group, such as sg-0a1b", (text) =>
    /^sg-[0-9a-z]+$/.test(text) ? text : undefined,
  );
  environment.throwIfInvalid();

  // throwIfInvalid has thrown if one of them were undefined; the types cannot say so
  return Object.freeze({
    endpoint,
    targetPort,
    targetGroupArn,
    addressFamily,
    subnetIds: Object.freeze(subnetIds),
    groupId,
  }) as TargetSyncConfig;
}

// with a dot at least: an address instead of a name would never move, and the sync would follow nothing
function dnsName(text: string): string | undefined {
  return /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i.test(text) ? text : undefined;
}

function subnetList(text: string): readonly string[] | undefined {
  const ids = text.split(",").map((id) => id.trim());
  return ids.every((id) => /^subnet-[0-9a-z]+$/.test(id)) ? ids : undefined;
}
