import { setTimeout as sleepMs } from "node:timers/promises";
import type { Deadline } from "../shared/deadline";
import { describeFailure, type Log } from "../shared/log";
import type { MetricSink } from "../shared/metric-sink";
import type { Connection, ConnectionOptions, Engine, SyncParts, SyncResult } from "./engine";
import { FirstPasswords } from "./first-passwords";
import { NOTHING, publishMetrics, type RunCounts } from "./metrics";
import { type RotationStep, readStep, rotate } from "./rotation";
import { isDenied, type UserSecret, type UserSecrets } from "./user-secrets";
import { readUsers, type WantedUser } from "./wanted";

/** What the function takes from outside. */
export interface DatabaseUsersParts {
  readonly engine: Pick<Engine, "name" | "syncUsers" | "setPassword">;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly comment: string;
  /** The master user's login, as it is now: RDS changes it. */
  readonly readMaster: () => Promise<{ readonly username: string; readonly password: string }>;
  readonly connect: (options: Omit<ConnectionOptions, "authorities" | "host" | "port">) => Promise<Connection>;
  readonly secrets: UserSecrets;
  readonly log: Log;
  readonly metrics: MetricSink;
  /** @default - a timer */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Does what an event asks for: the users of a deployment, or a step of a rotation. */
export type DatabaseUsers = (event: unknown, deadline: Deadline) => Promise<SyncResult | { readonly rotated: string }>;

/** A permission that was given in the same update: IAM takes seconds to tell everywhere. */
const DENIED_WAIT_MS = 5_000;
const DENIED_TRIES = 12;

/**
 * Makes the function. Every call that it makes has a time limit of its own. A deployment's event brings all users to what it asks for; Secrets Manager's brings one password further.
 * @throws a run rejects with whatever failed: then the update fails, or Secrets Manager tries again.
 */
export function createDatabaseUsers(parts: DatabaseUsersParts): DatabaseUsers {
  const { engine, log, metrics } = parts;
  return async (event, deadline) => {
    let counts = NOTHING;
    try {
      const step = readStep(event);
      if (step !== undefined) {
        await runStep(step, parts);
        log.info("the step is done", { step: step.step, secret: step.secretArn });
        if (step.step === "finishSecret") counts = { ...NOTHING, rotated: 1 };
        return { rotated: step.step };
      }
      const users = readUsers(event);
      const result = await patiently({ ...parts, deadline }, async () => {
        const passwords = new FirstPasswords(parts.secrets);
        const done = await engine.syncUsers(users, syncParts(parts, passwords));
        await passwords.settle();
        return done;
      });
      log.info("the users are what the settings ask for", { ...result });
      if (result.kept.length > 0)
        log.warn("users that are not wanted own something: they are locked, and stay", { users: result.kept });
      counts = countsOf(result);
      return result;
    } catch (failure) {
      log.error("the run failed", { failure: describeFailure(failure) });
      throw failure;
    } finally {
      publishMetrics(counts, metrics);
    }
  };
}

function syncParts(parts: DatabaseUsersParts, passwords: FirstPasswords): SyncParts {
  const { database, comment } = parts;
  return {
    database,
    comment,
    connect: (name) => asMaster(parts, name),
    readPassword: (user, arn) => passwords.read(arn, (password) => secretOf(user, password, parts)),
  };
}

function runStep(step: RotationStep, parts: DatabaseUsersParts): Promise<void> {
  const { engine, secrets, comment, database } = parts;
  return rotate(step, {
    secrets,
    comment,
    setPassword: engine.setPassword,
    connect: () => asMaster(parts, database),
    connectAs: ({ username: user, password, dbname }) => parts.connect({ database: dbname, user, password }),
  });
}

async function asMaster({ readMaster, connect }: DatabaseUsersParts, database: string): Promise<Connection> {
  const { username: user, password } = await readMaster();
  return connect({ database, user, password });
}

function secretOf(
  { name, database }: WantedUser,
  password: string,
  { engine, host, port }: DatabaseUsersParts,
): UserSecret {
  return { engine: engine.name, host, port, dbname: database, username: name, password };
}

/** Tries again what a deployment may only just have been given leave for. */
async function patiently<T>(
  { deadline, log, sleep = sleepMs }: Pick<DatabaseUsersParts, "log" | "sleep"> & { readonly deadline: Deadline },
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isLast = tries === DENIED_TRIES || deadline.remainingMs() <= DENIED_WAIT_MS;
      if (!isDenied(error) || isLast) throw error;
      log.info("the permission is not known yet; it is tried again", { tries });
      await sleep(DENIED_WAIT_MS);
    }
  }
}

function countsOf({ created, changed, locked, dropped, kept, beyondReach }: SyncResult): RunCounts {
  return {
    created: created.length,
    changed: changed.length,
    locked: locked.length,
    dropped: dropped.length,
    kept: kept.length,
    beyondReach,
    rotated: 0,
  };
}
