import { addressesOf, compare, register, syncOnce, targetsOf, type Variant } from "./variant";

/** Seen in: aws-samples/hostname-as-target-for-elastic-load-balancer, which returns 1 for an error. */
export const SWALLOWS_ERRORS: Variant = {
  name: "swallows errors",
  mistake: "the invocation succeeds, so nothing tries again and no alarm goes off",
  everySeconds: 60,
  hearsEvents: true,
  make: (world) => async () => {
    try {
      await syncOnce(world, await addressesOf(world));
      return 0;
    } catch {
      return 1;
    }
  },
};

/** Seen in: none of the peers waits at all; it is what waiting would be with their way of reporting. */
export const GIVES_UP_SILENTLY: Variant = {
  name: "gives up silently",
  mistake: "a new target that never becomes healthy ends in success",
  everySeconds: 60,
  hearsEvents: true,
  make: (world) => async () => {
    const { missing, stale } = compare(await addressesOf(world), await targetsOf(world));
    await register(world, missing);
    if (stale.length > 0) await world.clock.sleep(60_000);
  },
};

/** Seen in: camptocamp/terraform-aws-rds-nlb and aws-samples/cross-account-rds-access. */
export const LOOKS_ONCE_AT_THE_EVENT: Variant = {
  name: "looks once, at the event",
  mistake: "the event comes before DNS changes, and without a schedule nothing looks again",
  everySeconds: undefined,
  hearsEvents: true,
  make: (world) => async () => syncOnce(world, await addressesOf(world)),
};
