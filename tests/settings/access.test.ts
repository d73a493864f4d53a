import assert from "node:assert/strict";
import { read, refusal, settingsIn } from "../support/stack-settings";

const ALL = ["group/dba", "role/database-team", "user/ann.b@example.com"];

describe("the settings of people's access", () => {
  it("are absent unless a stack file has one of them: an empty object is none", async () => {
    for (const keys of [{}, { access: {} }]) assert.equal("access" in (await read(keys)), false);
  });

  it("are complete once a stack file has one of them", async () => {
    const { access } = await read({ access: { operators: ALL } });

    assert.deepEqual(access, { operators: ALL, readOnly: [], protect: [], connect: {} });
  });

  for (const key of ["operators", "readOnly", "protect"]) {
    it(`are refused for ${key} who are no groups, roles or users of the account`, async () => {
      for (const value of [
        "role/a",
        ["*"],
        ["role/*"],
        ["arn:aws:iam::111122223333:role/a"],
        ["role/path/a"],
        ["a"],
        ["role/a", "role/a"],
      ]) {
        assert.deepEqual(
          settingsIn(await refusal({ access: { [key]: value } })),
          [`access.${key}`],
          JSON.stringify(value),
        );
      }
    });
  }

  it("take users of the database, each with those who may connect as it", async () => {
    const connect = { app: ["role/shop"], _report2: [] };
    assert.deepEqual((await read({ access: { connect } })).access?.connect, connect);
  });

  it("are refused for a user of the database whose name would be another in a policy", async () => {
    for (const user of ["*", "app*", "a/b", "App", "1a", "", "a".repeat(64)]) {
      assert.deepEqual(settingsIn(await refusal({ access: { connect: { [user]: [] } } })), ["access.connect"], user);
    }
  });

  it("are refused when an operator is protected from, too: the one allows what the other denies", async () => {
    const error = await refusal({ access: { operators: ALL, protect: ["role/database-team", "role/other"] } });

    assert.deepEqual(settingsIn(error), ["access.protect"]);
    assert.match(error.message, /got\s+role\/database-team, with access\.operators\n/);
  });

  it("are refused for a role of IAM Identity Center, which IAM doesn't change, with the way that there is", async () => {
    const role = "role/AWSReservedSSO_Dba_0123456789abcdef";
    for (const access of [{ readOnly: [role] }, { connect: { app: [role] } }]) {
      const error = await refusal({ access });
      assert.deepEqual(settingsIn(error), [`access.${"connect" in access ? "connect.app" : "readOnly"}`]);
      assert.match(error.message, /customer managed policy in the permission set/);
    }
  });
});
