/** Plays a Multi-AZ failover: the standby becomes the primary, a new standby is built, the name moves later, and events tell of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteNetworkInterfaceCommand, DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Credentials } from "./access-control";
import type { DnsServer } from "./dns";
import type { BusEvent } from "./event-bus";
import { makeInterface } from "./provider/rds/interfaces";
import { failoverEvent } from "./rds-events";
import { type DatabaseInterface, type DatabaseRecord, readDatabase, writeDatabase } from "./registry";

const LATE_MS = 5_000;

/** What becomes of RDS's events: delivery is best effort, so all of these happen. */
export type EventDelivery = "in time" | "late" | "twice" | "never";

/** What a failover needs. */
export interface FailoverOptions {
  readonly run: string;
  /** The emulator's URL: of `startMoto`. */
  readonly endpoint: string;
  readonly region: string;
  /** Makes and deletes the interfaces: of `makeAdmin`. */
  readonly credentials: Credentials;
  readonly identifier: string;
  readonly dns: Pick<DnsServer, "set">;
  /** Puts an event on EventBridge's bus: of the Lambda runner. */
  readonly putEvent: (event: BusEvent) => Promise<unknown>;
  /** From the failure until the endpoint's name moves. */
  readonly dnsDelayMs: number;
  /** "in time": started at once, completed when the name has moved. "late": both `lateMs` after it moved. "twice": both in time, twice. */
  readonly events: EventDelivery;
  /** @default 5000 */
  readonly lateMs?: number;
  /**
   * When the failed primary's interface goes and the new standby's comes.
   * @default "at once": the name then points at an address that is nobody's until it moves, as when a host fails
   */
  readonly rebuild?: "at once" | "when the name has moved";
}

/** What a failover did. */
export interface Failover {
  /** The endpoint's name. */
  readonly address: string;
  /** What the name resolved to before, and what it resolves to now. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Address of the standby that was built. */
  readonly standby: string;
  readonly failedAt: Date;
  readonly nameMovedAt: Date;
}

/** Resolves when the name has moved, the new standby is there and every event that comes was put on the bus. Throws without a standby. */
export async function failOver(options: FailoverOptions): Promise<Failover> {
  const { run, identifier, dns, events, dnsDelayMs, lateMs = LATE_MS, rebuild = "at once" } = options;
  const record = await readDatabase(run, identifier);
  if (record?.standby === undefined) {
    const why = record === undefined ? "is not deployed" : "has no standby; make it Multi-AZ";
    throw new Error(`${identifier} can not fail over: it ${why}`);
  }
  const { primary: failed, standby: primary, ...place } = record;
  const tell = async (phase: "started" | "completed", at: Date): Promise<void> => {
    const event = failoverEvent(phase, options, at);
    for (let times = timesTold(events); times > 0; times -= 1) await options.putEvent(event);
  };

  const failedAt = new Date();
  await writeDatabase(run, { ...place, primary });
  const rebuildNow = (): Promise<DatabaseInterface> => replace(options, { ...place, primary }, failed);
  const rebuilt = rebuild === "at once" ? await rebuildNow() : undefined;
  if (events !== "late") await tell("started", failedAt);
  await sleep(Math.max(0, failedAt.getTime() + dnsDelayMs - Date.now()));
  dns.set(record.address, { a: [primary.ip] });
  const nameMovedAt = new Date();
  const standby = rebuilt ?? (await rebuildNow());

  if (events === "late") {
    await sleep(lateMs);
    await tell("started", failedAt);
  }
  await tell("completed", nameMovedAt);
  return {
    address: record.address,
    before: [failed.ip],
    after: [primary.ip],
    standby: standby.ip,
    failedAt,
    nameMovedAt,
  };
}

function timesTold(events: EventDelivery): number {
  if (events === "never") return 0;
  return events === "twice" ? 2 : 1;
}

/** The new standby takes the failed primary's place in its zone; made first, so that it can't get the same address. */
async function replace(
  { run, endpoint, region, credentials }: FailoverOptions,
  database: DatabaseRecord,
  failed: DatabaseInterface,
): Promise<DatabaseInterface> {
  const ec2 = new EC2Client({ endpoint, region, credentials });
  try {
    const request = { NetworkInterfaceIds: [failed.interfaceId] };
    const { NetworkInterfaces: found } = await ec2.send(new DescribeNetworkInterfacesCommand(request));
    const groups = (found?.[0]?.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
    const standby = await makeInterface({ aws: { ec2 } }, failed.subnetId, groups);
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: failed.interfaceId }));
    await writeDatabase(run, { ...database, standby });
    return standby;
  } finally {
    ec2.destroy();
  }
}
