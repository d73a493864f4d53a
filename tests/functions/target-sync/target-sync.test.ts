import assert from "node:assert/strict";
import { awsError, dnsError, NEW, OLD, settledWorld, World } from "./world";

describe("the target sync", () => {
  describe("when there is nothing to do", () => {
    it("makes two calls of AWS, and none that writes", async () => {
      const world = settledWorld();

      const outcome = await world.run();

      assert.deepEqual(world.calls, ["describe", "interfaces"]);
      assert.deepEqual(outcome, { registered: [], deregistered: [], targets: [{ ip: OLD, port: 5432 }], looks: 1 });
      assert.deepEqual(world.metrics, [
        { Synchronised: 1, TargetsRegistered: 0, TargetsDeregistered: 0, FailedLooks: 0 },
      ]);
      assert.equal(world.seconds, 0);
    });

    it("takes the same addresses in another order for the same, and IPv6 addresses in another spelling", async () => {
      const world = new World({ addressFamily: "ipv6" });
      for (const ip of ["2001:db8::8", "2001:db8::7"]) world.given(ip);
      world.ipv6 = ["2001:0db8:0:0::7", "2001:db8::8"];
      world.interfaces = ["2001:DB8::8", "2001:db8:0::7", OLD];

      await world.run();

      assert.deepEqual(world.calls, ["describe", "interfaces"]);
    });

    it("leaves a target that is not healthy alone, and says so", async () => {
      const world = new World();
      world.given(OLD, "unhealthy", { reason: "Target.FailedHealthChecks", description: "Health checks failed" });

      await world.run();

      assert.deepEqual(world.writes, []);
      const warnings = world.logged.filter(({ level }) => level === "warn");
      assert.deepEqual(
        warnings.map(({ fields }) => fields),
        [{ target: `${OLD}:5432`, health: "is unhealthy (Target.FailedHealthChecks: Health checks failed)" }],
      );
      assert.equal(world.metrics[0]?.["Synchronised"], 1);
    });
  });

  describe("when the answer of DNS is not to be trusted", () => {
    const ANSWERS: readonly (readonly [string, Partial<Pick<World, "ipv4" | "ipv6" | "interfaces">>, RegExp])[] = [
      ["no data", { ipv4: dnsError("ENODATA") }, /has no ipv4 address in DNS/],
      ["no data, though the other family has", { ipv4: [], ipv6: ["2001:db8::7"] }, /has no ipv4 address in DNS/],
      ["no such name", { ipv4: dnsError("ENOTFOUND"), ipv6: dnsError("ENOTFOUND") }, /does not exist in DNS/],
      [
        "a foreign address",
        { ipv4: ["10.0.20.99"] },
        /is at 10\.0\.20\.99, where the database has no network interface; it has 10\.0\.20\.7, 10\.0\.21\.8/,
      ],
      ["a foreign address beside the right one", { ipv4: [NEW, "192.0.2.1"] }, /is at 192\.0\.2\.1, where/],
      ["a foreign address of the other family", { ipv4: [NEW], ipv6: ["2001:db8::bad"] }, /is at 2001:db8::bad, where/],
      ["an address, and EC2 knows no interface", { ipv4: [NEW], interfaces: [] }, /it has none at all/],
    ];
    for (const [name, answer, message] of ANSWERS) {
      it(`fails at once and writes nothing: ${name}`, async () => {
        const world = Object.assign(settledWorld(), answer);

        await assert.rejects(world.run(), { name: "AnswerError", message });

        assert.deepEqual(world.writes, []);
        assert.equal(world.seconds, 0);
        assert.deepEqual(world.metrics, [
          { Synchronised: 0, TargetsRegistered: 0, TargetsDeregistered: 0, FailedLooks: 1 },
        ]);
        assert.deepEqual(
          world.logged.map(({ level, message: said }) => [level, said]),
          [["error", "the run failed"]],
        );
      });
    }
  });

  for (const operation of ["describe", "interfaces", "resolve4", "resolve6"] as const) {
    it(`fails at once when its one look fails: ${operation}`, async () => {
      const world = settledWorld();
      const failure = operation.startsWith("resolve") ? dnsError("ESERVFAIL") : awsError();
      world.fail(operation, failure);

      await assert.rejects(world.run(), failure);

      assert.equal(world.seconds, 0);
      assert.equal(world.metrics[0]?.["Synchronised"], 0);
    });
  }

  it("fills an empty group, waits for healthy, and is done", async () => {
    const world = new World();

    const { registered } = await world.run();

    assert.deepEqual(registered, [{ ip: OLD, port: 5432 }]);
    assert.equal(world.seconds, 10);
  });

  it("registers a target again that drains and is wanted again", async () => {
    const world = new World();
    world.given(OLD, "draining");

    await world.run();

    assert.deepEqual(world.writes, [`register ${OLD}:5432`]);
    assert.deepEqual(world.group, [`${OLD}:5432 healthy`]);
  });

  it("takes out no target that drains already", async () => {
    const world = settledWorld();
    world.given(NEW, "draining");

    await world.run();

    assert.deepEqual(world.calls, ["describe", "interfaces"]);
  });
});
