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

describe("the settings of the bastion", () => {
  it("are absent unless a stack file has one of them, and complete then", async () => {
    assert.equal("bastion" in (await read({ bastion: {} })), false);
    assert.deepEqual((await read({ bastion: { idleMinutes: 10 } })).bastion, {
      instanceType: "t4g.nano",
      idleMinutes: 10,
      maxMinutes: 480,
      principals: [],
    });
  });

  for (const [key, bad] of [
    ["instanceType", ["t4g", "db.t4g.micro", "p5.large", 1]],
    ["idleMinutes", [0, 61, "15"]],
    ["maxMinutes", [0, 1441]],
    ["principals", ["role/a", ["*"]]],
    ["keyPair", ["mine"]],
  ] as const) {
    it(`are refused for what ${key} cannot be`, async () => {
      for (const value of bad) {
        assert.deepEqual(
          settingsIn(await refusal({ bastion: { [key]: value } })),
          [`bastion.${key}`],
          JSON.stringify(value),
        );
      }
    });
  }

  it("are refused when a session would end before it could be idle", async () => {
    assert.deepEqual(settingsIn(await refusal({ bastion: { idleMinutes: 30, maxMinutes: 20 } })), [
      "bastion.idleMinutes",
    ]);
  });

  it("are refused for a role of IAM Identity Center", async () => {
    const error = await refusal({ bastion: { principals: ["role/AWSReservedSSO_Dba_0123456789abcdef"] } });
    assert.deepEqual(settingsIn(error), ["bastion.principals"]);
  });
});

describe("the settings of the VPN", () => {
  const arn = (digit: string) =>
    `arn:aws:acm:us-west-2:111122223333:certificate/${digit.repeat(8)}-1111-2222-3333-${digit.repeat(12)}`;
  const both = { serverCertificateArn: arn("a"), clientCertificateArn: arn("b") };

  it("are absent unless a stack file has one of them, and complete then", async () => {
    assert.equal("clientVpn" in (await read({ clientVpn: {} })), false);
    assert.deepEqual((await read({ clientVpn: both })).clientVpn, {
      ...both,
      clientCidr: "10.255.252.0/22",
      sessionHours: 8,
    });
  });

  it("need both certificates", async () => {
    assert.deepEqual(settingsIn(await refusal({ clientVpn: { sessionHours: 8 } })), [
      "clientVpn.serverCertificateArn",
      "clientVpn.clientCertificateArn",
    ]);
  });

  for (const [key, bad] of [
    ["serverCertificateArn", ["arn:aws:iam::111122223333:server-certificate/a", "a"]],
    ["clientCertificateArn", [""]],
    ["clientCidr", ["10.255.252.0/23", "10.0.0.0/8", "10.255.252.1/22", "fd00::/22"]],
    ["sessionHours", [9, 1, "8"]],
  ] as const) {
    it(`are refused for what ${key} cannot be`, async () => {
      for (const value of bad) {
        assert.deepEqual(
          settingsIn(await refusal({ clientVpn: { ...both, [key]: value } })),
          [`clientVpn.${key}`],
          `${value}`,
        );
      }
    });
  }

  it("are refused when its clients would have addresses of the VPC", async () => {
    for (const clientCidr of ["10.0.0.0/22", "10.0.128.0/20", "10.0.0.0/12"]) {
      assert.deepEqual(settingsIn(await refusal({ clientVpn: { ...both, clientCidr } })), ["clientVpn.clientCidr"]);
    }
  });
});
