import assert from "node:assert/strict";
import { join } from "node:path";
import { type DBInstance, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { ENGINE_NAMES, engineNamed } from "../../components/engines/engines";
import { awsClients } from "../../sandbox/aws/provider/clients";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const EVERY_ENGINE = join(__dirname, "programs/every-engine.ts");

describe("A database of every engine, by the real engine", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;

  suiteSandbox("engines", {}, (opened) => {
    sandbox = opened;
  });

  const operate = (kind: "preview" | "up" | "destroy", storageGb: number) =>
    sandbox.operate(kind, { program: EVERY_ENGINE, config: { "rds-sightline:database": { storageGb } } });
  const databases = async (): Promise<Map<string, DBInstance>> => {
    const { moto, region, admin } = sandbox;
    const { rds } = awsClients({ endpoint: moto.url, region, credentials: admin });
    const { DBInstances: found = [] } = await rds.send(new DescribeDBInstancesCommand({}));
    return new Map(found.map((each) => [each.Engine ?? "", each]));
  };

  it("is made as a preview says, each behind its own port", async () => {
    const foreseen = await operate("preview", 100);
    const made = await operate("up", 100);

    assert.deepEqual(made.summary, foreseen.summary);
    const found = await databases();
    assert.deepEqual([...found.keys()].sort(), [...ENGINE_NAMES].sort());
    for (const name of ENGINE_NAMES) {
      const { port, plainPort, hasMultiAz } = engineNamed(name);
      assert.equal(found.get(name)?.Endpoint?.Port, plainPort ?? port, name);
      assert.equal(found.get(name)?.MultiAZ, hasMultiAz, name);
    }
  });

  it("grows in place, and nothing else changes", async () => {
    const before = await databases();
    const grown = await operate("up", 150);

    assert.deepEqual(new Set(grown.steps.map(({ op }) => op)), new Set(["same", "update"]));
    const changed = grown.steps.filter(({ op }) => op === "update");
    assert.equal(changed.length, before.size, changed.map(({ name }) => name).join(", "));
    assert.deepEqual(new Set(changed.map(({ type }) => type)), new Set(["aws:rds/instance:Instance"]));
    const after = await databases();
    for (const name of ENGINE_NAMES) {
      assert.equal(after.get(name)?.DbiResourceId, before.get(name)?.DbiResourceId, name);
      assert.equal(after.get(name)?.AllocatedStorage, 150, name);
    }
  });

  it("is destroyed, and nothing is left", async () => {
    const { resources } = await operate("destroy", 150);

    assert.equal(resources, 0);
    assert.equal((await databases()).size, 0);
  });
});
