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
  /** ARN of the queue that gets asynchronous events as they are when they failed at last. Absent = see DeployedInvokeConfig. */
  readonly deadLetterArn?: string;
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

/** What may invoke a function, as it was deployed. File: `<run>/lambda/permissions/<function>--<statement id>.json`. */
export interface DeployedPermission {
  readonly functionName: string;
  readonly statementId: string;
  /** For example `events.amazonaws.com`. */
  readonly principal: string;
  readonly action: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** What becomes of a function's asynchronous invocations. File: `<run>/lambda/invoke-configs/<function>.json`. */
export interface DeployedInvokeConfig {
  readonly functionName: string;
  /** Tries after the first: 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** 60 to 21600. */
  readonly maximumEventAgeSeconds: number;
  /** ARN of the queue that gets what failed at last. Absent = it is dropped. */
  readonly onFailureArn?: string;
}

/** What is done with a log group's events, as it was deployed. File: `<run>/logs/subscriptions/<group>--<name>.json`, the group encoded. */
export interface DeployedSubscription {
  readonly logGroup: string;
  readonly name: string;
  /** ARN of the function that gets every event of the group. */
  readonly destinationArn: string;
}

/** An EventBridge rule as it was deployed. File: `<run>/events/rules/<name>.json`. */
export interface DeployedRule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  /** The pattern as EventBridge has it; exactly one of the two is there. */
  readonly eventPattern?: Readonly<Record<string, unknown>>;
  /** `rate(<n> minutes)`. */
  readonly scheduleExpression?: string;
}

/** A rule's target as it was deployed. File: `<run>/events/targets/<rule>--<target id>.json`. */
export interface DeployedRuleTarget {
  readonly rule: string;
  readonly targetId: string;
  /** ARN of the function. */
  readonly arn: string;
  /** JSON text that replaces the event. Absent = the event itself. */
  readonly input?: string;
  /** ARN of the queue that gets what could not be delivered to the target. Absent = it is dropped. */
  readonly deadLetterArn?: string;
}

/** Where the running Lambda is reached by who is not in its process. File: `<run>/lambda/api.json`. */
export interface LambdaApiAddress {
  /** POST `<url>/2015-03-31/functions/<name>/invocations`, as Lambda's API. */
  readonly url: string;
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

/** The file that describes a permission. */
export const permissionFile = (run: string, functionName: string, statementId: string): string =>
  join(run, "lambda", "permissions", `${functionName}--${statementId}.json`);

/** The file that describes what becomes of a function's asynchronous invocations. */
export const invokeConfigFile = (run: string, functionName: string): string =>
  join(run, "lambda", "invoke-configs", `${functionName}.json`);

/** The file that describes an EventBridge rule. */
export const ruleFile = (run: string, name: string): string => join(run, "events", "rules", `${name}.json`);

/** The file that describes a rule's target. */
export const ruleTargetFile = (run: string, rule: string, targetId: string): string =>
  join(run, "events", "targets", `${rule}--${targetId}.json`);

/** The file that describes what is done with a log group's events. */
export const subscriptionFile = (run: string, logGroup: string, name: string): string =>
  join(run, "logs", "subscriptions", `${encodeURIComponent(logGroup)}--${encodeURIComponent(name)}.json`);

/** The file that says where the running Lambda is reached. */
export const lambdaApiFile = (run: string): string => join(run, "lambda", "api.json");

/** The functions deployed now, by name. */
export const listFunctions = (run: string): Promise<readonly DeployedFunction[]> =>
  listRecords<DeployedFunction>(join(run, "lambda", "functions"));

/** The event-source mappings deployed now. */
export const listEventSources = (run: string): Promise<readonly DeployedEventSource[]> =>
  listRecords<DeployedEventSource>(join(run, "lambda", "event-sources"));

/** The permissions to invoke functions deployed now. */
export const listPermissions = (run: string): Promise<readonly DeployedPermission[]> =>
  listRecords<DeployedPermission>(join(run, "lambda", "permissions"));

/** What becomes of the asynchronous invocations of the functions deployed now, where it was said. */
export const listInvokeConfigs = (run: string): Promise<readonly DeployedInvokeConfig[]> =>
  listRecords<DeployedInvokeConfig>(join(run, "lambda", "invoke-configs"));

/** The EventBridge rules deployed now. */
export const listRules = (run: string): Promise<readonly DeployedRule[]> =>
  listRecords<DeployedRule>(join(run, "events", "rules"));

/** The targets of EventBridge rules deployed now. */
export const listRuleTargets = (run: string): Promise<readonly DeployedRuleTarget[]> =>
  listRecords<DeployedRuleTarget>(join(run, "events", "targets"));

/** The subscriptions to log groups deployed now. */
export const listSubscriptions = (run: string): Promise<readonly DeployedSubscription[]> =>
  listRecords<DeployedSubscription>(join(run, "logs", "subscriptions"));

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
 * Calls `changed` after functions, event sources, rules, subscriptions or databases were written or removed; bursts may arrive as several
 * calls. The folders are made when they are not there. The returned function stops watching.
 */
export async function watchRegistry(run: string, changed: () => void): Promise<() => void> {
  const watched = ["lambda/functions", "lambda/event-sources", "events/rules", "logs/subscriptions", "rds"];
  const folders = watched.map((each) => join(run, each));
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
