import assert from "node:assert/strict";
import fc from "fast-check";
import { identifier } from "../../../../functions/database-users/mysql/quoting";
import { MysqlUnderTest } from "../../../support/mysql-users";
import { wantedUser } from "../../../support/wanted-users";

// Settings refuse such names. The function must not need them to: whoever writes the event could write anything
const HOSTILE = [
  "a`b",
  "a'b",
  'a"b',
  "a\\",
  "\\'",
  "%",
  "a_b",
  "a@b",
  "x; DROP USER umaster; -- ",
  "``",
  "ü",
  "a\nb",
  "/*!*/",
  "{}",
  "$$",
];

/** The servers take any character of three bytes at most but NUL, and take away spaces at a name's end; databases can't be all dots or slashes. */
const anyName = fc
  .oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", minLength: 1, maxLength: 12 }))
  .filter(
    (name) => [...name].every((each) => each > "\0" && each < "\ud800") && !/\s$/.test(name) && name.trim() !== "",
  )
  .filter((name) => !/^(public|none|app|mysql|sys|root)$/i.test(name));

describe("Names of users and databases of MariaDB or MySQL", () => {
  let database: MysqlUnderTest;

  before(async () => {
    database = await MysqlUnderTest.start();
  });
  after(() => database.stop());

  it("are what they are, whatever characters they have: quoted, and never part of a statement", async () => {
    const names = fc.uniqueArray(anyName, { minLength: 3, maxLength: 3, selector: (name) => name.toLowerCase() });
    const property = fc.asyncProperty(names, async ([owner = "", reader = "", place = ""]) => {
      const users = [
        wantedUser({ name: owner, database: place, privilege: "owner" }),
        wantedUser({ name: reader, database: place }),
      ];
      const before = await database.rows("SELECT count(*) AS count FROM mysql.user");

      const first = await database.sync(...users);
      const second = await database.sync(...users);

      assert.deepEqual([first.created, first.databases], [[owner, reader], [place]]);
      assert.deepEqual([second.created, second.changed, second.databases], [[], [], []]);
      const { dropped } = await database.sync();
      assert.deepEqual([...dropped].sort(), [owner, reader].sort());
      await database.rows(`DROP DATABASE ${identifier(place)}`);
      assert.deepEqual(await database.rows("SELECT count(*) AS count FROM mysql.user"), before);
    });

    await fc.assert(property, { numRuns: 40 });
  });
});
