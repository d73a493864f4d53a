import type { CredentialsSource, PceCredentials } from "../../illumio/client/credentials";
import { SecretText } from "../../illumio/client/secret-text";
import { type Deadline, untilDeadline } from "./deadline";

/** The secret is not what a function expects. Its text is not part of the error. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/** Reads the text of the secret as it is now. Aborting the signal ends the reading. */
export type ReadSecret = (signal: AbortSignal) => Promise<string>;

/** Reads the secret once and keeps it until `refresh`; a failed read is not kept. */
export class CachedCredentials implements CredentialsSource {
  readonly #readSecret: ReadSecret;
  #credentials: PceCredentials | undefined;

  constructor(readSecret: ReadSecret) {
    this.#readSecret = readSecret;
  }

  /** @throws CredentialsError when the secret is not the expected JSON, OutOfTimeError, and whatever reading it throws. */
  async get(deadline: Deadline): Promise<PceCredentials> {
    this.#credentials ??= parseCredentials(
      await untilDeadline(deadline, "reading the secret with the PCE's credentials", this.#readSecret),
    );
    return this.#credentials;
  }

  /** Reads the secret anew: it may have been rotated since. Throws as `get`. */
  async refresh(deadline: Deadline): Promise<PceCredentials> {
    this.#credentials = undefined;
    return this.get(deadline);
  }
}

function parseCredentials(secret: string): PceCredentials {
  const { apiKeyId, apiSecret } = parseObject(secret);
  if (typeof apiKeyId !== "string" || apiKeyId === "" || typeof apiSecret !== "string" || apiSecret === "") {
    throw new CredentialsError(
      'the PCE credentials secret must be JSON such as {"apiKeyId":"api_...","apiSecret":"..."}; put both fields in it as text',
    );
  }
  return { apiKeyId, apiSecret: new SecretText(apiSecret) };
}

function parseObject(secret: string): { apiKeyId?: unknown; apiSecret?: unknown } {
  try {
    const value: unknown = JSON.parse(secret);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // without the parser's error: it quotes the text, and this text is the secret
    return {};
  }
}
