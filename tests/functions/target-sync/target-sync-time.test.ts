import assert from "node:assert/strict";
import { OutOfTimeError } from "../../../functions/shared/deadline";
import { awsError, dnsError, failureOf, NEW, OLD, settledWorld, World } from "./world";

describe("the target sync, when time runs out", () => {
  const HEALTHS = [
    ["initial", { reason: "Elb.RegistrationInProgress" }, "is initial (Elb.RegistrationInProgress)"],
    [
      "unhealthy",
      { reason: "Target.FailedHealthChecks", description: "Health checks failed" },
      "is unhealthy (Target.FailedHealthChecks: Health checks failed)",
    ],
    [
      "unused",
      { reason: "Target.NotInUse", description: "Target group is not configured to receive traffic" },
      "is unused (Target.NotInUse: Target group is not configured to receive traffic)",
    ],
    ["unavailable", {}, "is unavailable"],
  ] as const;
  for (const [state, why, says] of HEALTHS) {
    it(`names the target that is ${state}, with the reason, and has taken nothing out`, async () => {
      const world = settledWorld();
      world.move(NEW);
      world.healthySeconds = 1_000;
      world.at(3, () => world.given(NEW, state, why));

      const failure = await failureOf(world.run());

      assert.ok(failure instanceof OutOfTimeError);
      assert.equal(
        failure.message,
        `the target group is not in sync: time ran out while waiting for ${NEW}:5432 to be healthy: it ${says}`,
      );
      assert.deepEqual(world.writes, [`register ${NEW}:5432`]);
      assert.ok(world.seconds <= 290 && world.seconds >= 288);
      assert.deepEqual(world.metrics, [
        { Synchronised: 0, TargetsRegistered: 1, TargetsDeregistered: 0, FailedLooks: 0 },
      ]);
    });
  }

  it("waits for the health of what it registered, even when nothing is stale", async () => {
    const world = new World();
    world.healthySeconds = 1_000;

    await assert.rejects(world.run({}, 30), /waiting for 10\.0\.20\.7:5432 to be healthy: it is initial/);

    assert.ok(world.seconds >= 28);
  });

  it("says how long DNS had agreed when that was too short", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.given(NEW);

    await assert.rejects(world.run({}, 9), /waiting for 12 s of the same answer of DNS: it is 8 s$/);
  });

  it("says when every look was too old to take a target out on", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.dnsSeconds = 2.5;

    await assert.rejects(world.run(), /waiting for a look of at most 2 s: this one took 2\.5 s$/);

    assert.deepEqual(world.writes, [`register ${NEW}:5432`]);
  });

  it("begins no write after the deadline", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.dnsSeconds = 5;

    await assert.rejects(world.run({}, 4), /waiting for 10\.0\.21\.8:5432 to be registered$/);

    assert.deepEqual(world.writes, []);
  });

  it("stops a call that is in flight, which is no failure of its own", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.at(3, () => world.hang());
    const startedMs = Date.now();

    const failure = await failureOf(world.runUntil(startedMs + 1_300));

    assert.match(
      failure.message,
      /time ran out while waiting for 10\.0\.21\.8:5432 to be healthy: it is initial \(.*\)$/,
    );
    assert.equal(failure.cause, undefined);
    assert.equal(world.metrics[0]?.["FailedLooks"], 0);
    assert.ok(Date.now() - startedMs < 2_500);
  });

  it("stops its first look so, too", async () => {
    const world = settledWorld();
    world.hang();

    await assert.rejects(world.runUntil(Date.now() + 100), {
      name: "OutOfTimeError",
      message: /^time ran out while looking where db\./,
    });
  });

  it("carries the last failure as the cause", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.fail("register", ...Array.from({ length: 400 }, () => awsError("AccessDenied", "not authorized")));

    const failure = await failureOf(world.run());

    assert.match(
      failure.message,
      /waiting for 10\.0\.21\.8:5432 to be registered; the last failure was AccessDenied: not authorized$/,
    );
    assert.equal((failure.cause as Error).name, "AccessDenied");
  });
});

describe("the target sync, when something fails while it works", () => {
  for (const operation of ["describe", "resolve4", "register"] as const) {
    it(`goes on, and says so at the end though the group is in sync: ${operation}`, async () => {
      const world = settledWorld();
      world.move(NEW);
      const failure = operation === "resolve4" ? dnsError("ESERVFAIL") : awsError();
      if (operation === "register") world.fail(operation, failure);
      else world.at(3, () => world.fail(operation, failure));

      const thrown = await failureOf(world.run());

      assert.equal(thrown.name, "FailedLooksError");
      assert.match(thrown.message, /^the target group is in sync, but 1 look on the way failed, the last with /);
      assert.ok(thrown.message.endsWith(`${failure.name}: ${failure.message}`));
      assert.deepEqual((thrown as AggregateError).errors, [failure]);
      assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
      assert.deepEqual(world.metrics, [
        { Synchronised: 0, TargetsRegistered: 1, TargetsDeregistered: 1, FailedLooks: 1 },
      ]);
      // the retry of Lambda finds nothing to do
      await world.run();
      assert.equal(world.metrics[1]?.["Synchronised"], 1);
    });
  }

  it("counts the 12 s from the look after the failed one", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.at(4, () => world.fail("resolve6", dnsError("ETIMEOUT")));

    await assert.rejects(world.run());

    assert.equal(world.seconds, 5 + 13);
  });

  for (const [name, spoil] of [
    ["an empty", (world: World) => world.move()],
    ["a foreign", (world: World) => world.move("192.0.2.1")],
  ] as const) {
    it(`writes nothing on ${name} answer, and goes on with the next one`, async () => {
      const world = settledWorld();
      world.move(NEW);
      world.at(5, () => spoil(world));
      world.at(7, () => world.move(NEW));

      const { errors } = (await failureOf(world.run())) as AggregateError;

      assert.deepEqual(
        errors.map((error: Error) => error.name),
        ["AnswerError", "AnswerError"],
      );
      assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${OLD}:5432`]);
      assert.equal(world.seconds, 7 + 13);
    });
  }

  it("tries again to take out what could not be taken out, and counts it once", async () => {
    const world = settledWorld();
    world.move(NEW);
    world.fail("deregister", awsError());

    await assert.rejects(world.run(), { name: "FailedLooksError" });

    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
    assert.equal(world.metrics[0]?.["TargetsDeregistered"], 1);
  });

  it("waits for the health of a target whose registration seemed to fail", async () => {
    const world = new World();
    world.healthySeconds = 1_000;
    // the call took effect, and its answer was lost
    world.fail("register", awsError("TimeoutError", "no answer"));
    world.at(0.5, () => world.register(OLD));

    await assert.rejects(world.run({}, 20), /to be healthy: it is initial .*; the last failure was TimeoutError/);
  });
});
