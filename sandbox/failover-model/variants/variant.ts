import type { TargetHealth } from "../load-balancing";
import type { MakeSync, SyncWorld } from "../sync-world";

/** A known mistake of functions that keep targets, as a small function that makes it. */
export interface Variant {
  readonly name: string;
  /** What it does wrong. */
  readonly mistake: string;
  /** Seconds between two runs of its own schedule; undefined = it has none. */
  readonly everySeconds: number | undefined;
  readonly hearsEvents: boolean;
  readonly make: MakeSync;
}

/** The addresses of the endpoint's family. */
export function addressesOf({ dns, settings }: SyncWorld, endpoint = settings.endpoint): Promise<string[]> {
  return settings.family === "ipv4" ? dns.resolve4(endpoint) : dns.resolve6(endpoint);
}

/** The targets that are registered and not draining. */
export async function targetsOf({ elb }: SyncWorld): Promise<readonly TargetHealth[]> {
  const listed = await elb.describeTargetHealth();
  return listed.filter(({ state }) => state !== "draining");
}

/** Addresses that are wanted and not registered, and targets that are registered and not wanted. */
export function compare(
  wanted: readonly string[],
  found: readonly TargetHealth[],
): { readonly missing: readonly string[]; readonly stale: readonly TargetHealth[] } {
  return {
    missing: wanted.filter((ip) => !found.some(({ id }) => id === ip)),
    stale: found.filter(({ id }) => !wanted.includes(id)),
  };
}

/** Registers addresses with the database's port; nothing when there is none. */
export async function register({ elb, settings }: SyncWorld, ips: readonly string[]): Promise<void> {
  if (ips.length > 0) await elb.registerTargets(ips.map((id) => ({ id, port: settings.port })));
}

/** Deregisters targets with their ports; nothing when there is none. */
export async function deregister({ elb }: SyncWorld, targets: readonly TargetHealth[]): Promise<void> {
  if (targets.length > 0) await elb.deregisterTargets(targets.map(({ id, port }) => ({ id, port })));
}

/** Resolves when each of the addresses is healthy; rejects when that takes longer than a minute. */
export async function healthy(world: SyncWorld, ips: readonly string[]): Promise<void> {
  for (let second = 0; second < 60; second++) {
    const found = await targetsOf(world);
    if (ips.every((ip) => found.some(({ id, state }) => id === ip && state === "healthy"))) return;
    await world.clock.sleep(1_000);
  }
  throw new Error(`${ips.join(", ")} did not become healthy in a minute`);
}

/** What each variant does apart from its mistake: look once, register, wait, deregister. */
export async function syncOnce(world: SyncWorld, wanted: readonly string[]): Promise<void> {
  const { missing, stale } = compare(wanted, await targetsOf(world));
  await register(world, missing);
  if (stale.length === 0) return;
  await healthy(world, wanted);
  await deregister(world, stale);
}
