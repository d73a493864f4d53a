import assert from "node:assert/strict";
import { readStep } from "../../../functions/database-users/rotation";
import { parseLogin } from "../../../functions/database-users/user-secrets";
import { readUsers } from "../../../functions/database-users/wanted";
import { secretUser, wantedUser } from "../../support/wanted-users";

describe("an event of the function for database users", () => {
  it("of a deployment names all users, and of a deletion none", () => {
    const users = [wantedUser({ name: "one" }), secretUser({ name: "two" })];

    assert.deepEqual(readUsers({ users, tf: { action: "create" } }), users);
    assert.deepEqual(readUsers({ users, tf: { action: "delete" } }), []);
  });

  for (const [what, event] of [
    ["nothing", undefined],
    ["no list", {}],
    ["an empty object in the list", { users: [{}] }],
    ["another privilege", { users: [{ ...wantedUser({ name: "one" }), privilege: "admin" }] }],
    ["a secret without its ARN", { users: [{ ...wantedUser({ name: "one" }), authentication: "secret" }] }],
  ] as const) {
    it(`is refused with ${what}: nobody is locked on a guess`, () => {
      assert.throws(() => readUsers(event), { name: "EventError" });
    });
  }

  it("of a rotation has a step, a secret and a version", () => {
    const event = { Step: "setSecret", SecretId: "arn", ClientRequestToken: "v2", RotationToken: "t" };

    assert.deepEqual(readStep(event), { step: "setSecret", secretArn: "arn", version: "v2" });
    assert.equal(readStep({ ...event, Step: "dropSecret" }), undefined);
    assert.equal(readStep({ users: [] }), undefined);
  });

  it("leads to a secret whose text is in no error", () => {
    assert.throws(
      () => parseLogin('{"username":"u","password":sesame}', "arn"),
      (error: Error) => !error.message.includes("sesame") && error.name === "SecretError",
    );
  });
});
