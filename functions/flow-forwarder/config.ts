import type { InflationLimits } from "../../flow-logs/unreadable";
import { EnvironmentReader } from "../shared/environment";
import {
  type PceConfig,
  type PceEnvironment,
  portNumber,
  positive,
  readPceConfig,
  requestRate,
} from "../shared/pce-environment";

/** The forwarder's environment variables; the component that deploys it must set exactly these. */
export interface ForwarderEnvironment extends PceEnvironment {
  /** Ports that are servers', such as "5432" or "5432,3306". */
  readonly SERVICE_PORTS: string;
  /** "true": connections of which every record was rejected are sent too. */
  readonly SEND_REJECTED: "true" | "false";
  /** The queue that the function takes its messages from, and puts the rest of an object into. */
  readonly QUEUE_URL: string;
  /** Requests to the PCE that one instance may make in a minute, such as "100" or "0.5". */
  readonly PCE_REQUESTS_PER_MINUTE: string;
  /** That one invocation of a backfill may make; absent when there are none, and then one that somebody starts takes of the others. */
  readonly BACKFILL_REQUESTS_PER_MINUTE?: string;
  /** A connection is not sent again before. */
  readonly RESEND_AFTER_SECONDS: string;
  /** An object that inflates to more, or by more, is refused. */
  readonly MAX_INFLATED_MB: string;
  readonly MAX_INFLATION_RATIO: string;
  /** Bucket that malformed lines are kept in; absent: they are counted only. */
  readonly QUARANTINE_BUCKET?: string;
  /** Fields of the stack's own flow logs, in order and separated by spaces: lines of CloudWatch Logs have no header. */
  readonly FLOW_LOG_FORMAT?: string;
  /** Log group that sends log events; absent when none does. EC2 is asked for formats of flow logs into it that are not known. */
  readonly FLOW_LOG_GROUP?: string;
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: string;
}

/** The environment, read and checked. */
export interface ForwarderConfig {
  readonly pce: PceConfig;
  readonly servicePorts: readonly number[];
  readonly sendRejected: boolean;
  readonly queueUrl: string;
  readonly requestsPerMinute: number;
  readonly backfillRequestsPerMinute: number | undefined;
  readonly resendAfterMs: number;
  readonly limits: InflationLimits;
  readonly quarantineBucket: string | undefined;
  readonly format: readonly string[] | undefined;
  readonly logGroup: string | undefined;
}

/**
 * Reads the environment. POWERTOOLS_* are Powertools' own to read.
 * @throws EnvironmentError with every problem at once.
 */
export function readConfig(source: Readonly<Record<string, string | undefined>>): ForwarderConfig {
  const environment = new EnvironmentReader(source);
  const pce = readPceConfig(environment);
  const maxMegabytes = environment.required("MAX_INFLATED_MB", "a number of megabytes from 1", positive);
  const resendAfterSeconds = environment.required("RESEND_AFTER_SECONDS", "a number of seconds from 1", positive);
  const config = {
    pce,
    servicePorts: environment.required("SERVICE_PORTS", "ports separated by commas, such as 5432,3306", portList),
    sendRejected: environment.required("SEND_REJECTED", "true or false", trueOrFalse),
    queueUrl: environment.required("QUEUE_URL", "the URL of an SQS queue", queueUrl),
    requestsPerMinute: environment.required(
      "PCE_REQUESTS_PER_MINUTE",
      "a number above 0, such as 100 or 0.5",
      requestRate,
    ),
    backfillRequestsPerMinute:
      environment.optional("BACKFILL_REQUESTS_PER_MINUTE") &&
      environment.required("BACKFILL_REQUESTS_PER_MINUTE", "a number above 0, such as 100 or 0.5", requestRate),
    resendAfterMs: (resendAfterSeconds ?? 0) * 1_000,
    limits: Object.freeze({
      maxBytes: (maxMegabytes ?? 0) * 2 ** 20,
      maxRatio: environment.required("MAX_INFLATION_RATIO", "a number from 1", positive),
    }),
    quarantineBucket: environment.optional("QUARANTINE_BUCKET"),
    format: environment.optional("FLOW_LOG_FORMAT")?.split(/\s+/),
    logGroup: environment.optional("FLOW_LOG_GROUP"),
  };
  environment.throwIfInvalid();
  Object.freeze(config.servicePorts);
  // it has thrown if one of them were undefined; the types cannot say so
  return Object.freeze(config) as ForwarderConfig;
}

function queueUrl(text: string): string | undefined {
  return /^https?:\/\/\S+\/\d{12}\/[\w.-]+$/.test(text) ? text : undefined;
}

function portList(text: string): readonly number[] | undefined {
  const ports = text.split(",").map((port) => portNumber(port.trim()));
  return ports.every((port) => port !== undefined) ? ports : undefined;
}

function trueOrFalse(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}
