import { Timeline } from "./timeline";

/** A zone's letter. */
export type Zone = "a" | "b" | "c";

/** A database node's addresses, and the interface that has them. */
export interface Node {
  readonly v4: string;
  readonly v6: string;
  readonly zone: Zone;
  readonly interfaceId: string;
}

/** What DNS says of the endpoint. */
export interface Truth {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** A network interface as EC2 describes it. */
export interface NetworkInterface {
  readonly id: string;
  readonly description: string;
  /** RDS's are made by `amazon-rds`; a Lambda's and a proxy's by others. */
  readonly requester: "amazon-rds" | "lambda" | "rds-proxy";
  readonly subnetZone: Zone;
  readonly groupId: string;
  readonly addresses: readonly string[];
}

/** What becomes of the old primary. `reboot`: it is the standby, same address; `host-failure`: gone, a standby with a new address later. */
export type FailoverKind = "reboot" | "host-failure";

/** A failover from its start on, in milliseconds. */
export interface FailoverTimes {
  readonly kind: FailoverKind;
  /** Until the new primary accepts connections; not after the DNS change. */
  readonly promotedMs: number;
  /** Until DNS has the new address. */
  readonly dnsMs: number;
  /** Until the old interface is gone; for a host failure only. */
  readonly interfaceGoneMs: number;
  /** The old node still accepts connections, as a writer that became a reader does. */
  readonly isOldServing: boolean;
  /** From the DNS change until the RDS API names the new zone. */
  readonly apiLagMs: number;
}

/** Timers, and what the time is. */
export interface Timer {
  now(): number;
  after(ms: number, action: () => void): void;
}

/** The group that only the database has; its subnets hold others' interfaces too. */
export const DATABASE_GROUP = "sg-database";

/** The network that the load balancer is in. */
export const isInVpc = (address: string): boolean => address.startsWith("10.0.") || address.startsWith("2001:db8:");

/** Addresses that lie in the database's subnets and are not the database's. */
export const STRANGERS = {
  otherDatabase: { v4: "10.0.10.200", v6: "2001:db8::c8" },
  proxy: { v4: "10.0.10.201", v6: "2001:db8::c9" },
  lambda: { v4: "10.0.11.202", v6: "2001:db8::ca" },
  outside: { v4: "203.0.113.7", v6: "2600:db8::7" },
} as const;

/**
 * A Multi-AZ database behind one endpoint, as DNS, EC2 and the RDS API show it. An endpoint of readers has several addresses, and a
 * failover moves one of them.
 */
export class DatabaseModel {
  readonly truth: Timeline<Truth>;
  readonly #timer: Timer;
  readonly #hasV6: boolean;
  readonly #interfaces: Timeline<readonly Node[]>;
  readonly #apiZone: Timeline<Zone>;
  readonly #serving = new Map<string, Timeline<boolean>>();
  readonly #status: Timeline<string> = new Timeline("available");
  #behind: readonly Node[];
  #standby: Node | undefined;
  #made = 0;

