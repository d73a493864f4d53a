import { link, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** What a lock waits with; tests replace them. */
export interface LockTimes {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds between two looks at a lock that is taken. */
  readonly pollMs: number;
  /** Milliseconds between two signs of life of the holder. */
  readonly beatMs: number;
  /** A lock without a sign of life for this many milliseconds is nobody's. */
  readonly staleMs: number;
}

const TIMES: LockTimes = {
  now: Date.now,
  sleep: (ms) => delay(ms),
  pollMs: 500,
  beatMs: 5_000,
  staleMs: 60_000,
};

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

/** What `withLock` may be given. */
export interface LockOptions {
  /** Told before each wait, with the holder and the seconds waited so far. */
  readonly onWait?: (holder: LockHolder, seconds: number) => void;
  readonly signal?: AbortSignal | undefined;
  readonly times?: Partial<LockTimes>;
}

/**
 * Runs `work` while no other process that names the same lock file runs its own. The lock of a process that died, or that gave no
 * sign of life for a minute (another computer on a shared disk, a reused pid), is taken over.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const times = { ...TIMES, ...options.times };
  await mkdir(dirname(file), { recursive: true });
  await acquire(file, times, options);

  const beat = setInterval(() => {
    const seconds = times.now() / 1000;
    utimes(file, seconds, seconds).catch(() => undefined); // gone: someone took us for dead; the work stays atomic without a lock
  }, times.beatMs);
  beat.unref();

  try {
    return await work();
  } finally {
    clearInterval(beat);
    await release(file);
  }
}

const ours = (): LockHolder => ({ pid: process.pid, host: hostname() });

async function acquire(file: string, times: LockTimes, { onWait, signal }: LockOptions): Promise<void> {
  const since = times.now();
  while (!(await create(file))) {
    signal?.throwIfAborted();
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) {
      continue; // released between our two looks
    }
    const holder = parse(text);
    if (await isStale(file, holder, times)) {
      await discard(file, text);
      continue;
    }
    onWait?.(holder ?? { pid: 0, host: "unknown" }, Math.round((times.now() - since) / 1000));
    await times.sleep(times.pollMs);
  }
}

async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(JSON.stringify(ours()));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function isStale(file: string, holder: LockHolder | undefined, times: LockTimes): Promise<boolean> {
  if (holder && holder.host === hostname() && !isAlive(holder.pid)) {
    return true;
  }
  const changed = await stat(file).catch(() => undefined);

  return changed !== undefined && times.now() - changed.mtimeMs > times.staleMs;
}

// two that find the same stale lock must not both remove one: the slower of them would remove the faster one's new lock.
// So it is moved away first, and put back when it turns out to be another than the one that was judged.
async function discard(file: string, judged: string): Promise<void> {
  const away = `${file}.stale-${process.pid}`;
  try {
    await rename(file, away);
  } catch {
    return; // the other one was faster
  }
  if ((await readFile(away, "utf8").catch(() => judged)) !== judged) {
    await link(away, file).catch(() => undefined);
  }
  await rm(away, { force: true });
}

async function release(file: string): Promise<void> {
  const holder = parse(await readFile(file, "utf8").catch(() => ""));
  if (holder?.pid === process.pid && holder.host === hostname()) {
    await rm(file, { force: true });
  }
}

const parse = (text: string): LockHolder | undefined => {
  try {
    const { pid, host } = JSON.parse(text) as Partial<LockHolder>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined; // its holder is between creating and writing it, or died there: only age tells
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};
