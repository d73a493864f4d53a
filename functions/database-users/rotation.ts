import type { Connection, Engine } from "./engine";
import { newPassword } from "./password";
import { SecretError, type UserSecret, type UserSecrets } from "./user-secrets";

/** One of the four calls of a rotation. */
export interface RotationStep {
  readonly step: "createSecret" | "setSecret" | "testSecret" | "finishSecret";
  readonly secretArn: string;
  /** The id of the version that is to be the current one. */
  readonly version: string;
}

/** What a rotation takes from outside. */
export interface RotationParts {
  readonly secrets: UserSecrets;
  /** As the master user. */
  readonly connect: () => Promise<Connection>;
  /** As the user of this secret. */
  readonly connectAs: (secret: UserSecret) => Promise<Connection>;
  readonly setPassword: Engine["setPassword"];
  /** The mark of users that were made here. */
  readonly comment: string;
}

const STEPS: readonly string[] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

// example: {"Step":"setSecret","SecretId":"arn:aws:secretsmanager:...","ClientRequestToken":"6f1a..."}
/** The step that Secrets Manager asks for; undefined for an event of somebody else. */
export function readStep(event: unknown): RotationStep | undefined {
  if (typeof event !== "object" || event === null) return undefined;
  const { Step, SecretId, ClientRequestToken } = event as Readonly<Record<string, unknown>>;
  if (typeof Step !== "string" || typeof SecretId !== "string" || typeof ClientRequestToken !== "string")
    return undefined;
  if (!STEPS.includes(Step)) return undefined;
  return { step: Step as RotationStep["step"], secretArn: SecretId, version: ClientRequestToken };
}

/**
 * Does one step of a rotation; a step that was done is done again without harm. The master user sets the password, so that a rotation
 * also mends a password that somebody changed.
 * @throws SecretError, RotationError, and whatever Secrets Manager or the database refuses: Secrets Manager tries again.
 */
export async function rotate({ step, secretArn, version }: RotationStep, parts: RotationParts): Promise<void> {
  const { secrets } = parts;
  const stages = (await secrets.versions(secretArn))[version];
  // the version is in use already: the step before was the last one
  if (stages?.includes("AWSCURRENT")) return;
  switch (step) {
    case "createSecret": {
      if ((await secrets.read(secretArn, "AWSPENDING", version)) !== undefined) return;
      const current = await currentOf(secretArn, secrets);
      return secrets.write(secretArn, { ...current, password: newPassword() }, version);
    }
    case "setSecret":
      return setPassword(await pendingOf({ secretArn, version }, secrets), parts);
    case "testSecret": {
      // Secrets Manager tries a new rotation by this step alone, with a version that has no value
      const pending = await secrets.read(secretArn, "AWSPENDING", version);
      const connection = await parts.connectAs(pending ?? (await currentOf(secretArn, secrets)));
      return connection.close();
    }
    case "finishSecret":
      return secrets.promote(secretArn, version);
  }
}

/** The secret names a user whose password is not this function's to set. */
export class RotationError extends Error {
  override readonly name = "RotationError";
}

async function setPassword({ username, password }: UserSecret, parts: RotationParts): Promise<void> {
  const connection = await parts.connect();
  try {
    if (await parts.setPassword(connection, { username, password, comment: parts.comment })) return;
    throw new RotationError(
      `the secret names the user ${username}, which was not made here with a password; run an update of the stack`,
    );
  } finally {
    await connection.close();
  }
}

async function currentOf(secretArn: string, secrets: UserSecrets): Promise<UserSecret> {
  const current = await secrets.read(secretArn, "AWSCURRENT");
  if (current === undefined)
    throw new SecretError(`the secret ${secretArn} holds no password yet; an update of the stack puts one in it`);
  return current;
}

async function pendingOf(
  { secretArn, version }: Omit<RotationStep, "step">,
  secrets: UserSecrets,
): Promise<UserSecret> {
  const pending = await secrets.read(secretArn, "AWSPENDING", version);
  if (pending === undefined)
    throw new SecretError(`the secret ${secretArn} has no next password of version ${version}`);
  return pending;
}
