import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ReadSecret } from "./pce-credentials";

/** Longest times for one try, of the SDK's three. */
export interface SecretTimeouts {
  readonly connectMs: number;
  readonly answerMs: number;
}

/** Secrets Manager answers in milliseconds. */
export const SECRET_TIMEOUTS: SecretTimeouts = Object.freeze({ connectMs: 2_000, answerMs: 5_000 });

/** Where and as whom a secret is read, where the environment does not say it. */
export interface SecretAccess {
  readonly region?: string;
  /** Of the AWS configuration files. */
  readonly profile?: string;
}

/** Reads one secret of Secrets Manager. The SDK alone would wait for an answer for ever. */
export function secretReader(
  secretArn: string,
  { connectMs, answerMs }: SecretTimeouts = SECRET_TIMEOUTS,
  access: SecretAccess = {},
): { readonly readSecret: ReadSecret; close(): void } {
  const client = new SecretsManagerClient({
    ...access,
    // without throwOnRequestTimeout, the SDK only logs a warning when the time for an answer is over
    requestHandler: { connectionTimeout: connectMs, requestTimeout: answerMs, throwOnRequestTimeout: true },
  });
  return {
    readSecret: async (abortSignal) => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }), { abortSignal });
      if (SecretString === undefined)
        throw new Error(`the secret ${secretArn} holds bytes; put the JSON in it as text`);
      return SecretString;
    },
    close: () => client.destroy(),
  };
}
