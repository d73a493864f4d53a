import assert from "node:assert/strict";
import { DATABASE_GROUP, DatabaseModel, type FailoverTimes, STRANGERS } from "../../../sandbox/failover-model/database";
import { VirtualClock } from "../../../sandbox/failover-model/virtual-clock";

const FIRST = "10.0.10.1";
const STANDBY = "10.0.11.2";
const REBUILT = "10.0.12.3";

const TIMES: FailoverTimes = {
  kind: "reboot",
  promotedMs: 20_000,
  dnsMs: 30_000,
  interfaceGoneMs: 40_000,
  isOldServing: false,
  apiLagMs: 180_000,
};

function made(options: { size?: number; hasV6?: boolean } = {}) {
  const clock = new VirtualClock(0);
  const database = new DatabaseModel(clock, { size: 1, hasV6: false, ...options });
  const start = (times: Partial<FailoverTimes> = {}) => database.failOver({ ...TIMES, ...times }, () => undefined);
  const truth = () => database.truth.at(clock.now());
  const addresses = () =>
    database
      .interfaces()
      .filter(({ groupId, requester }) => groupId === DATABASE_GROUP && requester === "amazon-rds")
      .flatMap((one) => one.addresses);
  return { clock, database, start, truth, addresses };
}

describe("the model's database", () => {
  it("is behind its name at the primary, with interfaces of primary and standby", () => {
    const { truth, addresses } = made();

    assert.deepEqual(truth(), { v4: [FIRST], v6: [] });
    assert.deepEqual(addresses(), [FIRST, STANDBY]);
  });

  it("has addresses of both families where the network has both", () => {
    const { truth, addresses } = made({ hasV6: true });

    assert.deepEqual(truth(), { v4: [FIRST], v6: ["2001:db8::10:1"] });
    assert.equal(addresses().length, 4);
  });

  it("has several addresses behind an endpoint of readers, and a failover moves one of them", async () => {
    const { clock, truth, start } = made({ size: 2 });
    assert.deepEqual(truth().v4, [FIRST, STANDBY]);

    start();
    await clock.pass(30_000);

    assert.deepEqual(truth().v4, [REBUILT, STANDBY]);
  });

  it("fails over: the old primary stops, the new one accepts connections, DNS follows", async () => {
    const { clock, database, truth, start } = made();
    const serving = () => [FIRST, STANDBY].filter((ip) => database.isServing(ip, clock.now()));
    assert.deepEqual(serving(), [FIRST]);

    start();
    assert.deepEqual(serving(), []);

    await clock.pass(20_000);
    assert.deepEqual(serving(), [STANDBY]);
    assert.deepEqual(truth().v4, [FIRST]);

    await clock.pass(10_000);
    assert.deepEqual(truth().v4, [STANDBY]);
  });

  it("may leave the old node serving, as a writer that became a reader does", async () => {
    const { clock, database, start } = made();

    start({ isOldServing: true });
    await clock.pass(60_000);

    assert.ok(database.isServing(FIRST, clock.now()));
  });

  it("makes the old primary the standby after a reboot: a second failover leads back to its address", async () => {
    const { clock, truth, addresses, start } = made();
    start();
    await clock.pass(30_000);

    start();
    await clock.pass(30_000);

    assert.deepEqual(truth().v4, [FIRST]);
    assert.deepEqual(addresses(), [FIRST, STANDBY]);
  });

  it("rebuilds the standby with a new address after a host was lost", async () => {
    const { clock, database, addresses, start } = made();
    start({ kind: "host-failure" });

    await clock.pass(40_000);
    assert.deepEqual(addresses(), [STANDBY]);
    assert.equal(database.isReady, false);

    await clock.pass(1_000);
    assert.deepEqual(addresses(), [STANDBY, REBUILT]);
    assert.equal(database.isReady, true);
  });

  it("refuses a failover before the last one is over", () => {
    const { start } = made();
    start();

    assert.throws(() => start(), /needs a standby and a database that is available/);
  });

  it("names the old zone in the RDS API for minutes, and a status that is not available at once", async () => {
    const { clock, database, start } = made();
    assert.deepEqual(database.describe(), { status: "available", zone: "a" });

    start();
    assert.deepEqual(database.describe(), { status: "failing-over", zone: "a" });

    await clock.pass(30_000 + 179_999);
    assert.deepEqual(database.describe(), { status: "available", zone: "a" });

    await clock.pass(1);
    assert.deepEqual(database.describe(), { status: "available", zone: "b" });
  });

  it("shares its subnets with another database, a proxy and a Lambda, some of them with its group", () => {
    const others = made()
      .database.interfaces()
      .filter(({ id }) => !/^eni-\d/.test(id));

    assert.deepEqual(
      others.map(({ groupId, requester, addresses }) => [groupId, requester, addresses[0]]),
      [
        ["sg-other-database", "amazon-rds", STRANGERS.otherDatabase.v4],
        [DATABASE_GROUP, "rds-proxy", STRANGERS.proxy.v4],
        [DATABASE_GROUP, "lambda", STRANGERS.lambda.v4],
      ],
    );
  });

  it("knows whose address was whose, and when", async () => {
    const { clock, database, start } = made();
    start({ kind: "host-failure" });
    await clock.pass(60_000);

    assert.ok(database.hadAddress(FIRST, 0, 0));
    assert.ok(database.hadAddress(FIRST, 39_999, 60_000));
    assert.ok(!database.hadAddress(FIRST, 40_000, 60_000));
    assert.ok(!database.hadAddress(STRANGERS.proxy.v4, 0, 60_000));
  });
});
