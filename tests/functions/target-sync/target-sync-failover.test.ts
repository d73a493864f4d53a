import assert from "node:assert/strict";
import { OutOfTimeError } from "../../../functions/shared/deadline";
import { awsError, dnsError, ENDPOINT, failureOf, NEW, OLD, rdsEvent, settledWorld, World } from "./world";

describe("the target sync, after RDS has announced a failover", () => {
  it("looks each second until the address moves, then registers at once", async () => {
    const world = settledWorld();
    world.at(20.5, () => world.move(NEW));

    const { looks } = await world.run(world.failover());

    assert.deepEqual(world.wroteAt, [21, 33]);
    assert.equal(looks, 21 + 14);
    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
    // the interfaces are asked for once for each answer
    assert.equal(world.calls.filter((call) => call === "interfaces").length, 2);
  });

  it("fails after three minutes when the address never moves", async () => {
    const world = settledWorld();

    const failure = await failureOf(world.run(world.failover(-10)));

    assert.ok(failure instanceof OutOfTimeError);
    assert.equal(
      failure.message,
      `RDS announced a failover at 2026-01-02T03:03:55.000Z; ${ENDPOINT} still answers ${OLD} after 180 s`,
    );
    assert.deepEqual(world.writes, []);
    assert.equal(world.metrics[0]?.["Synchronised"], 0);
  });

  it("fails so when its time is shorter than that", async () => {
    const world = settledWorld();

    await assert.rejects(world.run(world.failover(), 60), /still answers 10\.0\.20\.7 after 59 s$/);
  });

  it("says that the endpoint could not be looked up when no look succeeded", async () => {
    const world = settledWorld();
    world.fail("resolve4", ...Array.from({ length: 400 }, () => dnsError("ESERVFAIL")));

    const failure = await failureOf(world.run(world.failover()));

    assert.match(failure.message, /could not be looked up after 180 s; the last failure was Error: query ESERVFAIL/);
    assert.ok(failure.cause instanceof Error);
  });

  it("goes on after looks that fail, and fails for them at its end", async () => {
    const world = settledWorld();
    world.fail("describe", awsError(), awsError());
    world.at(20, () => world.move(NEW));

    const { errors } = (await failureOf(world.run(world.failover()))) as AggregateError;

    assert.equal(errors.length, 2);
    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
  });

  it("is quiet when this environment has seen the move already", async () => {
    const world = settledWorld();
    await world.run();
    world.pass(60_000);
    world.move(NEW);
    await world.run();
    world.calls.length = 0;
    const before = world.seconds;

    // "started" was announced before the move and comes late; "completed" is announced after it, and once more
    await world.run(world.failover(before - 40));
    await world.run(world.failover(before, "RDS-EVENT-0049"));
    world.pass(280_000);
    await world.run(world.failover(before + 280, "RDS-EVENT-0049"));

    assert.deepEqual(world.calls, ["describe", "interfaces", "describe", "interfaces", "describe", "interfaces"]);
    assert.equal(world.seconds, before + 280);
  });

  it("watches when the next failover starts soon after a move", async () => {
    const world = settledWorld();
    world.move(NEW);
    await world.run();
    world.at(world.seconds + 30, () => world.move(OLD));

    await world.run(world.failover(world.seconds));

    assert.deepEqual(world.wroteAt.slice(2), [13 + 30, 13 + 42]);
    assert.deepEqual(world.group, [`${OLD}:5432 healthy`]);
  });

  it("looks for three minutes, and is content, when an event says neither and a move was seen before it", async () => {
    const world = settledWorld();
    world.move(NEW);
    await world.run();
    const before = world.seconds;

    await world.run(world.failover(before, "RDS-EVENT-0050"));

    assert.equal(world.seconds, before + 180);
    assert.equal(world.metrics[1]?.["Synchronised"], 1);
  });

  for (const [what, id] of [
    ["an activation", "RDS-EVENT-0051"],
    ["a recovery from a partial failover", "RDS-EVENT-0065"],
  ] as const) {
    it(`looks for three minutes after ${what}, and is content when nothing moves`, async () => {
      const world = settledWorld();

      await world.run(world.failover(0, id));

      assert.equal(world.seconds, 180);
      assert.deepEqual(world.writes, []);
      assert.equal(world.metrics[0]?.["Synchronised"], 1);
    });
  }

  it("fails for the look that failed, not for a move, when the move was seen and the last look of the watch fails", async () => {
    const world = settledWorld();
    world.move(NEW);
    await world.run();
    world.at(world.seconds + 179, () => world.fail("describe", awsError(), awsError()));

    const failure = await failureOf(world.run(world.failover(world.seconds, "RDS-EVENT-0050")));

    assert.match(failure.message, /^the target group is in sync, but \d looks? on the way failed/);
  });

  it("is quiet when this environment's first run saw the move by the group alone", async () => {
    const world = settledWorld();
    world.move(NEW);
    await world.run();
    const before = world.seconds;

    await world.run(world.failover(before, "RDS-EVENT-0049"));

    assert.equal(world.seconds, before);
  });

  it("is done when it sees that another run has followed the move", async () => {
    const world = settledWorld();
    world.at(20, () => {
      world.move(NEW);
      world.deregister(OLD);
      world.given(NEW);
    });

    const { looks } = await world.run(world.failover());

    assert.equal(looks, 21);
    assert.deepEqual(world.writes, []);
  });

  it("watches for a second failover when the move it saw was another's", async () => {
    const world = settledWorld();
    world.move(NEW);
    await world.run();
    world.pass(310_000);
    world.at(world.seconds + 10, () => world.move(OLD));

    await world.run(world.failover(world.seconds, "RDS-EVENT-0049"));

    assert.deepEqual(world.group, [`${OLD}:5432 healthy`]);
  });

  it("watches on after it has filled an empty group, for the address has not moved", async () => {
    const world = new World();
    world.at(60, () => world.move(NEW));

    await world.run(world.failover());

    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
  });

  it("fails like any other when the address doesn't move after that", async () => {
    const world = new World();

    await assert.rejects(world.run(world.failover()), /RDS announced a failover .* after 180 s$/);

    assert.deepEqual(world.group, [`${OLD}:5432 healthy`]);
  });

  for (const [name, event] of [
    ["a failover of twenty minutes ago", (world: World) => world.failover(-1_200)],
    ["a failover that RDS has abandoned", () => rdsEvent({ id: "RDS-EVENT-0034" })],
    ["another event of RDS", () => rdsEvent({ categories: ["availability"] })],
    ["the schedule", () => ({ source: "aws.events", "detail-type": "Scheduled Event" })],
    ["a deployment", () => ({ trigger: "deploy" })],
    ["nothing at all", () => null],
  ] as const) {
    it(`looks once for ${name}`, async () => {
      const world = settledWorld();

      const { looks } = await world.run(event(world));

      assert.equal(looks, 1);
      assert.equal(world.seconds, 0);
    });
  }

  it("watches for a failover of just under twenty minutes ago", async () => {
    const world = settledWorld();

    await assert.rejects(world.run(world.failover(-1_199)), /RDS announced a failover/);
  });
});