  /** `size` addresses behind the endpoint. */
  constructor(timer: Timer, { size, hasV6 }: { readonly size: number; readonly hasV6: boolean }) {
    this.#timer = timer;
    this.#hasV6 = hasV6;
    this.#behind = Array.from({ length: size }, () => this.#newNode());
    this.#standby = this.#newNode();
    for (const node of this.#behind) this.#setServing(node, true);
    this.truth = new Timeline(this.#says());
    this.#interfaces = new Timeline([...this.#behind, this.#standby]);
    this.#apiZone = new Timeline(this.#behind[0]?.zone ?? "a");
  }

  /** Whether a failover can start: the standby is there, and no other failover is on its way. */
  get isReady(): boolean {
    return this.#standby !== undefined && this.#status.at(this.#timer.now()) === "available";
  }

  /** The address of the standby, which is the database's but not behind its endpoint. */
  standbyAddress(family: "v4" | "v6"): string {
    if (this.#standby === undefined) throw new Error("there is no standby now");
    return this.#standby[family];
  }

  /** Whether the address accepts connections at that moment. */
  isServing(ip: string, atMs: number): boolean {
    return this.#serving.get(ip)?.at(atMs) ?? Object.values(STRANGERS).some(({ v4, v6 }) => v4 === ip || v6 === ip);
  }

  /** Whether one of the database's interfaces had the address at some moment of this time. */
  hadAddress(ip: string, fromMs: number, toMs: number): boolean {
    return this.#interfaces.between(fromMs, toMs).some((nodes) => nodes.some(({ v4, v6 }) => v4 === ip || v6 === ip));
  }

  /** What DescribeDBInstances says: the status at once, the zone minutes after a failover. */
  describe(): { readonly status: string; readonly zone: Zone } {
    const now = this.#timer.now();
    return { status: this.#status.at(now), zone: this.#apiZone.at(now) };
  }

  /** All interfaces in the database's subnets. */
  interfaces(): readonly NetworkInterface[] {
    const own = this.#interfaces.at(this.#timer.now()).map(
      (node): NetworkInterface => ({
        id: node.interfaceId,
        description: "RDSNetworkInterface",
        requester: "amazon-rds",
        subnetZone: node.zone,
        groupId: DATABASE_GROUP,
        addresses: this.#hasV6 ? [node.v4, node.v6] : [node.v4],
      }),
    );
    return [...OTHERS, ...own];
  }

  /** Starts a failover and returns the times it ends by. The timer does the rest. */
  failOver(times: FailoverTimes, onDnsChange: () => void): void {
    const [old] = this.#behind;
    const next = this.#standby;
    if (old === undefined || next === undefined || !this.isReady)
      throw new Error("a failover needs a standby and a database that is available; wait until isReady");
    this.#standby = undefined;
    this.#status.set(this.#timer.now(), "failing-over");
    if (!times.isOldServing) this.#setServing(old, false);
    this.#timer.after(Math.min(times.promotedMs, times.dnsMs), () => this.#setServing(next, true));
    this.#timer.after(times.dnsMs, () => {
      this.#behind = [next, ...this.#behind.slice(1)];
      this.truth.set(this.#timer.now(), this.#says());
      this.#status.set(this.#timer.now(), "available");
      this.#timer.after(times.apiLagMs, () => this.#apiZone.set(this.#timer.now(), next.zone));
      if (times.kind === "reboot") this.#standby = old;
      onDnsChange();
    });
    if (times.kind === "host-failure") this.#loseHost(old, times);
  }

  #loseHost(old: Node, { interfaceGoneMs, dnsMs }: FailoverTimes): void {
    this.#timer.after(interfaceGoneMs, () => {
      this.#setServing(old, false);
      this.#setInterfaces((nodes) => nodes.filter((node) => node !== old));
    });
    this.#timer.after(Math.max(interfaceGoneMs, dnsMs) + 1_000, () => {
      const rebuilt = this.#newNode();
      this.#setInterfaces((nodes) => [...nodes, rebuilt]);
      this.#standby = rebuilt;
    });
  }

  #setInterfaces(change: (nodes: readonly Node[]) => readonly Node[]): void {
    const now = this.#timer.now();
    this.#interfaces.set(now, change(this.#interfaces.at(now)));
  }

  #setServing(node: Node, isServing: boolean): void {
    for (const ip of [node.v4, node.v6]) {
      const serving = this.#serving.get(ip) ?? new Timeline(false);
      serving.set(this.#timer.now(), isServing);
      this.#serving.set(ip, serving);
    }
  }

  #says(): Truth {
    return { v4: this.#behind.map(({ v4 }) => v4), v6: this.#hasV6 ? this.#behind.map(({ v6 }) => v6) : [] };
  }

  #newNode(): Node {
    const number = ++this.#made;
    const zone = (["a", "b", "c"] as const)[(number - 1) % 3] ?? "a";
    const subnet = 10 + "abc".indexOf(zone);
    return { v4: `10.0.${subnet}.${number}`, v6: `2001:db8::${subnet}:${number}`, zone, interfaceId: `eni-${number}` };
  }
}

const OTHERS: readonly NetworkInterface[] = [
  {
    id: "eni-other-database",
    description: "RDSNetworkInterface",
    requester: "amazon-rds",
    subnetZone: "a",
    groupId: "sg-other-database",
    addresses: Object.values(STRANGERS.otherDatabase),
  },
  {
    id: "eni-proxy",
    description: "Network interface for DBProxy front",
    requester: "rds-proxy",
    subnetZone: "a",
    groupId: DATABASE_GROUP,
    addresses: Object.values(STRANGERS.proxy),
  },
  {
    id: "eni-lambda",
    description: "AWS Lambda VPC ENI-reports",
    requester: "lambda",
    subnetZone: "b",
    groupId: DATABASE_GROUP,
    addresses: Object.values(STRANGERS.lambda),
  },
];
