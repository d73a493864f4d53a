import type { Properties } from "./kind";

/** Which PCE, and where its API key is. There is no secret in it: it is kept in the stack's state. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly orgId: number;
  /** PEM, of a private authority. */
  readonly caCertificate?: string;
  /** A secret in Secrets Manager: `{"apiKeyId": "api_...", "apiSecret": "..."}`. */
  readonly credentialsSecretArn?: string;
  /** By which profile of the AWS configuration files it is read. @default - the environment's credentials */
  readonly awsProfile?: string;
}

/** The inputs of the provider resource, as the engine hands them on: numbers and text alike. */
export function readConfiguration(inputs: Properties): Configuration {
  const text = (name: string): string | undefined => {
    const value = inputs[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [caCertificate, credentialsSecretArn, awsProfile] = [
    text("caCertificate"),
    text("credentialsSecretArn"),
    text("awsProfile"),
  ];
  return {
    host: required("host", text("host")),
    port: wholeNumber("port", inputs["port"]),
    orgId: wholeNumber("orgId", inputs["orgId"]),
    ...(caCertificate !== undefined && { caCertificate }),
    ...(credentialsSecretArn !== undefined && { credentialsSecretArn }),
    ...(awsProfile !== undefined && { awsProfile }),
  };
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new Error(
    `the provider illumio must be told ${name}, got none; make an IllumioProvider and give it to the resources, ` +
      "or to an import as --provider",
  );
}

function wholeNumber(name: string, value: unknown): number {
  const number = Number(required(name, value === undefined ? undefined : String(value)));
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${name} of the provider illumio must be a whole number above 0, got "${String(value)}"`);
}
