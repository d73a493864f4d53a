import assert from "node:assert/strict";
import { NEW, OLD, settledWorld, World } from "./world";

/** The database has moved, and nobody has noticed yet. */
function movedWorld(): World {
  const world = settledWorld();
  world.move(NEW);
  return world;
}

describe("the target sync, when the address has moved", () => {
  it("registers at once, waits for healthy and 12 s of agreement, and takes the old target out with its port", async () => {
    const world = movedWorld();

    const outcome = await world.run();

    assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${OLD}:5432`]);
    assert.deepEqual(world.wroteAt, [0, 12]);
    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
    assert.equal(world.seconds, 13);
    assert.deepEqual(outcome, {
      registered: [{ ip: NEW, port: 5432 }],
      deregistered: [{ ip: OLD, port: 5432 }],
      targets: [{ ip: NEW, port: 5432 }],
      looks: 14,
    });
    assert.deepEqual(world.metrics, [
      { Synchronised: 1, TargetsRegistered: 1, TargetsDeregistered: 1, FailedLooks: 0 },
    ]);
    assert.equal(world.calls.filter((call) => call === "interfaces").length, 1);
  });

  it("logs each write: what, from, to, and after how many seconds", async () => {
    const world = movedWorld();

    await world.run();

    const written = world.logged.filter(({ message }) => /^targets /.test(message));
    assert.deepEqual(written, [
      {
        level: "info",
        message: "targets registered",
        fields: { targets: `${NEW}:5432`, from: `${OLD}:5432`, to: `${NEW}:5432`, seconds: 0 },
      },
      {
        level: "info",
        message: "targets deregistered",
        fields: { targets: `${OLD}:5432`, from: `${OLD}:5432, ${NEW}:5432`, to: `${NEW}:5432`, seconds: 12 },
      },
    ]);
  });

  it("waits for healthy though 12 s are over", async () => {
    const world = movedWorld();
    world.healthySeconds = 40.5;

    await world.run();

    assert.equal(world.seconds, 42);
    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
  });

  it("begins the 12 s anew when the answer changes back and forth", async () => {
    const world = movedWorld();
    world.at(8, () => world.move(OLD));
    world.at(9, () => world.move(NEW));

    await world.run();

    assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${OLD}:5432`]);
    assert.equal(world.seconds, 9 + 13);
  });

  it("begins them anew when only the other family's answer changes", async () => {
    const world = movedWorld();
    world.interfaces = [OLD, NEW, "2001:db8::7"];
    world.at(6, () => {
      world.ipv6 = ["2001:db8::7"];
    });

    await world.run();

    assert.equal(world.seconds, 6 + 13);
    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
  });

  it("follows a second failover that comes while it waits", async () => {
    const world = movedWorld();
    world.interfaces = [OLD, NEW, "10.0.22.9"];
    world.at(5, () => world.move("10.0.22.9"));

    const { registered, deregistered } = await world.run();

    assert.deepEqual(world.group, ["10.0.22.9:5432 healthy"]);
    assert.deepEqual([registered.length, deregistered.length], [2, 2]);
    assert.deepEqual(world.writes, [
      `register ${NEW}:5432`,
      "register 10.0.22.9:5432",
      `deregister ${OLD}:5432, ${NEW}:5432`,
    ]);
  });

  it("follows the database back to where it came from, and never takes that target out", async () => {
    const world = movedWorld();
    world.at(5, () => world.move(OLD));

    await world.run();

    assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${NEW}:5432`]);
    assert.deepEqual(world.group, [`${OLD}:5432 healthy`]);
  });

  it("begins anew when somebody else registers a target that it doesn't want", async () => {
    const world = movedWorld();
    world.at(8, () => world.register("10.0.22.9"));

    await world.run();

    assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${OLD}:5432, 10.0.22.9:5432`]);
    assert.equal(world.seconds, 8 + 13);
  });

  it("begins anew when somebody else puts back a target that was gone for a while", async () => {
    const world = movedWorld();
    world.at(4, () => world.deregister(OLD));
    world.at(8, () => world.register(OLD));

    await world.run();

    assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${OLD}:5432`]);
    assert.equal(world.seconds, 8 + 13);
  });

  it("asks EC2 again before it registers on an answer that was proven more than five seconds ago", async () => {
    const world = movedWorld();
    world.at(5, () => world.deregister(NEW));
    world.at(8, () => {
      world.deregister(NEW);
      world.interfaces = [OLD];
    });
    world.at(10, () => {
      world.interfaces = [OLD, NEW];
    });

    await assert.rejects(world.run(), /2 looks on the way failed, the last with AnswerError/);

    assert.deepEqual(world.wroteAt.slice(0, 3), [0, 5, 10]);
    assert.equal(world.calls.filter((call) => call === "interfaces").length, 4);
  });

  it("looks for 12 s more when somebody puts back what it took out", async () => {
    const world = movedWorld();
    world.at(12.5, () => world.register(OLD));

    await world.run();

    assert.deepEqual(world.writes, [`register ${NEW}:5432`, `deregister ${OLD}:5432`, `deregister ${OLD}:5432`]);
    assert.equal(world.seconds, 13 + 13);
  });

  it("takes nothing out on a look of more than two seconds", async () => {
    const world = movedWorld();
    world.dnsSeconds = 2.5;
    world.at(60, () => {
      world.dnsSeconds = 2;
    });

    await world.run();

    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
    assert.ok(world.seconds > 60);
  });

  it("keeps to the addresses of clusters: registers what is missing, takes out what is stale", async () => {
    const world = new World();
    for (const ip of ["10.0.20.1", "10.0.20.2"]) world.given(ip);
    world.interfaces = ["10.0.20.1", "10.0.20.2", "10.0.20.3"];
    world.ipv4 = ["10.0.20.3", "10.0.20.2"];
    // the order of a name with several addresses changes with each answer
    for (let second = 0.5; second < 30; second += 1) {
      world.at(second, () => {
        world.ipv4 = [world.ipv4].flat().reverse() as string[];
      });
    }

    await world.run();

    assert.deepEqual(world.writes, ["register 10.0.20.3:5432", "deregister 10.0.20.1:5432"]);
    assert.equal(world.seconds, 13);
  });

  it("waits until every address is healthy before it takes anything out", async () => {
    const world = new World();
    world.given(OLD);
    world.given("10.0.20.2", "unhealthy");
    world.interfaces = ["10.0.20.2", NEW];
    world.ipv4 = ["10.0.20.2", NEW];
    world.at(50, () => world.given("10.0.20.2"));

    await world.run();

    assert.equal(world.seconds, 51);
    assert.deepEqual(world.group, ["10.0.20.2:5432 healthy", `${NEW}:5432 healthy`]);
  });

  it("registers IPv6 addresses alone in an IPv6 group", async () => {
    const world = new World({ addressFamily: "ipv6" });
    world.given("2001:db8::7");
    world.ipv6 = ["2001:db8::8"];
    world.interfaces = [OLD, "2001:db8::7", "2001:db8::8"];

    await world.run();

    assert.deepEqual(world.writes, ["register [2001:db8::8]:5432", "deregister [2001:db8::7]:5432"]);
  });

  it("takes a target of the right address and another port for stale", async () => {
    const world = new World({ targetPort: 5433 });
    world.given(OLD);

    await world.run();

    assert.deepEqual(world.writes, [`register ${OLD}:5433`, `deregister ${OLD}:5432`]);
    assert.deepEqual(world.group, [`${OLD}:5433 healthy`]);
  });

  it("is done while what it took out still drains", async () => {
    const world = movedWorld();
    world.drainSeconds = 30;

    await world.run();

    assert.equal(world.seconds, 13);
    assert.deepEqual(world.group, [`${OLD}:5432 draining`, `${NEW}:5432 healthy`]);
  });

  it("finishes what an earlier run began", async () => {
    const world = movedWorld();
    world.given(NEW);

    await world.run();

    assert.deepEqual(world.writes, [`deregister ${OLD}:5432`]);
    assert.equal(world.seconds, 13);
  });

  it("finishes it not before the new target is healthy", async () => {
    const world = movedWorld();
    world.given(NEW, "initial");
    world.at(30, () => world.given(NEW));

    await world.run();

    assert.deepEqual(world.wroteAt, [30]);
    assert.deepEqual(world.group, [`${NEW}:5432 healthy`]);
  });
});
