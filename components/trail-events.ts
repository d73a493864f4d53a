// What a trail of CloudTrail says of one database, as filter patterns of CloudWatch Logs. Pure.

/** What is watched. */
export interface WatchedResources {
  readonly databaseIdentifier: string;
  readonly securityGroupId: string;
  /** Of everything that the stack encrypts. */
  readonly keyArns: readonly string[];
  /** The role of what changes the security group's rules all the time; absent where nothing does. */
  readonly enforcementRoleName?: string | undefined;
  /** The stack's own trail; absent where the trail is somebody else's. */
  readonly trailName?: string | undefined;
}

/** What is told of: each by one pattern. Refused calls are told too: who tried is worth a mail. */
export interface TrailPatterns {
  readonly databaseDeleted: string;
  readonly databaseModified: string;
  /** Any snapshot of the account: a copy may have any name. */
  readonly snapshotShared: string;
  readonly keyDisabled: string;
  readonly groupChanged: string;
  readonly trailChanged?: string;
}

export function trailPatterns(watched: WatchedResources): TrailPatterns {
  const { databaseIdentifier, securityGroupId, keyArns, enforcementRoleName, trailName } = watched;
  // RDS doesn't mind capital letters in a request, and answers without them; the filter minds
  const thisDatabase = any(
    is("requestParameters.dBInstanceIdentifier", databaseIdentifier),
    is("responseElements.dBInstanceIdentifier", databaseIdentifier),
  );
  const thisGroup = any(
    is("requestParameters.groupId", securityGroupId),
    is("requestParameters.ModifySecurityGroupRulesRequest.GroupId", securityGroupId),
  );
  return {
    databaseDeleted: pattern(all(event("rds", "DeleteDBInstance"), thisDatabase)),
    databaseModified: pattern(all(event("rds", "ModifyDBInstance"), thisDatabase)),
    snapshotShared: pattern(
      // "all", or an account: an encrypted snapshot can be given to accounts only
      all(event("rds", "ModifyDBSnapshotAttribute"), is("requestParameters.valuesToAdd[0]", "*")),
    ),
    keyDisabled: pattern(
      all(
        event("kms", "DisableKey", "ScheduleKeyDeletion"),
        // a request names a key by its id or its ARN, which ends with the id
        any(...keyArns.map((arn) => is("requestParameters.keyId", `*${arn.slice(arn.lastIndexOf("/") + 1)}`))),
      ),
    ),
    groupChanged: pattern(
      all(
        event(
          "ec2",
          "AuthorizeSecurityGroup*",
          "RevokeSecurityGroup*",
          "ModifySecurityGroupRules",
          "DeleteSecurityGroup",
        ),
        thisGroup,
        ...(enforcementRoleName === undefined ? [] : [notBy(enforcementRoleName)]),
      ),
    ),
    ...(trailName !== undefined && {
      trailChanged: pattern(
        all(
          event("cloudtrail", "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
          // by its name or its ARN
          any(is("requestParameters.name", `*${trailName}`), is("requestParameters.trailName", `*${trailName}`)),
        ),
      ),
    }),
  };
}

const pattern = (condition: string) => `{ ${condition} }`;
const is = (key: string, value: string) => `($.${key} = "${value}")`;
const all = (...conditions: readonly string[]) => conditions.join(" && ");
const any = (...conditions: readonly string[]) =>
  conditions.length === 1 ? (conditions[0] ?? "") : `(${conditions.join(" || ")})`;

function event(service: string, ...names: readonly string[]): string {
  return all(is("eventSource", `${service}.amazonaws.com`), any(...names.map((name) => is("eventName", name))));
}

// who has no role has no such key, and != alone might not hold then
function notBy(roleName: string): string {
  const key = "$.userIdentity.sessionContext.sessionIssuer.userName";
  return any(`(${key} NOT EXISTS)`, `(${key} != "${roleName}")`);
}
