import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Enforcement, type EnforcementArgs } from "../../components/enforcement";
import { readConfig } from "../../functions/enforcement/config";
import { OWNER_TAG } from "../../functions/enforcement/security-group";
import { arnOf, codeOf, comesBefore, stackArgs, statementsBySid, statementsOf } from "../support/components";
import { recordStack } from "../support/program";
import { type Recording, record } from "../support/pulumi-recorder";

const FUNCTION = "aws:lambda/function:Function";
const NAME = "rds-sightline-dev-enforcement";
const SECRET = arnOf("secretsmanager", "secret:pce-AbCdEf");
const DATA_SET = "rds-sightline/111122223333/us-west-2/dev";

type Changes = Partial<Omit<EnforcementArgs, "account" | "names" | "identity">>;

const recordings = new Map<string, Promise<Recording<Enforcement>>>();

function recordEnforcement(changes: Changes = {}): Promise<Recording<Enforcement>> {
  const key = JSON.stringify(changes);
  const recording = recordings.get(key) ?? record(() => newEnforcement(changes));
  recordings.set(key, recording);
  return recording;
}

function newEnforcement(changes: Changes): Enforcement {
  return new Enforcement("enforcement", {
    ...stackArgs(),
    mode: "on",
    settings: { labels: { role: "db" }, clients: [{ role: "web" }], enforce: "on", ruleQuota: 60 },
    pce: {
      host: "pce.example.com",
      port: 8443,
      orgId: 7,
      requestsPerMinute: 500,
      caCertificate: "the authority",
      cidrs: [],
      credentials: { secretArn: SECRET },
    },
    identity: { externalDataSet: pulumi.output(DATA_SET), externalDataReference: "database" },
    credentialsSecretArn: SECRET,
    databaseGroupId: "sg-0a1b",
    databasePort: 5432,
    keyArn: "messages-key-arn",
    alarmTopicArn: "topic-arn",
    ...changes,
  });
}

const COMMON = [
  "enforcement-alarm-age",
  "enforcement-alarm-errors",
  "enforcement-alarm-refusals",
  "enforcement-lambda-function",
  "enforcement-lambda-log",
  "enforcement-lambda-policy",
  "enforcement-lambda-role",
  "enforcement-retries",
  "enforcement-schedule",
  "enforcement-schedule-permission",
  "enforcement-schedule-target",
];

