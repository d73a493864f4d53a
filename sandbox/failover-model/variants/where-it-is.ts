import { addressesOf, compare, deregister, healthy, register, syncOnce, targetsOf, type Variant } from "./variant";

const ONE_MINUTE = { everySeconds: 60, hearsEvents: true } as const;

/** Seen in: the ENI variant. */
export const ASKS_THE_API: Variant = {
  name: "asks the RDS API for the zone",
  mistake: "the API names the old zone for minutes after a failover, so the old primary's interface is taken",
  everySeconds: undefined,
  hearsEvents: true,
  make: (world) => async () => {
    const { zone } = await world.rds.describeDbInstance("app");
    const interfaces = await world.ec2.describeNetworkInterfaces();
    const own = interfaces.filter(
      ({ groupId, subnetZone, requester }) =>
        groupId === world.settings.groupId && subnetZone === zone && requester === "amazon-rds",
    );
    await syncOnce(
      world,
      own.flatMap(({ addresses }) => addresses.slice(0, 1)),
    );
  },
};

/** Seen in: the ENI variant. */
export const TAKES_ANY_INTERFACE: Variant = {
  name: "takes any interface of the group",
  mistake: "a proxy's or a Lambda's interface has the same security group and zone",
  everySeconds: undefined,
  hearsEvents: true,
  make: (world) => async () => {
    const { zone } = await world.rds.describeDbInstance("app");
    const interfaces = await world.ec2.describeNetworkInterfaces();
    const some = interfaces.find(
      ({ groupId, subnetZone }) => groupId === world.settings.groupId && subnetZone === zone,
    );
    await syncOnce(world, some?.addresses.slice(0, 1) ?? []);
  },
};

/** Seen in: each peer that asks DNS. */
export const TRUSTS_DNS_ALONE: Variant = {
  ...ONE_MINUTE,
  name: "trusts DNS alone",
  mistake: "without a second source a poisoned answer becomes a target",
  make: (world) => async () => syncOnce(world, await addressesOf(world)),
};

/** Seen in: man20820/terraform-aws-rds-nlb and ministryofjustice/terrafrom-aws-populate_nlb_tg_with_rds, which runs once an hour. */
export const COMPARES_THE_FIRST_ADDRESS: Variant = {
  name: "compares the first address alone",
  mistake: "of an endpoint with several addresses only one is ever registered",
  everySeconds: 3_600,
  hearsEvents: false,
  make: (world) => async () => {
    const [first = ""] = await addressesOf(world);
    const found = await targetsOf(world);
    if (found.some(({ id }) => id === first)) return;
    await syncOnce(world, [first]);
  },
};

/** Seen in: the ENI variant. */
export const COMPARES_IN_ORDER: Variant = {
  ...ONE_MINUTE,
  name: "compares lists in their order",
  mistake: "DNS gives several addresses in any order, so what is the same is written again",
  make: (world) => async () => {
    const wanted = await addressesOf(world);
    const found = await targetsOf(world);
    if (wanted.join() === found.map(({ id }) => id).join()) return;
    await register(world, wanted);
    await healthy(world, wanted);
    await deregister(world, compare(wanted, found).stale);
  },
};

/** Seen in: shipmonk-rnd/terraform-aws-adjust-target-group. */
export const TRUSTS_THE_STATUS: Variant = {
  name: "lets the database's status decide",
  mistake: "a status other than available counts as no address, so a reboot deregisters every target",
  everySeconds: 60,
  hearsEvents: false,
  make: (world) => async () => {
    const { status, endpoint } = await world.rds.describeDbInstance("app");
    const wanted = status === "available" ? await addressesOf(world, endpoint) : [];
    const { missing, stale } = compare(wanted, await targetsOf(world));
    await deregister(world, stale);
    await register(world, missing);
  },
};

/** Seen in: man20820/terraform-aws-rds-nlb, whose rule has no filter for the database; here with what it then leads to. */
export const FOLLOWS_ANY_DATABASE: Variant = {
  ...ONE_MINUTE,
  name: "follows any database's event",
  mistake: "without a filter another database's failover makes that database a target",
  make: (world) => async (event) => {
    const { detail } = event as { detail: { SourceIdentifier?: string } };
    const { endpoint } = await world.rds.describeDbInstance(detail.SourceIdentifier ?? "app");
    await syncOnce(world, await addressesOf(world, endpoint));
  },
};
