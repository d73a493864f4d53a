import assert from "node:assert/strict";
import { listDatabases } from "../../sandbox/aws/registry";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const labels = { role: "db", app: "shop", env: "prod" };
const ILLUMIO = {
  "rds-sightline:frontDoor": {},
  "rds-sightline:illumio": { labels, clients: [{ role: "web" }, { role: "job", app: "report" }] },
};
const WITHOUT = { ...ILLUMIO, "rds-sightline:illumio": {} };

describe("The Illumio side of a whole stack, deployed by the real engine", function () {
  this.timeout(180_000);
  let sandbox: Sandbox;

  suiteSandbox("illumio-policy", { returnAfterSeconds: 0 }, (opened) => {
    sandbox = opened;
  });

  it("is there after the first update, bound and active, with the database's own addresses; a second one changes nothing", async () => {
    await sandbox.operate("up", { config: ILLUMIO });

    const { active, serviceBindings, unmanagedWorkloads, pending } = sandbox.pce.holdings();
    const [database] = await listDatabases(sandbox.run.path);
    const addresses = unmanagedWorkloads.flatMap(({ interfaces }) => interfaces.map(({ address }) => address));
    assert.deepEqual(
      [active.virtualServices.length, active.ruleSets.length, serviceBindings.length, pending.length],
      [1, 1, 1, 0],
    );
    assert.ok(addresses.includes(database?.primary.ip ?? "none"), addresses.join());
    const again = await sandbox.operate("up", { config: ILLUMIO });
    assert.deepEqual(
      again.steps.filter(({ op }) => op !== "same").map(({ name }) => name),
      [],
    );
  });

  it("goes without a rest when its settings go, and the forwarder stays", async () => {
    const { outputs } = await sandbox.operate("up", { config: WITHOUT });

    assert.equal(sandbox.pce.holdings().made, 0);
    assert.equal(typeof outputs["forwarderName"], "string");
  });
});
