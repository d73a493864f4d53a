import assert from "node:assert/strict";
import {
  type TargetDescription,
  TargetGroupModel,
  type TargetGroupOptions,
} from "../../../sandbox/failover-model/load-balancing";

const A = "10.0.10.1";
const B = "10.0.11.2";

/** A group of port 5432 where registration takes one second; A accepts connections. */
function groupWith(options: Partial<TargetGroupOptions> = {}): TargetGroupModel {
  return new TargetGroupModel({
    port: 5432,
    deregistrationDelayMs: 0,
    isServing: (ip) => ip === A,
    isInEnabledZone: () => true,
    isInVpc: (ip) => ip.startsWith("10.0."),
    registrationMs: () => 1_000,
    ...options,
  });
}

function statesOf(group: TargetGroupModel, nowMs: number, asked?: readonly TargetDescription[]): string[] {
  return group
    .describe(nowMs, asked)
    .map(({ id, port, state, reason }) => [id, port, state, ...(reason ? [reason] : [])].join(" "));
}

describe("the model's target group", () => {
  it("keys targets by address and port", () => {
    const group = groupWith();

    group.register([{ id: A, port: 5432 }], 0);
    group.register([{ id: A, port: 5433 }], 0);
    group.register([{ id: A, port: 5433 }], 0);

    assert.deepEqual(
      group.active(0).map(({ ip, port }) => [ip, port]),
      [
        [A, 5432],
        [A, 5433],
      ],
    );
  });

  it("gives a target without a port the group's own", () => {
    const group = groupWith({ port: 6432 });

    group.register([{ id: A }], 0);

    assert.equal(group.active(0)[0]?.port, 6432);
  });

  it("keeps a target initial until its registration and two checks, five seconds apart, are over", () => {
    const group = groupWith();

    group.register([{ id: A, port: 5432 }], 0);

    assert.deepEqual(statesOf(group, 999), [`${A} 5432 initial Elb.RegistrationInProgress`]);
    assert.deepEqual(statesOf(group, 5_999), [`${A} 5432 initial Elb.InitialHealthChecking`]);
    assert.deepEqual(statesOf(group, 6_000), [`${A} 5432 healthy`]);
  });

  it("finds an address that accepts no connections unhealthy", () => {
    const group = groupWith();

    group.register([{ id: B, port: 5432 }], 0);

    assert.deepEqual(statesOf(group, 6_000), [`${B} 5432 unhealthy Target.FailedHealthChecks`]);
  });

  it("notices within two checks that a target went away, and that it came back", () => {
    const group = groupWith({ isServing: (_, atMs) => atMs < 10_000 || atMs >= 30_000 });

    group.register([{ id: A, port: 5432 }], 0);
    const states = [9_000, 12_000, 16_000, 32_000, 36_000].map((nowMs) => group.describe(nowMs)[0]?.state);

    assert.deepEqual(states, ["healthy", "healthy", "unhealthy", "unhealthy", "healthy"]);
  });

  it("remembers when a target was last healthy", () => {
    const group = groupWith({ isServing: (_, atMs) => atMs < 10_000 });

    group.register([{ id: A, port: 5432 }], 0);

    assert.equal(group.active(9_500)[0]?.healthyMs, 9_500);
    assert.equal(group.active(90_000)[0]?.healthyMs, 16_000);
  });

  it("leaves a target as it is when it is registered again", () => {
    const group = groupWith();
    group.register([{ id: A, port: 5432 }], 0);

    group.register([{ id: A, port: 5432 }], 8_000);

    assert.equal(group.describe(8_000)[0]?.state, "healthy");
  });

  it("drains a deregistered target for the deregistration delay, then forgets it", () => {
    const group = groupWith({ deregistrationDelayMs: 30_000 });
    group.register([{ id: A, port: 5432 }], 0);

    group.deregister([{ id: A, port: 5432 }], 10_000);

    assert.deepEqual(statesOf(group, 39_999), [`${A} 5432 draining Target.DeregistrationInProgress`]);
    assert.deepEqual(group.active(39_999), []);
    assert.deepEqual(statesOf(group, 40_000), []);
  });

  it("starts a draining target anew when it is registered again", () => {
    const group = groupWith({ deregistrationDelayMs: 30_000 });
    group.register([{ id: A, port: 5432 }], 0);
    group.deregister([{ id: A, port: 5432 }], 10_000);

    group.register([{ id: A, port: 5432 }], 11_000);

    assert.deepEqual(statesOf(group, 11_000), [`${A} 5432 initial Elb.RegistrationInProgress`]);
  });

  it("succeeds when it is told to deregister a target that is not there", () => {
    assert.deepEqual(groupWith().deregister([{ id: B, port: 5432 }], 0), []);
  });

  it("does nothing without the port of a target that was registered with one", () => {
    const group = groupWith();
    group.register([{ id: A, port: 5432 }, { id: B }], 0);

    const taken = group.deregister([{ id: A }, { id: B }], 1_000);

    assert.deepEqual(
      taken.map(({ ip }) => ip),
      [B],
    );
    assert.equal(group.active(1_000)[0]?.ip, A);
  });

  it("says that a target is unused without a listener, and checks it anew when there is one", () => {
    const group = groupWith();
    group.register([{ id: A, port: 5432 }], 0);

    group.setListener(false, 10_000);
    assert.deepEqual(statesOf(group, 20_000), [`${A} 5432 unused Target.NotInUse`]);

    group.setListener(true, 20_000);
    assert.deepEqual(
      [20_000, 26_000].map((nowMs) => group.describe(nowMs)[0]?.state),
      ["initial", "healthy"],
    );
  });

  it("says that a target is unused in a zone that the load balancer does not have", () => {
    const group = groupWith({ isInEnabledZone: () => false });

    group.register([{ id: A, port: 5432 }], 0);

    assert.deepEqual(statesOf(group, 60_000), [`${A} 5432 unused Target.NotInUse`]);
  });

  it("says that a target it is asked for and does not have is not registered", () => {
    assert.deepEqual(statesOf(groupWith(), 0, [{ id: B }]), [`${B} 5432 unused Target.NotRegistered`]);
  });

  it("refuses an address outside the VPC without a zone, and all that is registered with it", () => {
    const group = groupWith();

    assert.throws(() => group.register([{ id: A }, { id: "203.0.113.7" }], 0), {
      name: "InvalidTarget",
      message: "The Availability Zone is required for IP address '203.0.113.7' because it is not in the VPC",
    });
    assert.deepEqual(group.active(0), []);

    group.register([{ id: "203.0.113.7", availabilityZone: "all" }], 0);
    assert.equal(group.active(0).length, 1);
  });
});
