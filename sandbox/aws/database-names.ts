/** Plays the DNS side of RDS: a database's endpoint resolves from the moment that the database is there. */
import type { DnsServer } from "./dns";
import { listDatabases, watchRegistry } from "./registry";

/** The followed names. */
export interface DatabaseNames {
  /** Follows no more; the names stay as they are. */
  stop(): Promise<void>;
}

/**
 * Sets a database's name to its primary when its record first appears, and removes the name when the record is gone. Not when the record
 * changes: at a failover the name moves later than the database, and who plays the failover moves it.
 */
export async function followDatabaseNames(
  run: string,
  dns: Pick<DnsServer, "set" | "remove">,
  problem: (cause: unknown) => void,
): Promise<DatabaseNames> {
  const known = new Set<string>();
  const follow = async (): Promise<void> => {
    const databases = new Map((await listDatabases(run)).map((each) => [each.address, each]));
    for (const address of known) {
      if (databases.has(address)) continue;
      known.delete(address);
      dns.remove(address);
    }
    for (const [address, { primary }] of databases) {
      if (known.has(address)) continue;
      known.add(address);
      dns.set(address, { a: [primary.ip] });
    }
  };
  let followed: Promise<void> = Promise.resolve();
  const next = (): Promise<void> => {
    followed = followed.then(follow).catch(problem);
    return followed;
  };
  const unwatch = await watchRegistry(run, () => void next());
  await next();
  return {
    stop: async () => {
      unwatch();
      await followed;
    },
  };
}
