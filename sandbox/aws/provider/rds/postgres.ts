import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { makeMaster, type PostgresPlace } from "../../../postgres/superuser";
import { readRecord } from "../../registry";
import type { World } from "../world";
import type { InstanceInputs } from "./instance-rules";

/** Where a real PostgreSQL behind the emulated RDS is, if there is one. */
export const postgresFile = (run: string): string => join(run, "postgres", "server.json");

/** Makes an instance's master user and first database in the real server, if there is one. */
export async function equipPostgres(
  world: World,
  { engine, username, password, dbName }: InstanceInputs,
  secretArn: string | undefined,
): Promise<void> {
  const place = await readRecord<PostgresPlace>(postgresFile(world.run));
  if (place === undefined || engine !== "postgres" || username === undefined || dbName === undefined) return;
  const kept = secretArn === undefined ? password : await managedPassword(world, secretArn, username);
  if (kept !== undefined) await makeMaster(place, { user: username, password: kept, database: dbName });
}

// the emulator's managed secret names a master user of its own making, RDS's the instance's
async function managedPassword({ aws: { secrets } }: World, SecretId: string, username: string): Promise<string> {
  const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  const { password } = JSON.parse(SecretString) as { password: string };
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ username, password }) }));
  return password;
}

/** RDS's authorities, as functions bring them along: of a real server the sandbox is one. */
export async function trustPostgres(world: World, codeDir: string): Promise<void> {
  const place = await readRecord<PostgresPlace>(postgresFile(world.run));
  if (place === undefined) return;
  const file = join(codeDir, "rds-authorities.pem");
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known !== undefined && !known.includes(place.caCertificate)) await appendFile(file, `\n${place.caCertificate}`);
}
