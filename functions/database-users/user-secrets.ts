import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Engine } from "./engine";

/** What a user's secret holds, as RDS writes its own. */
export interface UserSecret {
  readonly engine: Engine["name"];
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly username: string;
  readonly password: string;
}

/** The stages of a version: the one in use, and the next. */
export type Stage = "AWSCURRENT" | "AWSPENDING";

/** The secrets of users, by ARN. */
export interface UserSecrets {
  /** Undefined for a secret without a value at that stage, or of that version. */
  read(arn: string, stage: Stage, version?: string): Promise<UserSecret | undefined>;
  /** Writes the next version, of this id. The first version of a secret may be the current one at once. */
  write(arn: string, secret: UserSecret, next: string): Promise<void>;
  /** Stages by version. */
  versions(arn: string): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Makes a version the current one, and the next one no more. */
  promote(arn: string, version: string): Promise<void>;
}

/** A secret is not what is written here. Its text is not part of the error. */
export class SecretError extends Error {
  override readonly name = "SecretError";
}

/** The secrets in Secrets Manager. */
export function secretsManagerSecrets(client: SecretsManagerClient): UserSecrets {
  const versions = async (SecretId: string) =>
    (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {};
  return {
    read: async (SecretId, VersionStage, VersionId) => {
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage, VersionId }));
        return parseSecret(SecretString, SecretId);
      } catch (error) {
        // the secret is there, without a value
        if (nameOf(error) === "ResourceNotFoundException") return undefined;
        throw error;
      }
    },
    write: async (SecretId, secret, next) => {
      const version = { ClientRequestToken: next, VersionStages: ["AWSPENDING"] };
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(secret), ...version }));
    },
    versions,
    promote: async (SecretId, version) => {
      const stages = Object.entries(await versions(SecretId));
      const [current] = stages.find(([, names]) => names.includes("AWSCURRENT")) ?? [];
      if (current !== version) {
        const move = { VersionStage: "AWSCURRENT", MoveToVersionId: version, RemoveFromVersionId: current };
        await client.send(new UpdateSecretVersionStageCommand({ SecretId, ...move }));
      }
      if (stages.some(([id, names]) => id === version && names.includes("AWSPENDING"))) {
        const take = { VersionStage: "AWSPENDING", RemoveFromVersionId: version };
        await client.send(new UpdateSecretVersionStageCommand({ SecretId, ...take }));
      }
    },
  };
}

/** Whether the function may not do it: for seconds after a permission was given, IAM does not know it everywhere. */
export function isDenied(error: unknown): boolean {
  return nameOf(error) === "AccessDeniedException";
}

/** The login in the text of a secret. */
export function parseLogin(
  text: string | undefined,
  arn: string,
): { readonly username: string; readonly password: string } {
  const { username, password } = parseObject(text);
  if (typeof username === "string" && typeof password === "string") return { username, password };
  throw new SecretError(`the secret ${arn} must be JSON with username and password; put both in it as text`);
}

function parseSecret(text: string | undefined, arn: string): UserSecret {
  return { ...(parseObject(text) as unknown as UserSecret), ...parseLogin(text, arn) };
}

function parseObject(text = ""): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // without the parser's error: it quotes the text, and this text is the secret
    return {};
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
