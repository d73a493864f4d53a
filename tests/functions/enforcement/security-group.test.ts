import assert from "node:assert/strict";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { changeStatements, lookStatements } from "../../../components/enforcement-permissions";
import { policyDocument } from "../../../components/policy-documents";
import { cidrOf, parseRange } from "../../../functions/enforcement/address-ranges";
import type { AllowedClients } from "../../../functions/enforcement/allowed-clients";
import { createEnforcement } from "../../../functions/enforcement/enforcement";
import { NOTHING, type RunCounts } from "../../../functions/enforcement/metrics";
import { ec2SecurityGroup, OWNER_TAG, type SecurityGroup } from "../../../functions/enforcement/security-group";
import { ACCOUNT_ID } from "../../../sandbox/aws/moto";
import { EmulatedAws, REGION } from "../../support/emulated-aws";

const PORT = 5432;
const OWNER = "rds-sightline-dev-enforcement";
const ACCOUNT = { accountId: ACCOUNT_ID, region: REGION, partition: "aws" };
const range = (text: string) => parseRange(text) ?? assert.fail(text);
const allows = (...texts: readonly string[]): AllowedClients => ({
  ranges: texts.map(range),
  unusable: [],
  unresolved: [],
});
const UP = { tf: { action: "create" } };
const DOWN = { tf: { action: "delete" } };

