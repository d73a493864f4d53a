import { EnvironmentReader, wholeNumber } from "../shared/environment";
import { type PceConfig, type PceEnvironment, readPceConfig, requestRate } from "../shared/pce-environment";
import type { LabelMapping } from "./labelling";

/** The workload sync's environment variables; the component that deploys it must set exactly these. */
export interface WorkloadSyncEnvironment extends PceEnvironment {
  /** The VPC whose instances, databases and network interfaces become workloads. */
  readonly VPC_ID: string;
  /** What marks the workloads of this stack in the PCE; of no other data set anything is ever changed. */
  readonly EXTERNAL_DATA_SET: string;
  /** JSON: label key -> the tag that its value is from, and what it is without the tag; such as {"env":{"tag":"env","default":"prod"}}. */
  readonly LABELS: string;
  /** How long the workload of something that is gone stays. */
  readonly GRACE_SECONDS: string;
  /** Requests to the PCE that may be made in a minute. */
  readonly PCE_REQUESTS_PER_MINUTE: string;
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: string;
}

/** The environment, read and checked. */
export interface WorkloadSyncConfig {
  readonly pce: PceConfig;
  readonly vpcId: string;
  readonly externalDataSet: string;
  readonly labels: LabelMapping;
  readonly graceMs: number;
  readonly requestsPerMinute: number;
}

const LONGEST_GRACE_SECONDS = 366 * 86_400;

/**
 * Reads the environment. POWERTOOLS_* are Powertools' own to read.
 * @throws EnvironmentError with every problem at once.
 */
export function readConfig(source: Readonly<Record<string, string | undefined>>): WorkloadSyncConfig {
  const environment = new EnvironmentReader(source);
  const pce = readPceConfig(environment);
  const vpcId = environment.required("VPC_ID", "the id of a VPC, such as vpc-0a1b", (text) =>
    /^vpc-[0-9a-z]+$/.test(text) ? text : undefined,
  );
  const externalDataSet = environment.required(
    "EXTERNAL_DATA_SET",
    "rds-sightline/<account>/<region>/<stack>/workloads",
    (text) => (/^rds-sightline(\/[\w-]+){3}\/workloads$/.test(text) ? text : undefined),
  );
  const labels = environment.required(
    "LABELS",
    'JSON of label keys with a tag each, such as {"role":{"tag":"Role"}}',
    labelMapping,
  );
  const graceSeconds = environment.required(
    "GRACE_SECONDS",
    `a number of seconds from 0 to ${LONGEST_GRACE_SECONDS}`,
    (text) => wholeNumber(text, { min: 0, max: LONGEST_GRACE_SECONDS }),
  );
  const requestsPerMinute = environment.required(
    "PCE_REQUESTS_PER_MINUTE",
    "a number above 0, such as 100 or 0.5",
    requestRate,
  );
  environment.throwIfInvalid();
  // it has thrown if one of them were undefined; the types cannot say so
  const graceMs = (graceSeconds ?? 0) * 1_000;
  return Object.freeze({ pce, vpcId, externalDataSet, labels, graceMs, requestsPerMinute }) as WorkloadSyncConfig;
}

function labelMapping(text: string): LabelMapping | undefined {
  try {
    const mapping: unknown = JSON.parse(text);
    if (typeof mapping !== "object" || mapping === null || Array.isArray(mapping)) return undefined;
    return Object.values(mapping).every(isSource) ? (mapping as LabelMapping) : undefined;
  } catch {
    return undefined; // the problem says what should have been there
  }
}

function isSource(value: unknown): boolean {
  const { tag, default: otherwise } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof tag === "string" && (otherwise === undefined || typeof otherwise === "string");
}
