import { EnvironmentReader, wholeNumber } from "../shared/environment";

/** The forwarder's environment variables; the component that deploys it must set exactly these. */
export interface ForwarderEnvironment {
  /** Host of the PCE, without scheme or port. */
  readonly PCE_HOST: string;
  readonly PCE_PORT: string;
  readonly PCE_ORG_ID: string;
  /** Secret whose JSON is {"apiKeyId":"api_...","apiSecret":"..."}. */
  readonly PCE_CREDENTIALS_SECRET_ARN: string;
  /** File in the code package with the only CA certificates to trust for the PCE; absent: Node's public ones. */
  readonly PCE_CA_FILE?: string;
  /** Ports that are servers', such as "5432" or "5432,3306". */
  readonly SERVICE_PORTS: string;
  /** "true": connections of which every record was rejected are sent too. */
  readonly SEND_REJECTED: "true" | "false";
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: string;
}

/** The environment, read and checked. */
export interface ForwarderConfig {
  readonly pce: {
    readonly host: string;
    readonly port: number;
    readonly orgId: number;
    readonly credentialsSecretArn: string;
    readonly caFile: string | undefined;
  };
  readonly servicePorts: readonly number[];
  readonly sendRejected: boolean;
}

/**
 * Reads the environment. POWERTOOLS_* are Powertools' own to read.
 * @throws EnvironmentError with every problem at once.
 */
export function readConfig(source: Readonly<Record<string, string | undefined>>): ForwarderConfig {
  const environment = new EnvironmentReader(source);
  const host = environment.required("PCE_HOST", "a host name or address without scheme and port", hostName);
  const port = environment.required("PCE_PORT", "a port from 1 to 65535", portNumber);
  const orgId = environment.required("PCE_ORG_ID", "a number from 1", (text) =>
    wholeNumber(text, { min: 1, max: Number.MAX_SAFE_INTEGER }),
  );
  const credentialsSecretArn = environment.required(
    "PCE_CREDENTIALS_SECRET_ARN",
    "the ARN of a Secrets Manager secret",
    secretArn,
  );
  const servicePorts = environment.required("SERVICE_PORTS", "ports separated by commas, such as 5432,3306", portList);
  const sendRejected = environment.required("SEND_REJECTED", "true or false", trueOrFalse);
  const caFile = environment.optional("PCE_CA_FILE");
  if (caFile !== undefined && !/^[\w.-]+$/.test(caFile)) {
    environment.problem(
      `PCE_CA_FILE must be the name of a file in the code package, without a folder, got "${caFile}"`,
    );
  }
  environment.throwIfInvalid();

  return Object.freeze({
    // throwIfInvalid has thrown if one of them were undefined; the types cannot say so
    pce: Object.freeze({ host, port, orgId, credentialsSecretArn, caFile }) as ForwarderConfig["pce"],
    servicePorts: Object.freeze(servicePorts) as readonly number[],
    sendRejected: sendRejected as boolean,
  });
}

function hostName(text: string): string | undefined {
  return /^(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+)$/i.test(text) ? text : undefined;
}

function portNumber(text: string): number | undefined {
  return wholeNumber(text, { min: 1, max: 65_535 });
}

function secretArn(text: string): string | undefined {
  return /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+$/.test(text) ? text : undefined;
}

function portList(text: string): readonly number[] | undefined {
  const ports = text.split(",").map((port) => portNumber(port.trim()));
  return ports.every((port) => port !== undefined) ? ports : undefined;
}

function trueOrFalse(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}