describe("the rules of a security group in EC2, with the permissions that are deployed", function () {
  this.timeout(60_000);
  let aws: EmulatedAws;
  let admin: EC2Client;
  let roles: { readonly look: string; readonly change: string };
  let groupId = "";
  let other = "";

  before(async function () {
    this.timeout(600_000); // the first time on a machine the emulator is installed
    aws = await EmulatedAws.start();
    admin = new EC2Client(aws.client);
    const { Vpc } = await admin.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const group = async (GroupName: string) => {
      const request = { GroupName, Description: GroupName, VpcId: Vpc?.VpcId };
      return (await admin.send(new CreateSecurityGroupCommand(request))).GroupId ?? "";
    };
    [groupId, other] = [await group("database"), await group("other")];
    const tag = { key: OWNER_TAG, value: OWNER };
    const look = lookStatements({ secretArn: "arn:aws:secretsmanager:x", keyArn: "arn:aws:kms:x" });
    const change = [...look, ...changeStatements(ACCOUNT, { groupId, tag })];
    const role = (name: string, statements: typeof look) =>
      aws.role(name, JSON.parse(policyDocument(statements)).Statement);
    roles = { look: await role("look", look), change: await role("change", change) };
    await aws.turnOnAccessControl(Object.values(roles));
  });
  after(async () => {
    admin.destroy();
    await aws.stop();
  });
  beforeEach(async () => {
    const all = ec2SecurityGroup(admin, { groupId, port: PORT, owner: OWNER });
    const rules = await all.rules(AbortSignal.timeout(10_000));
    if (rules.length > 0) await all.revoke(rules, AbortSignal.timeout(10_000));
    await byHand({ UserIdGroupPairs: [{ GroupId: other }] });
  });

  async function byHand(peer: object, port = PORT): Promise<void> {
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: port, ToPort: port, ...peer }];
    await admin.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
  }

  const groupAs = (role: keyof typeof roles, id = groupId) =>
    ec2SecurityGroup(new EC2Client(aws.as(roles[role])), { groupId: id, port: PORT, owner: OWNER });

  /** Every ingress rule by address, and `*` where it is the function's own. */
  async function rules(): Promise<string[]> {
    const Filters = [{ Name: "group-id", Values: [groupId] }];
    const { SecurityGroupRules = [] } = await admin.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    const texts = SecurityGroupRules.filter(({ IsEgress }) => !IsEgress).map(
      ({ CidrIpv4, CidrIpv6, Tags = [] }) =>
        `${CidrIpv4 ?? CidrIpv6 ?? "group"}${Tags.some(({ Key }) => Key === OWNER_TAG) ? "*" : ""}`,
    );
    return texts.sort();
  }

  function run(
    policy: AllowedClients,
    { mode = "on" as "on" | "audit", event = {} as unknown, group = groupAs("change"), quota = 60 } = {},
  ) {
    const lines: string[] = [];
    const note = (message: string, fields: object) => lines.push(`${message} ${JSON.stringify(fields)}`);
    const enforce = createEnforcement({
      mode,
      port: PORT,
      quota,
      readPolicy: async () => policy,
      group,
      log: { info: note, warn: note, error: note },
      metrics: { addMetric: () => undefined, publishStoredMetrics: () => undefined },
      sleep: async () => undefined,
    });
    const done: Promise<RunCounts> = enforce(event, { remainingMs: () => 30_000 });
    return { done, lines };
  }

  it("become what the policy says, and a second run changes nothing", async () => {
    await byHand({ IpRanges: [{ CidrIp: "10.0.9.0/24" }] });
    const policy = allows("10.0.0.1", "10.0.0.2/31", "fd00::1");

    const first = await run(policy).done;
    const second = await run(policy).done;

    assert.deepEqual(await rules(), ["10.0.0.1/32*", "10.0.0.2/31*", "10.0.9.0/24", "fd00::1/128*", "group"]);
    assert.deepEqual(first, { ...NOTHING, completed: 1, wanted: 3, missing: 3, others: 1, added: 3 });
    assert.deepEqual(second, { ...NOTHING, completed: 1, wanted: 3, others: 1 });
  });

  it("lose what the policy asks for no more, and keep what somebody made by hand", async () => {
    await byHand({ IpRanges: [{ CidrIp: "10.0.0.7/32" }] });
    await run(allows("10.0.0.1", "10.0.0.5", "10.0.0.7")).done;

    const { removed, surplus } = await run(allows("10.0.0.5")).done;

    assert.deepEqual(await rules(), ["10.0.0.5/32*", "10.0.0.7/32", "group"]);
    assert.deepEqual([removed, surplus], [1, 1]);
  });

  it("stay as they are in an audit, which says each difference and could change nothing", async () => {
    await run(allows("10.0.0.5")).done;
    const audit = run(allows("10.0.0.1"), { mode: "audit", group: groupAs("look") });

    const counts = await audit.done;

    assert.deepEqual(await rules(), ["10.0.0.5/32*", "group"]);
    assert.deepEqual(counts, { ...NOTHING, completed: 1, wanted: 1, missing: 1, surplus: 1 });
    assert.ok(
      audit.lines.some((line) => /has no rule .*"cidr":"10.0.0.1\/32"/.test(line)),
      audit.lines.join("\n"),
    );
    assert.ok(audit.lines.some((line) => /asked for no more .*"cidr":"10.0.0.5\/32"/.test(line)));
    const signal = AbortSignal.timeout(10_000);
    await assert.rejects(groupAs("look").authorize([range("10.0.0.1")], signal), { name: "UnauthorizedOperation" });
  });

  it("are of this group and this owner only, as far as the permissions go", async () => {
    const signal = AbortSignal.timeout(10_000);
    await byHand({ IpRanges: [{ CidrIp: "10.0.0.7/32" }] });
    const foreign = (await groupAs("change").rules(signal)).filter((rule) => rule.range !== undefined);

    const denied = { name: "UnauthorizedOperation" };
    await assert.rejects(groupAs("change", other).authorize([range("10.0.0.1")], signal), denied);
    await assert.rejects(groupAs("change").revoke(foreign, signal), denied);
    const stranger = ec2SecurityGroup(new EC2Client(aws.as(roles.change)), { groupId, port: PORT, owner: "x" });
    await assert.rejects(stranger.authorize([range("10.0.0.1")], signal), denied);
  });

  it("come to what the policy says after a call that did half of it and failed", async () => {
    await byHand({ IpRanges: [{ CidrIp: "10.0.0.5/32" }] });
    const stale = groupAs("change");
    let isFirst = true;
    // somebody makes a rule between the look and the call: the emulator then has done half of it
    const group: SecurityGroup = {
      ...stale,
      rules: async (signal) => {
        const found = await stale.rules(signal);
        if (!isFirst) return found;
        isFirst = false;
        return found.filter((rule) => rule.range === undefined);
      },
    };

    const { added } = await run(allows("10.0.0.1", "10.0.0.5", "10.0.0.9"), { group }).done;

    assert.deepEqual(await rules(), ["10.0.0.1/32*", "10.0.0.5/32", "10.0.0.9/32*", "group"]);
    assert.equal(added, 1);
  });

  it("are left as they are, and it is said, where the account's quota is smaller than the setting", async () => {
    const policy = allows(...Array.from({ length: 60 }, (_, at) => `10.0.0.${2 * at}`));

    const { done, lines } = run(policy, { quota: 1_000 });

    assert.equal((await done).refusals, 1);
    assert.deepEqual(await rules(), ["group"]);
    assert.ok(
      lines.some((line) => /left as they are .*quota/.test(line)),
      lines.join("\n"),
    );
  });

  it("wait for a permission that was given in the same update, and only then", async () => {
    const real = groupAs("change");
    let denials = 2;
    const group: SecurityGroup = {
      ...real,
      authorize: (...args) => (denials-- > 0 ? groupAs("look").authorize(...args) : real.authorize(...args)),
    };

    await assert.rejects(run(allows("10.0.0.1"), { group }).done, { name: "UnauthorizedOperation" });
    denials = 2;
    await run(allows("10.0.0.1"), { group, event: UP }).done;

    assert.deepEqual(await rules(), ["10.0.0.1/32*", "group"]);
  });

  it("are taken back when they are to go, all that were made here and none else, in an audit too", async () => {
    await byHand({ IpRanges: [{ CidrIp: "10.0.0.7/32" }] });
    await run(allows("10.0.0.1", "fd00::1")).done;

    const { removed } = await run(allows("10.0.0.1"), { mode: "audit", event: DOWN }).done;

    assert.equal(removed, 2);
    assert.deepEqual(await rules(), ["10.0.0.7/32", "group"]);
    assert.equal((await run(allows(), { event: DOWN }).done).removed, 0, "a second time there is nothing left");
    assert.equal(cidrOf(range("fd00::1")), "fd00::1/128");
  });
});
