import assert from "node:assert/strict";
import { LONGEST_PATTERN } from "../../components/client-filter";
import { type TrailPatterns, trailPatterns, type WatchedResources } from "../../components/trail-events";
import { matchesPattern } from "../support/filter-patterns";

const KEY_IDS = [1, 2, 3, 4].map((at) => `1234abcd-12ab-34cd-56ef-12345678900${at}`);
const keyArn = (id: string) => `arn:aws:kms:eu-west-1:111122223333:key/${id}`;

const WATCHED: WatchedResources = {
  databaseIdentifier: "rds-sightline-dev-abcd",
  securityGroupId: "sg-0123456789abcdef0",
  keyArns: KEY_IDS.map(keyArn),
  enforcementRoleName: "enforcement-lambda-role-1a2b3c4",
  trailName: "rds-sightline-dev-audit",
};

/** A record of CloudTrail, as it stands in a log event. */
function call(service: string, eventName: string, requestParameters: object, more: object = {}): string {
  const alice = { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/Alice", userName: "Alice" };
  return JSON.stringify({
    eventVersion: "1.11",
    userIdentity: alice,
    eventTime: "2026-01-02T03:04:05Z",
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: "eu-west-1",
    sourceIPAddress: "203.0.113.7",
    requestParameters,
    responseElements: null,
    ...more,
  });
}

const byRole = (userName: string) => ({
  userIdentity: { type: "AssumedRole", sessionContext: { sessionIssuer: { type: "Role", userName } } },
});

const database = (dBInstanceIdentifier: string) => ({ dBInstanceIdentifier, applyImmediately: true });
const group = { groupId: WATCHED.securityGroupId, ipPermissions: { items: [{ ipProtocol: "tcp", fromPort: 5432 }] } };
const shared = (...valuesToAdd: string[]) => ({ dBSnapshotIdentifier: "copy", attributeName: "restore", valuesToAdd });

const CALLS: readonly [string, string, readonly (keyof TrailPatterns)[]][] = [
  [
    "the deletion of the database",
    call("rds", "DeleteDBInstance", database("rds-sightline-dev-abcd")),
    ["databaseDeleted"],
  ],
  [
    "the deletion of the database, refused",
    call("rds", "DeleteDBInstance", database("rds-sightline-dev-abcd"), {
      errorCode: "InvalidParameterCombinationException",
    }),
    ["databaseDeleted"],
  ],
  [
    "the deletion of the database in capital letters",
    call("rds", "DeleteDBInstance", database("RDS-Sightline-Dev-abcd"), {
      responseElements: database("rds-sightline-dev-abcd"),
    }),
    ["databaseDeleted"],
  ],
  ["the deletion of another database", call("rds", "DeleteDBInstance", database("rds-sightline-dev2-abcd")), []],
  [
    "a change of the database",
    call("rds", "ModifyDBInstance", database("rds-sightline-dev-abcd")),
    ["databaseModified"],
  ],
  ["a change of another database", call("rds", "ModifyDBInstance", database("orders")), []],
  ["a look at the database", call("rds", "DescribeDBInstances", database("rds-sightline-dev-abcd")), []],
  ["a snapshot for everyone", call("rds", "ModifyDBSnapshotAttribute", shared("all")), ["snapshotShared"]],
  [
    "a snapshot for another account",
    call("rds", "ModifyDBSnapshotAttribute", shared("444455556666")),
    ["snapshotShared"],
  ],
  ["a snapshot that is shared no more", call("rds", "ModifyDBSnapshotAttribute", { valuesToRemove: ["all"] }), []],
  ...KEY_IDS.map(
    (id, at) =>
      [`key ${at + 1} disabled, by its id`, call("kms", "DisableKey", { keyId: id }), ["keyDisabled"]] as [
        string,
        string,
        ["keyDisabled"],
      ],
  ),
  [
    "a key to be deleted, by its ARN",
    call("kms", "ScheduleKeyDeletion", { keyId: keyArn("1234abcd-12ab-34cd-56ef-123456789001") }),
    ["keyDisabled"],
  ],
  ["another key disabled", call("kms", "DisableKey", { keyId: "ffffffff-12ab-34cd-56ef-123456789001" }), []],
  ["a use of the key", call("kms", "GenerateDataKey", { keyId: "1234abcd-12ab-34cd-56ef-123456789001" }), []],
  ["a rule that lets in", call("ec2", "AuthorizeSecurityGroupIngress", group), ["groupChanged"]],
  ["a rule that lets out", call("ec2", "AuthorizeSecurityGroupEgress", group), ["groupChanged"]],
  ["a rule taken back", call("ec2", "RevokeSecurityGroupIngress", group), ["groupChanged"]],
  [
    "a rule changed",
    call("ec2", "ModifySecurityGroupRules", { ModifySecurityGroupRulesRequest: { GroupId: WATCHED.securityGroupId } }),
    ["groupChanged"],
  ],
  ["a rule by somebody's role", call("ec2", "AuthorizeSecurityGroupIngress", group, byRole("Admin")), ["groupChanged"]],
  [
    "a rule by the enforcement",
    call("ec2", "AuthorizeSecurityGroupIngress", group, byRole("enforcement-lambda-role-1a2b3c4")),
    [],
  ],
  ["a rule of another group", call("ec2", "AuthorizeSecurityGroupIngress", { groupId: "sg-1" }), []],
  ["the trail stopped", call("cloudtrail", "StopLogging", { name: "rds-sightline-dev-audit" }), ["trailChanged"]],
  [
    "the trail narrowed, by its ARN",
    call("cloudtrail", "PutEventSelectors", {
      trailName: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/rds-sightline-dev-audit",
    }),
    ["trailChanged"],
  ],
  ["another trail stopped", call("cloudtrail", "StopLogging", { name: "organization" }), []],
];

describe("what a trail says of a database", () => {
  const patterns = trailPatterns(WATCHED);

  for (const [what, event, told] of CALLS) {
    it(`${what}: ${told.length === 0 ? "is not told" : `is told as ${told.join(" and ")}`}`, () => {
      const found = Object.entries(patterns).flatMap(([name, pattern]) =>
        matchesPattern(pattern, event) ? [name] : [],
      );

      assert.deepEqual(found, told);
    });
  }

  it("tells of the enforcement's rules too, where the enforcement changes none", () => {
    const { enforcementRoleName: _, ...others } = WATCHED;
    const event = call("ec2", "AuthorizeSecurityGroupIngress", group, byRole("enforcement-lambda-role-1a2b3c4"));

    assert.ok(matchesPattern(trailPatterns(others).groupChanged, event));
  });

  it("says nothing of a trail that is somebody else's", () => {
    const { trailName: _, ...others } = WATCHED;

    assert.equal(trailPatterns(others).trailChanged, undefined);
  });

  it("fits into filter patterns, for the longest names", () => {
    const longest = trailPatterns({
      ...WATCHED,
      databaseIdentifier: "d".repeat(63),
      enforcementRoleName: "r".repeat(64),
    });

    for (const pattern of Object.values(longest)) assert.ok(pattern.length <= LONGEST_PATTERN, pattern);
  });
});