describe("an enforcement", () => {
  it("is made of these and nothing else, and has no leave to change rules while it audits", async () => {
    const [on, audit] = [await recordEnforcement(), await recordEnforcement({ mode: "audit" })];

    assert.deepEqual(on.names(), [...COMMON, "enforcement-changes", "enforcement-rules"].sort());
    assert.deepEqual(audit.names(), [...COMMON, "enforcement-first-look"].sort());
    const allowed = audit.all("aws:iam/rolePolicy:RolePolicy").flatMap((policy) => statementsOf(policy));
    assert.deepEqual(
      allowed.map(({ Sid, Action, Resource }) => [Sid, Action, Resource]),
      [
        ["ReadRules", ["ec2:DescribeSecurityGroupRules"], "*"],
        ["ReadPceCredentials", ["secretsmanager:GetSecretValue"], [SECRET]],
        ["Decrypt", ["kms:Decrypt"], ["messages-key-arn"]],
        ["OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [arnOf("logs", `log-group:/aws/lambda/${NAME}:*`)]],
        ["Traces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
      ],
    );
  });

  it("may change the database's group only, and remove only what it tagged", async () => {
    const rules = [arnOf("ec2", "security-group-rule/*")];

    assert.deepEqual(
      statementsOf((await recordEnforcement()).named("enforcement-changes")).map(
        ({ Effect, Action, Resource, Condition }) => [Effect, Action, Resource, Condition],
      ),
      [
        [
          "Allow",
          ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
          [arnOf("ec2", "security-group/sg-0a1b")],
          undefined,
        ],
        [
          "Allow",
          ["ec2:AuthorizeSecurityGroupIngress"],
          rules,
          { StringEquals: { [`aws:RequestTag/${OWNER_TAG}`]: NAME } },
        ],
        [
          "Allow",
          ["ec2:RevokeSecurityGroupIngress"],
          rules,
          { StringEquals: { [`aws:ResourceTag/${OWNER_TAG}`]: NAME } },
        ],
        ["Allow", ["ec2:CreateTags"], rules, { StringEquals: { "ec2:CreateAction": "AuthorizeSecurityGroupIngress" } }],
      ],
    );
  });

  it("has an environment that its function accepts, and the PCE's certificate beside its code", async () => {
    const made = (await recordEnforcement()).one(FUNCTION);
    const { variables } = made.inputs["environment"] as { variables: Record<string, string> };

    assert.deepEqual(readConfig(variables), {
      pce: { host: "pce.example.com", port: 8443, orgId: 7, credentialsSecretArn: SECRET, caFile: "pce-ca.pem" },
      requestsPerMinute: 60,
      mode: "on",
      identity: { externalDataSet: DATA_SET, externalDataReference: "database" },
      groupId: "sg-0a1b",
      port: 5432,
      quota: 60,
      owner: NAME,
    });
    assert.equal((await codeOf(made))["pce-ca.pem"], "the authority");
    assert.equal(made.inputs["reservedConcurrentExecutions"], 1);
  });

  it("runs every five minutes, and keeps nothing that is late", async () => {
    const made = await recordEnforcement();

    assert.equal(made.named("enforcement-schedule").inputs["scheduleExpression"], "rate(5 minutes)");
    assert.deepEqual(made.named("enforcement-retries").inputs, {
      functionName: NAME,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
  });

  it("has its rules for as long as it lives: changed in place, never replaced for another policy or code", async () => {
    const rulesOf = async (changes: Changes) => (await recordEnforcement(changes)).named("enforcement-rules");
    const { inputs, deleteBeforeReplace, additionalSecretOutputs } = await rulesOf({});
    const clients = [{ role: "web" }, { role: "job" }];
    const other = await rulesOf({ settings: { labels: { role: "db" }, clients, enforce: "on", ruleQuota: 60 } });

    assert.deepEqual(Object.keys(inputs).sort(), ["functionName", "input", "lifecycleScope"]);
    assert.equal(inputs["lifecycleScope"], "CRUD");
    assert.notEqual(other.inputs["input"], inputs["input"]);
    assert.equal(deleteBeforeReplace, true);
    assert.deepEqual(additionalSecretOutputs, ["result"]);
    const { triggers: before } = (await recordEnforcement({ mode: "audit" })).named("enforcement-first-look").inputs;
    const { triggers: after } = (await recordEnforcement({ mode: "audit", databaseGroupId: "sg-2c" })).named(
      "enforcement-first-look",
    ).inputs;
    assert.notDeepEqual(before, after);
  });

  it("gives its rules back while it still may, when no more runs are coming and the ways to EC2 are there", async () => {
    const made = await recordStack("with an enforcement");

    // what comes later in an update goes first in a removal
    for (const [first, second] of [
      ["enforcement-changes", "enforcement-rules"],
      ["enforcement-lambda-function", "enforcement-rules"],
      ["enforcement-rules", "enforcement-schedule-target"],
      ["enforcement-rules", "enforcement-alarm-age"],
      // of the component, and so of all that is in it
      ["illumio-policy-provisioning", "enforcement"],
      ["access-forwarder-to-0.0.0.0-0-443-out", "enforcement"],
      ["access-clients-to-database-5432-in", "enforcement"],
      ["network-nat-a", "enforcement"],
    ] as const)
      assert.ok(comesBefore(made, first, second), `${first} before ${second}`);
    const { vpcConfig } = made.named("enforcement-lambda-function").inputs;
    assert.deepEqual((vpcConfig as { securityGroupIds: unknown }).securityGroupIds, ["securityGroup-access-forwarder"]);
  });

  it("is absent unless it is asked for, and its log is let into the key when it is", async () => {
    const isOfIt = (name: string) => name.startsWith("enforcement");
    const off = await recordStack("with an Illumio side");
    const audit = await recordStack("with an audit");

    assert.deepEqual(off.names().filter(isOfIt), []);
    assert.ok(audit.names().includes("enforcement-first-look") && !audit.names().includes("enforcement-changes"));
    const { LogGroups } = statementsBySid(audit.named("messages-key-key"));
    assert.match(JSON.stringify(LogGroups?.Condition), /rds-sightline-dev-enforcement/);
  });
});
