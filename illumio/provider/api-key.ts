import { CachedCredentials } from "../../functions/shared/pce-credentials";
import { SECRET_TIMEOUTS, secretReader } from "../../functions/shared/secret-reader";
import { type CredentialsSource, fixedCredentials } from "../client/credentials";
import type { Configuration } from "./configuration";

/** The environment variables of an API key; the names are those of Illumio's Terraform provider. */
export interface KeyEnvironment {
  readonly ILLUMIO_API_KEY_USERNAME?: string | undefined;
  readonly ILLUMIO_API_KEY_SECRET?: string | undefined;
}

/**
 * The API key, at the moment it is needed: the environment's, else what is in the secret that the configuration names,
 * read with whatever AWS credentials the environment or the profile gives.
 */
export function apiKey({ credentialsSecretArn, awsProfile }: Configuration, env: KeyEnvironment): CredentialsSource {
  const { ILLUMIO_API_KEY_USERNAME: keyId, ILLUMIO_API_KEY_SECRET: secret } = env;
  if (keyId && secret) return fixedCredentials(keyId, secret);
  if (credentialsSecretArn === undefined) {
    throw new Error(
      "the provider illumio must have an API key, got neither credentialsSecretArn nor ILLUMIO_API_KEY_USERNAME and " +
        "ILLUMIO_API_KEY_SECRET; give it one of the two",
    );
  }
  // format: arn:aws:secretsmanager:<region>:<account>:secret:<name>; the stack's region need not be the shell's
  const region = credentialsSecretArn.split(":")[3];
  const access = { ...(region && { region }), ...(awsProfile && { profile: awsProfile }) };
  return new CachedCredentials(secretReader(credentialsSecretArn, SECRET_TIMEOUTS, access).readSecret);
}
