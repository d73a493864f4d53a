import { randomUUID } from "node:crypto";
import { newPassword } from "./password";
import type { Stage, UserSecret, UserSecrets } from "./user-secrets";

/**
 * The first passwords of users, in one run. Each is in its secret as the next one before the database has it, and the current one alone once
 * the database does: a run that ends in between is gone on with by the next, which finds the same password and sets it again.
 *
 * Secrets Manager makes a secret's first version the current one whatever it is asked for (PutSecretValue in its API reference); while it is
 * the next one too, the database may not have it.
 */
export class FirstPasswords {
  readonly #secrets: UserSecrets;
  readonly #versions = new Map<string, string>();

  constructor(secrets: UserSecrets) {
    this.#secrets = secrets;
  }

  /** The password in a secret, and whether the database may not have it; a new one in `secretOf`'s words where there is none. */
  async read(
    secretArn: string,
    secretOf: (password: string) => UserSecret,
  ): Promise<{ readonly password: string; readonly isNew: boolean }> {
    const versions = Object.entries(await this.#secrets.versions(secretArn));
    const at = (stage: Stage) => versions.find(([, stages]) => stages.includes(stage))?.[0];
    const [current, next] = [at("AWSCURRENT"), at("AWSPENDING")];
    if (current !== undefined && current !== next) {
      const held = await this.#secrets.read(secretArn, "AWSCURRENT");
      if (held !== undefined) return { password: held.password, isNew: false };
    }
    const left = next === undefined ? undefined : await this.#secrets.read(secretArn, "AWSPENDING", next);
    const version = left !== undefined && next !== undefined ? next : randomUUID();
    const secret = left ?? secretOf(newPassword());
    if (left === undefined) await this.#secrets.write(secretArn, secret, version);
    this.#versions.set(secretArn, version);
    return { password: secret.password, isNew: true };
  }

  /** The database has them all. */
  async settle(): Promise<void> {
    for (const [secretArn, version] of this.#versions) await this.#secrets.promote(secretArn, version);
  }
}
