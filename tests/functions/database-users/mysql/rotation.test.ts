import assert from "node:assert/strict";
import { createDatabaseUsers, type DatabaseUsers } from "../../../../functions/database-users/database-users";
import type { SyncResult } from "../../../../functions/database-users/engine";
import type { Stage, UserSecret, UserSecrets } from "../../../../functions/database-users/user-secrets";
import type { Deadline } from "../../../../functions/shared/deadline";
import { MysqlUnderTest } from "../../../support/mysql-users";
import { COMMENT, DATABASE, secretUser, wantedUser } from "../../../support/wanted-users";

/** Secrets Manager's part of a rotation, in memory. */
class MemorySecrets implements UserSecrets {
  readonly #values = new Map<string, UserSecret>();
  readonly #stages = new Map<Stage, string>();
  /** As PutSecretValue does. */
  makesFirstCurrent = true;
  losesPromotions = false;

  async read(_arn: string, stage: Stage, version?: string): Promise<UserSecret | undefined> {
    const current = this.#stages.get(stage);
    return version !== undefined && version !== current ? undefined : this.#values.get(current ?? "");
  }

  async write(_arn: string, secret: UserSecret, next: string): Promise<void> {
    this.#values.set(next, secret);
    this.#stages.set("AWSPENDING", next);
    if (this.makesFirstCurrent && this.#values.size === 1) this.#stages.set("AWSCURRENT", next);
  }

  async versions(): Promise<Readonly<Record<string, readonly string[]>>> {
    const versions: Record<string, string[]> = {};
    for (const [stage, version] of this.#stages) versions[version] = [...(versions[version] ?? []), stage];
    return versions;
  }

  async promote(_arn: string, version: string): Promise<void> {
    if (this.losesPromotions) throw new Error("the run ends here");
    this.#stages.set("AWSCURRENT", version);
    this.#stages.delete("AWSPENDING");
  }
}

const DEADLINE: Deadline = { remainingMs: () => 60_000 };
const VERSION = "v2";
const USER = secretUser({ name: "app_user", privilege: "write" });

describe("The password of a user of MariaDB or MySQL", () => {
  let database: MysqlUnderTest;
  let secrets: MemorySecrets;
  let work: DatabaseUsers;

  before(async () => {
    database = await MysqlUnderTest.start();
  });
  beforeEach(async () => {
    secrets = new MemorySecrets();
    work = workWith(secrets);
    await work({ users: [USER] }, DEADLINE);
  });
  afterEach(() => database.empty());
  after(() => database.stop());

  const workWith = (kept: MemorySecrets) =>
    createDatabaseUsers({
      engine: database.engine,
      host: "localhost",
      port: database.server.port,
      database: DATABASE,
      comment: COMMENT,
      readMaster: async () => database.login,
      connect: (options) => database.connect(options),
      secrets: kept,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      metrics: { addMetric: () => {}, publishStoredMetrics: () => {} },
    });

  const current = async () => (await secrets.read("", "AWSCURRENT")) ?? assert.fail("no current password");
  const step = (Step: string) => work({ Step, SecretId: USER.secretArn, ClientRequestToken: VERSION }, DEADLINE);

  it("is in its secret with all that a client needs to log in", async () => {
    const { password, ...rest } = await current();

    assert.deepEqual(rest, {
      engine: database.server.kind,
      host: "localhost",
      port: database.server.port,
      dbname: DATABASE,
      username: "app_user",
    });
    await (await database.logIn("app_user", DATABASE, password)).end();
  });

  for (const makesFirstCurrent of [true, false])
    it(`is set by the next run when one ends after it was written, ${makesFirstCurrent ? "" : "not "}current at once`, async () => {
      secrets = new MemorySecrets();
      Object.assign(secrets, { makesFirstCurrent, losesPromotions: true });
      const again = workWith(secrets);
      await assert.rejects(again({ users: [USER] }, DEADLINE), /the run ends here/);
      await database.byMaster("ALTER USER app_user IDENTIFIED BY 'as before'");

      secrets.losesPromotions = false;
      await again({ users: [USER] }, DEADLINE);
      await (await database.logIn("app_user", DATABASE, (await current()).password)).end();

      const { changed } = (await again({ users: [USER] }, DEADLINE)) as SyncResult;
      assert.deepEqual(changed, []);
    });

  it("is another after the four steps of a rotation, each of which may be done twice", async () => {
    const before = await current();

    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
      await step(name);
      await step(name);
    }

    const after = await current();
    assert.notEqual(after.password, before.password);
    await (await database.logIn("app_user", DATABASE, after.password)).end();
    await assert.rejects(database.logIn("app_user", DATABASE, before.password), /denied/);
  });

  it("is mended by a rotation when somebody changed it, and TLS stays asked for", async () => {
    await database.byMaster("ALTER USER app_user IDENTIFIED BY 'by hand'");

    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await step(name);

    await (await database.logIn("app_user", DATABASE, (await current()).password)).end();
    assert.deepEqual(await database.rows("SELECT ssl_type FROM mysql.user WHERE User = 'app_user'"), [
      { ssl_type: "ANY" },
    ]);
  });

  it("is not changed while a deployment runs between two steps", async () => {
    await step("createSecret");
    await step("setSecret");

    await work({ users: [USER] }, DEADLINE);

    await step("testSecret");
  });

  it("is not tried as good when the database refuses it", async () => {
    await step("createSecret");

    await assert.rejects(step("testSecret"), /denied/);
  });

  it("is not set for a user that has none, is locked, or was not made here", async () => {
    await step("createSecret");
    const refused = { name: "RotationError", message: /which was not made here with a password/ };

    await database.rows("UPDATE rds_sightline.users SET made_by = 'another'");
    await assert.rejects(step("setSecret"), refused);
    await database.rows(`UPDATE rds_sightline.users SET made_by = '${COMMENT}'`);
    await database.byMaster("ALTER USER app_user ACCOUNT LOCK");
    await assert.rejects(step("setSecret"), refused);
    await database.sync(wantedUser({ name: "app_user" }));
    await assert.rejects(step("setSecret"), refused);
  });
});
