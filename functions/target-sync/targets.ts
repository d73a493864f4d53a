import { isIPv6, SocketAddress } from "node:net";

/** A target of the load balancer. One address with two ports is two targets: ELBv2 keys them by both. */
export interface Target {
  readonly ip: string;
  readonly port: number;
}

/** A target as the target group has it. */
export interface RegisteredTarget extends Target {
  /** In ELBv2's words, such as `healthy`, `initial` or `draining`. */
  readonly state: string;
  /** Why it is not healthy, as a code such as `Target.FailedHealthChecks`. */
  readonly reason?: string;
  /** The reason as a sentence. */
  readonly description?: string;
}

/** What must be written so that the group holds what is wanted, and nothing else. */
export interface Difference {
  readonly missing: readonly Target[];
  /** As the group lists them, so with the port that they were registered with. */
  readonly stale: readonly RegisteredTarget[];
}

/** The targets in the group. One that drains has left it, and is registered again if it is wanted again. */
export function registeredIn(listed: readonly RegisteredTarget[]): readonly RegisteredTarget[] {
  return listed.filter(({ state }) => state !== "draining");
}

/** The difference of two sets: order and repetition mean nothing. */
export function differenceOf(wanted: readonly Target[], listed: readonly RegisteredTarget[]): Difference {
  const registered = registeredIn(listed);
  const wantedKeys = new Set(wanted.map(keyOf));
  const registeredKeys = new Set(registered.map(keyOf));
  return {
    missing: wanted.filter((target) => !registeredKeys.has(keyOf(target))),
    stale: registered.filter((target) => !wantedKeys.has(keyOf(target))),
  };
}

/** The same for two targets when the group would take them for one. */
export function keyOf({ ip, port }: Target): string {
  return `${canonicalAddress(ip)} ${port}`;
}

/** One text for each address: DNS, EC2 and ELBv2 need not shorten an IPv6 address in the same way. */
export function canonicalAddress(ip: string): string {
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: "ipv6" }).address : ip;
}

/** As people read it: `10.0.20.7:5432`, `[2001:db8::7]:5432`. */
export function describeTarget({ ip, port }: Target): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Several, for a log line or a message. */
export function describeTargets(targets: readonly Target[]): string {
  return targets.length === 0 ? "nothing" : targets.map(describeTarget).join(", ");
}
