/**
 * What the stack deployed and the sandbox has to play: functions, event sources and databases.
 *
 * The AWS provider stand-in writes these files, the Lambda runner and the other players read them. One JSON file a thing, in the
 * run folder; a file is replaced whole (write, then rename), so a reader never sees half of one.
 */
import { randomUUID } from "node:crypto";
import { watch } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A Lambda function as it was deployed. File: `<run>/lambda/functions/<name>.json`. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly runtime: string;
  /** `file.export`, for example `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute folder that holds the unpacked code archive. */
  readonly codeDir: string;
  readonly architectures: readonly string[];
  /** Absent = no reservation. */
  readonly reservedConcurrency?: number;
  /** Absent = the function is not attached to a VPC. */
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Absent = Lambda's default, `/aws/lambda/<name>`. */
  readonly logGroup?: string;
  /** Key that encrypts the environment. */
  readonly kmsKeyArn?: string;
}

/** An event-source mapping as it was deployed. File: `<run>/lambda/event-sources/<uuid>.json`. */
export interface DeployedEventSource {
  readonly uuid: string;
  readonly functionArn: string;
  readonly eventSourceArn: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowSeconds: number;
  /** Absent = no limit but the account's. */
  readonly maximumConcurrency?: number;
  /** For example `["ReportBatchItemFailures"]`; empty = a returned failure list is ignored, as AWS does. */
  readonly functionResponseTypes: readonly string[];
  readonly enabled: boolean;
  /** Key that encrypts the filter criteria. */
  readonly kmsKeyArn?: string;
}

/** A network interface that RDS made for a database. */
export interface DatabaseInterface {
  readonly interfaceId: string;
  readonly ip: string;
  readonly subnetId: string;
}

/** A database's endpoint and where it is now. File: `<run>/rds/<identifier>.json`. */
export interface DatabaseRecord {
  readonly identifier: string;
  /** The endpoint's DNS name, which resolves to the primary's address. */
  readonly address: string;
  readonly port: number;
  readonly primary: DatabaseInterface;
  /** Absent = a single-AZ database. */
  readonly standby?: DatabaseInterface;
}

/** The file that describes a function. */
export const functionFile = (run: string, name: string): string => join(run, "lambda", "functions", `${name}.json`);

/** The file that describes an event-source mapping. */
export const eventSourceFile = (run: string, uuid: string): string =>
  join(run, "lambda", "event-sources", `${uuid}.json`);

/** The file that describes a database. */
export const databaseFile = (run: string, identifier: string): string => join(run, "rds", `${identifier}.json`);

/** Reads one record; `undefined` when there is none (any other failure is thrown). */
export async function readRecord<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file} is not a readable record of the sandbox`, { cause });
  }
}

/** Writes one record whole: a reader sees the old one or the new one, never half. */
export async function writeRecord(file: string, record: unknown): Promise<void> {
  const draft = `${file}.${randomUUID()}.draft`;
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** Removes one record; removing one that is not there succeeds. */
export async function removeRecord(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** Every record of a folder, sorted by file name; a folder that is not there holds none. */
export async function listRecords<T>(folder: string): Promise<readonly T[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw cause;
  });
  const found: T[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    const record = await readRecord<T>(join(folder, name));
    if (record !== undefined) found.push(record);
  }
  return found;
}

/** The functions deployed now, by name. */
export const listFunctions = (run: string): Promise<readonly DeployedFunction[]> =>
  listRecords<DeployedFunction>(join(run, "lambda", "functions"));

/** The event-source mappings deployed now. */
export const listEventSources = (run: string): Promise<readonly DeployedEventSource[]> =>
  listRecords<DeployedEventSource>(join(run, "lambda", "event-sources"));

/** The databases deployed now. */
export const listDatabases = (run: string): Promise<readonly DatabaseRecord[]> =>
  listRecords<DatabaseRecord>(join(run, "rds"));

/** The function with this name, `undefined` when it is not deployed. */
export const readFunction = (run: string, name: string): Promise<DeployedFunction | undefined> =>
  readRecord<DeployedFunction>(functionFile(run, name));

/** The database with this identifier, `undefined` when it is not deployed. */
export const readDatabase = (run: string, identifier: string): Promise<DatabaseRecord | undefined> =>
  readRecord<DatabaseRecord>(databaseFile(run, identifier));

/** Replaces a database's record: a failover swaps `primary` and `standby` through this. */
export const writeDatabase = (run: string, record: DatabaseRecord): Promise<void> =>
  writeRecord(databaseFile(run, record.identifier), record);

/**
 * Calls `changed` after functions, event sources or databases were written or removed; bursts may arrive as several calls.
 * The folders are made when they are not there. The returned function stops watching.
 */
export async function watchRegistry(run: string, changed: () => void): Promise<() => void> {
  const folders = [join(run, "lambda", "functions"), join(run, "lambda", "event-sources"), join(run, "rds")];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  const watchers = folders.map((folder) =>
    watch(folder, (_event, name) => {
      if (name === null || name.endsWith(".json")) changed();
    }),
  );
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
