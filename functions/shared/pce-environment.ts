import { type EnvironmentReader, wholeNumber } from "./environment";

/** Which PCE a function speaks to, as whom: variables of every function that does. */
export interface PceEnvironment {
  /** Host of the PCE, without scheme or port. */
  readonly PCE_HOST: string;
  readonly PCE_PORT: string;
  readonly PCE_ORG_ID: string;
  /** Secret whose JSON is {"apiKeyId":"api_...","apiSecret":"..."}. */
  readonly PCE_CREDENTIALS_SECRET_ARN: string;
  /** File in the code package with the only CA certificates to trust for the PCE; absent: Node's public ones. */
  readonly PCE_CA_FILE?: string;
}

/** The same, read and checked. */
export interface PceConfig {
  readonly host: string;
  readonly port: number;
  readonly orgId: number;
  readonly credentialsSecretArn: string;
  readonly caFile: string | undefined;
}

/** Reads the variables. What is wrong is noted; the reader's `throwIfInvalid` throws it. */
export function readPceConfig(environment: EnvironmentReader): PceConfig {
  const pce = {
    host: environment.required("PCE_HOST", "a host name or address without scheme and port", hostName),
    port: environment.required("PCE_PORT", "a port from 1 to 65535", portNumber),
    orgId: environment.required("PCE_ORG_ID", "a number from 1", positive),
    credentialsSecretArn: environment.required(
      "PCE_CREDENTIALS_SECRET_ARN",
      "the ARN of a Secrets Manager secret",
      secretArn,
    ),
    caFile: environment.optional("PCE_CA_FILE"),
  };
  if (pce.caFile !== undefined && !/^[\w.-]+$/.test(pce.caFile)) {
    environment.problem(
      `PCE_CA_FILE must be the name of a file in the code package, without a folder, got "${pce.caFile}"`,
    );
  }
  // throwIfInvalid will throw if one of them is undefined; the types cannot say so
  return Object.freeze(pce) as PceConfig;
}

/** A whole number from 1 on. */
export function positive(text: string): number | undefined {
  return wholeNumber(text, { min: 1, max: Number.MAX_SAFE_INTEGER });
}

/** A number of requests in a minute, which may be part of one. */
export function requestRate(text: string): number | undefined {
  const value = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

/** A port of TCP or UDP. */
export function portNumber(text: string): number | undefined {
  return wholeNumber(text, { min: 1, max: 65_535 });
}

function hostName(text: string): string | undefined {
  return /^(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+)$/i.test(text) ? text : undefined;
}

function secretArn(text: string): string | undefined {
  return /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+$/.test(text) ? text : undefined;
}
