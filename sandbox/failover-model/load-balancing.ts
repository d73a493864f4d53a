import { AwsError } from "./faults";

/** A target as the API takes it. Without a port it is the group's own. */
export interface TargetDescription {
  readonly id: string;
  readonly port?: number;
  /** `all` is required for an address outside the group's VPC. */
  readonly availabilityZone?: "all";
}

/** ELBv2's words. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "unused" | "draining";

/** A target as DescribeTargetHealth gives it. */
export interface TargetHealth {
  readonly id: string;
  readonly port: number;
  readonly state: TargetState;
  readonly reason?: string;
}

/** What the group is made of, and what it needs to know of the world around it. */
export interface TargetGroupOptions {
  /** The group's own port: of targets that are registered without one. */
  readonly port: number;
  readonly deregistrationDelayMs: number;
  /** Says whether a connection to this address would be accepted at that moment. */
  readonly isServing: (ip: string, atMs: number) => boolean;
  /** Says whether the address is in a zone that the load balancer has. */
  readonly isInEnabledZone: (ip: string) => boolean;
  readonly isInVpc: (ip: string) => boolean;
  /** How long a registration takes before its first health check. */
  readonly registrationMs: () => number;
}

// the component's health check: TCP, every 5 s, 2 to change
const CHECK_INTERVAL_MS = 5_000;
const CHECKS_TO_CHANGE = 2;

interface Target {
  readonly ip: string;
  readonly port: number;
  /** Registered with a port: then only the same port deregisters it. */
  readonly hasPortOverride: boolean;
  state: "initial" | "healthy" | "unhealthy";
  nextCheckMs: number;
  passesInARow: number;
  failuresInARow: number;
  /** The last moment at which it was healthy. */
  healthyMs: number;
  drainedMs: number | undefined;
}

/**
 * A target group with AWS's semantics: targets are keyed by address and port, become healthy by checks, drain for the deregistration
 * delay, and are `unused` where no listener or zone leads to them. Its calls take effect at once; who delays and fails them is elsewhere.
 */
export class TargetGroupModel {
  readonly #options: TargetGroupOptions;
  readonly #targets = new Map<string, Target>();
  #hasListener = true;

  constructor(options: TargetGroupOptions) {
    this.#options = options;
  }

  /** Attaches the group to a listener or takes it from one; health checks start anew with the listener. */
  setListener(isAttached: boolean, nowMs: number): void {
    this.#settle(nowMs);
    if (isAttached && !this.#hasListener) for (const target of this.#targets.values()) this.#startChecks(target, nowMs);
    this.#hasListener = isAttached;
  }

  /** DescribeTargetHealth: of all targets, or of these; one that is not there is `unused`. */
  describe(nowMs: number, asked?: readonly TargetDescription[]): TargetHealth[] {
    this.#settle(nowMs);
    if (asked === undefined) return [...this.#targets.values()].map((target) => this.#health(target));
    return asked.map(({ id, port = this.#options.port }) => {
      const target = this.#targets.get(keyOf(id, port));
      return target ? this.#health(target) : { id, port, state: "unused", reason: "Target.NotRegistered" };
    });
  }

  /**
   * RegisterTargets: all or none. A target that is there already stays as it is; one that drains starts anew.
   * @throws AwsError for an address outside the VPC without a zone.
   */
  register(targets: readonly TargetDescription[], nowMs: number): void {
    this.#settle(nowMs);
    const outside = targets.find(
      ({ id, availabilityZone }) => availabilityZone !== "all" && !this.#options.isInVpc(id),
    );
    if (outside !== undefined)
      throw new AwsError(
        "InvalidTarget",
        `The Availability Zone is required for IP address '${outside.id}' because it is not in the VPC`,
      );
    for (const { id, port } of targets) {
      const key = keyOf(id, port ?? this.#options.port);
      const known = this.#targets.get(key);
      if (known !== undefined && known.drainedMs === undefined) continue;
      const target: Target = {
        ip: id,
        port: port ?? this.#options.port,
        hasPortOverride: port !== undefined,
        state: "initial",
        nextCheckMs: 0,
        passesInARow: 0,
        failuresInARow: 0,
        healthyMs: -Infinity,
        drainedMs: undefined,
      };
      this.#startChecks(target, nowMs);
      this.#targets.set(key, target);
    }
  }

  /**
   * DeregisterTargets: succeeds for targets that are not there, and for a port that is left out where one was given; it does nothing
   * for those. Returns the targets that it took away.
   */
  deregister(targets: readonly TargetDescription[], nowMs: number): readonly { ip: string; port: number }[] {
    this.#settle(nowMs);
    const taken = targets.flatMap(({ id, port }) => {
      const target = this.#targets.get(keyOf(id, port ?? this.#options.port));
      if (target === undefined || target.drainedMs !== undefined) return [];
      return port === undefined && target.hasPortOverride ? [] : [target];
    });
    for (const target of taken) target.drainedMs = nowMs + this.#options.deregistrationDelayMs;
    this.#settle(nowMs);
    return taken;
  }

  /** The targets that are registered and not draining. */
  active(nowMs: number): readonly { readonly ip: string; readonly port: number; readonly healthyMs: number }[] {
    this.#settle(nowMs);
    return [...this.#targets.values()].filter(({ drainedMs }) => drainedMs === undefined);
  }

  #health({ ip, port, state, drainedMs, passesInARow, failuresInARow }: Target): TargetHealth {
    const of = (word: TargetState, reason?: string) => ({ id: ip, port, state: word, ...(reason && { reason }) });
    if (drainedMs !== undefined) return of("draining", "Target.DeregistrationInProgress");
    if (!this.#isInUse(ip)) return of("unused", "Target.NotInUse");
    if (state === "initial")
      return of(state, passesInARow + failuresInARow ? "Elb.InitialHealthChecking" : "Elb.RegistrationInProgress");
    return state === "unhealthy" ? of(state, "Target.FailedHealthChecks") : of(state);
  }

  #isInUse(ip: string): boolean {
    return this.#hasListener && this.#options.isInEnabledZone(ip);
  }

  #startChecks(target: Target, nowMs: number): void {
    target.state = "initial";
    target.passesInARow = 0;
    target.failuresInARow = 0;
    target.nextCheckMs = nowMs + this.#options.registrationMs();
  }

  /** Plays the checks up to now, and forgets what has drained. */
  #settle(nowMs: number): void {
    for (const [key, target] of this.#targets) {
      if (target.drainedMs !== undefined) {
        if (target.drainedMs <= nowMs) this.#targets.delete(key);
      } else if (this.#isInUse(target.ip)) this.#check(target, nowMs);
    }
  }

  #check(target: Target, nowMs: number): void {
    for (; target.nextCheckMs <= nowMs; target.nextCheckMs += CHECK_INTERVAL_MS) {
      const isServing = this.#options.isServing(target.ip, target.nextCheckMs);
      target.passesInARow = isServing ? target.passesInARow + 1 : 0;
      target.failuresInARow = isServing ? 0 : target.failuresInARow + 1;
      if (target.state === "healthy") target.healthyMs = target.nextCheckMs;
      if (target.passesInARow >= CHECKS_TO_CHANGE) target.state = "healthy";
      if (target.failuresInARow >= CHECKS_TO_CHANGE) target.state = "unhealthy";
    }
    if (target.state === "healthy") target.healthyMs = nowMs;
  }
}

const keyOf = (ip: string, port: number): string => `${ip} ${port}`;
