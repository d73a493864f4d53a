import type { Deadline } from "./deadline";
import { SecretText } from "./secret-text";

/** An API key of the PCE. */
export interface PceCredentials {
  readonly apiKeyId: string;
  readonly apiSecret: SecretText;
}

/** Where the client gets its API key, and where to ask again after the PCE refused it. */
export interface CredentialsSource {
  get(deadline: Deadline): Promise<PceCredentials>;
  refresh(deadline: Deadline): Promise<PceCredentials>;
}

/** Credentials that are known and stay as they are. */
export function fixedCredentials(apiKeyId: string, apiSecret: string): CredentialsSource {
  const credentials = Promise.resolve({ apiKeyId, apiSecret: new SecretText(apiSecret) });
  return { get: () => credentials, refresh: () => credentials };
}

/** The header of HTTP Basic. */
export function authorization({ apiKeyId, apiSecret }: PceCredentials): string {
  return `Basic ${Buffer.from(`${apiKeyId}:${apiSecret.reveal()}`).toString("base64")}`;
}

/** The text without the API secret and the header made of it, should a PCE or a proxy have put either into its answer. */
export function withoutSecret(text: string, credentials: PceCredentials): string {
  const [, header = ""] = authorization(credentials).split(" ");
  return text.replaceAll(credentials.apiSecret.reveal(), "[secret]").replaceAll(header, "[secret]");
}
