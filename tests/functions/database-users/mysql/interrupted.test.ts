import assert from "node:assert/strict";
import type { WantedUser } from "../../../../functions/database-users/wanted";
import { MysqlUnderTest } from "../../../support/mysql-users";
import { secretUser, wantedUser } from "../../../support/wanted-users";

const BEFORE = [
  secretUser({ name: "mine", privilege: "write" }),
  secretUser({ name: "leaves" }),
  wantedUser({ name: "changes", privilege: "write" }),
];
const AFTER = [
  secretUser({ name: "mine", privilege: "owner" }),
  secretUser({ name: "comes", database: "second", privilege: "write" }),
  secretUser({ name: "changes" }),
];

describe("A run on MariaDB or MySQL that ends between two statements", () => {
  let database: MysqlUnderTest;

  before(async () => {
    database = await MysqlUnderTest.start();
  });
  afterEach(() => database.empty("second"));
  after(() => database.stop());

  const isInThe = async () => {
    const users = await database.rows<{ User: string }>("SELECT User FROM mysql.user WHERE Host = '%' ORDER BY User");
    const marks = await database.rows<{ name: string }>("SELECT name FROM rds_sightline.users ORDER BY name");
    return { users: users.map(({ User }) => User), marks: marks.map(({ name }) => name) };
  };

  async function statementsOf(before: readonly WantedUser[], after: readonly WantedUser[]): Promise<number> {
    await database.sync(...before);
    database.sent.length = 0;
    await database.sync(...after);
    const count = database.sent.length;
    await database.empty("second");
    return count;
  }

  for (const [what, before, after] of [
    ["makes the first users", [], BEFORE],
    ["makes, changes, locks and drops users", BEFORE, AFTER],
    ["takes all users away", AFTER, []],
  ] as const)
    it(`and ${what} is gone on with by the next, wherever it ended`, async () => {
      const count = await statementsOf(before, after);
      assert.ok(count > 5);

      for (let done = 0; done < count; done += 1) {
        await database.sync(...before);
        database.budget = done;
        await assert.rejects(database.sync(...after), /the connection broke/);
        database.budget = Number.POSITIVE_INFINITY;

        await database.sync(...after);

        const { users, marks } = await isInThe();
        const expected = after.map(({ name }) => name).sort();
        assert.deepEqual(marks, expected, `after ${done} statements`);
        assert.deepEqual(users, [...expected, "rdsadmin", "umaster"].sort(), `after ${done} statements`);
        for (const { name, database: its, secretArn } of after)
          if (secretArn !== undefined) await (await database.logIn(name, its)).end();
        database.sent.length = 0;
        await database.sync(...after);
        assert.deepEqual(database.sent, [], `after ${done} statements`);
        await database.empty("second");
      }
    });
});
