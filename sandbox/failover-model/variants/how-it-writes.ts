import { addressesOf, compare, deregister, healthy, register, targetsOf, type Variant } from "./variant";

const ONE_MINUTE = { everySeconds: 60, hearsEvents: true } as const;

/** Seen in: aws-samples/hostname-as-target-for-elastic-load-balancer, which runs every five minutes. */
export const WAITS_FOR_THREE_MISSES: Variant = {
  name: "deregisters after three misses",
  mistake:
    "an address that left DNS stays a target for two more runs, with a schedule of five minutes for a quarter of an hour",
  everySeconds: 300,
  hearsEvents: false,
  make: (world) => {
    const misses = new Map<string, number>();
    return async () => {
      const { missing, stale } = compare(await addressesOf(world), await targetsOf(world));
      await register(world, missing);
      for (const { id } of stale) misses.set(id, (misses.get(id) ?? 0) + 1);
      await deregister(
        world,
        stale.filter(({ id }) => (misses.get(id) ?? 0) >= 3),
      );
    };
  },
};

/** Seen in: shipmonk-rnd/terraform-aws-adjust-target-group. */
export const DEREGISTERS_WITHOUT_PORT: Variant = {
  ...ONE_MINUTE,
  name: "deregisters without the port",
  mistake: "ELBv2 answers 200 and does nothing for a target that was registered with a port",
  make: (world) => async () => {
    const wanted = await addressesOf(world);
    const { missing, stale } = compare(wanted, await targetsOf(world));
    await register(world, missing);
    if (stale.length === 0) return;
    await healthy(world, wanted);
    await world.elb.deregisterTargets(stale.map(({ id }) => ({ id })));
  },
};

/** Seen in: aws-samples/hostname-as-target-for-elastic-load-balancer. */
export const REGISTERS_WITHOUT_PORT: Variant = {
  ...ONE_MINUTE,
  name: "registers without the port",
  mistake: "the target gets the group's own port, which need not be the database's",
  make: (world) => async () => {
    const { missing } = compare(await addressesOf(world), await targetsOf(world));
    if (missing.length > 0) await world.elb.registerTargets(missing.map((id) => ({ id })));
  },
};

/** Seen in: man20820/terraform-aws-rds-nlb, every five minutes and at events, and shipmonk-rnd/terraform-aws-adjust-target-group. */
export const DEREGISTERS_FIRST: Variant = {
  name: "deregisters before it registers",
  mistake: "the group is empty in between, and stays so when the registration fails",
  everySeconds: 300,
  hearsEvents: true,
  make: (world) => async () => {
    const { missing, stale } = compare(await addressesOf(world), await targetsOf(world));
    await deregister(world, stale);
    await register(world, missing);
  },
};

/** Seen in: aws-samples/cross-account-rds-access. */
export const DOES_NOT_WAIT: Variant = {
  ...ONE_MINUTE,
  name: "does not wait for healthy",
  mistake: "the old target goes while the new one takes no connections yet",
  make: (world) => async () => {
    const { missing, stale } = compare(await addressesOf(world), await targetsOf(world));
    await register(world, missing);
    await deregister(world, stale);
  },
};

/** Seen in: ministryofjustice/terrafrom-aws-populate_nlb_tg_with_rds. */
export const IGNORES_A_FAILED_REGISTRATION: Variant = {
  ...ONE_MINUTE,
  name: "ignores a failed registration",
  mistake: "the old targets are deregistered all the same, and the group is empty",
  make: (world) => async () => {
    const { missing, stale } = compare(await addressesOf(world), await targetsOf(world));
    await register(world, missing).catch(() => undefined);
    await deregister(world, stale);
  },
};

/** Not a peer's, but what ours would be without its twelve seconds of the same answer. */
export const TRUSTS_ONE_LOOK: Variant = {
  ...ONE_MINUTE,
  name: "deregisters on one answer",
  mistake: "a stale cache gives the old address once more, and the primary that was just registered goes",
  make: (world) => async () => {
    for (let look = 0; look < 30; look++) {
      const wanted = await addressesOf(world);
      const found = await targetsOf(world);
      const { missing, stale } = compare(wanted, found);
      await register(world, missing);
      const isHealthy = wanted.every((ip) => found.some(({ id, state }) => id === ip && state === "healthy"));
      if (isHealthy) await deregister(world, stale);
      await world.clock.sleep(1_000);
    }
  },
};
