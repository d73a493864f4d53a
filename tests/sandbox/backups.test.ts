import assert from "node:assert/strict";
import { join } from "node:path";
import { CreateDBSnapshotCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { awsClients } from "../../sandbox/aws/provider/clients";
import type { OperationResult } from "../../sandbox/engine/operation";
import type { Sandbox } from "../../sandbox/tour/sandbox";
import { suiteSandbox } from "../support/suite-sandbox";

const BACKED_UP = join(__dirname, "programs/backed-up.ts");

describe("Backups, restores and replicas, by the real engine", function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  let made: OperationResult;
  let restores: readonly Readonly<Record<string, string>>[] = [];

  suiteSandbox("backups", {}, (opened) => {
    sandbox = opened;
  });

  const operate = (
    kind: "preview" | "up" | "destroy",
    restoreFrom: readonly Readonly<Record<string, string>>[] = [],
    settings: Readonly<Record<string, string>> = {},
  ) =>
    sandbox.operate(kind, {
      program: BACKED_UP,
      config: { "rds-sightline:database": { ...settings, restores: restoreFrom } },
    });
  const rds = () => {
    const { moto, region, admin } = sandbox;
    return awsClients({ endpoint: moto.url, region, credentials: admin }).rds;
  };
  const databases = async () => (await rds().send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];

  it("are made: two replicas, a copy in another region with its key there, a locked vault", async () => {
    const foreseen = await operate("preview");
    made = await operate("up");

    assert.deepEqual(made.summary, foreseen.summary);
    const replicas = (await databases()).filter((each) => each.ReadReplicaSourceDBInstanceIdentifier !== undefined);
    assert.deepEqual(replicas.map((each) => (each.Endpoint?.Address ?? "").split(".")[0]?.slice(-3)).sort(), [
      "-r1",
      "-r2",
    ]);
    assert.equal((made.outputs["replicaEndpoints"] as unknown[]).length, 2);
    const names = made.steps.map(({ name }) => name);
    for (const name of ["replicated-replication", "replicated-key-key", "plan-lock", "plan-database"]) {
      assert.ok(names.includes(name), name);
    }
  });

  it("are restored from a snapshot, with the new database's own key, and from a point in time, with the source's", async () => {
    const [source] = (await databases()).filter((each) => each.ReadReplicaSourceDBInstanceIdentifier === undefined);
    const DBInstanceIdentifier = source?.DBInstanceIdentifier;
    await rds().send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier: "before" }));
    const { keyArn = "", resourceId = "" } = made.outputs as Record<string, string>;

    restores = [{ snapshot: "before" }, { resourceId, time: "latest", keyArn }];
    await operate("up", restores);

    const restored = (await databases())
      .filter((each) => each.DBInstanceIdentifier?.includes("restored"))
      .sort((a, b) => `${a.DBInstanceIdentifier}`.localeCompare(`${b.DBInstanceIdentifier}`));
    assert.equal(restored.length, 2);
    assert.deepEqual(
      restored.map(({ KmsKeyId }) => KmsKeyId === keyArn),
      [false, true],
    );
    for (const each of restored) assert.equal(each.MasterUsername, source?.MasterUsername);
  });

  it("change nothing the second time", async () => {
    const { changes } = await operate("up", restores);

    assert.equal(changes, 0);
  });

  it("never make way: an update that needs a new database is refused, and the old one stays", async () => {
    const before = await databases();

    await assert.rejects(operate("up", restores, { name: "other" }), /DBInstanceAlreadyExists|already exists/i);

    const ids = new Set((await databases()).map(({ DbiResourceId }) => DbiResourceId));
    for (const { DbiResourceId } of before) assert.ok(ids.has(DbiResourceId), `${DbiResourceId} is gone`);
  });

  it("are destroyed, and nothing is left", async () => {
    const { resources } = await operate("destroy");

    assert.equal(resources, 0);
    assert.deepEqual(await databases(), []);
  });
});
