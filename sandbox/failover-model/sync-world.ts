import type { NetworkInterface, Zone } from "./database";
import type { TargetDescription, TargetHealth } from "./load-balancing";

/** What a function that keeps targets is told by its environment variables. */
export interface SyncSettings {
  readonly endpoint: string;
  readonly port: number;
  readonly groupId: string;
  readonly family: "ipv4" | "ipv6";
}

/** AWS and DNS as one execution environment reaches them; every call takes time and may fail. */
export interface SyncWorld {
  readonly settings: SyncSettings;
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly elb: {
    describeTargetHealth(): Promise<readonly TargetHealth[]>;
    registerTargets(targets: readonly TargetDescription[]): Promise<void>;
    deregisterTargets(targets: readonly TargetDescription[]): Promise<void>;
  };
  readonly dns: {
    resolve4(hostname: string): Promise<string[]>;
    resolve6(hostname: string): Promise<string[]>;
  };
  readonly ec2: { describeNetworkInterfaces(): Promise<readonly NetworkInterface[]> };
  readonly rds: { describeDbInstance(identifier: string): Promise<DbInstance> };
}

/** What the RDS API says of a database. */
export interface DbInstance {
  readonly status: string;
  readonly zone: Zone;
  readonly endpoint: string;
}

/** A function that keeps targets: rejects when the invocation fails. */
export type Sync = (event: unknown, deadline: { remainingMs(): number }) => Promise<unknown>;

/** Makes the function of one execution environment. */
export type MakeSync = (world: SyncWorld) => Sync;
