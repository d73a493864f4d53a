import assert from "node:assert/strict";
import {
  bastionStatements,
  type SessionScope,
  shellDocument,
  startSessionStatements,
  tunnelDocument,
} from "../../components/bastion-policies";
import { policyDocument } from "../../components/policy-documents";
import { arnOf } from "../support/components";
import { decision, type IamRequest } from "../support/iam";
import { ACCOUNT } from "../support/plausible-outputs";

const SCOPE: SessionScope = {
  account: ACCOUNT,
  logGroupName: "rds-sightline-dev/sessions",
  keyArn: arnOf("kms", "key/sessions"),
  instanceName: "rds-sightline-dev-bastion",
  stackTags: { "pulumi:project": "rds-sightline", "pulumi:stack": "dev" },
  documentNames: ["rds-sightline-dev-shell", "rds-sightline-dev-tunnel"],
};
const START = policyDocument(startSessionStatements(SCOPE));
const HOST = policyDocument(bastionStatements(SCOPE));

const TAGS = {
  "ssm:resourceTag/pulumi:project": "rds-sightline",
  "ssm:resourceTag/pulumi:stack": "dev",
  "ssm:resourceTag/Name": "rds-sightline-dev-bastion",
};
const CHECKED = { "ssm:SessionDocumentAccessCheck": "true" };
const INSTANCE = arnOf("ec2", "instance/i-0123456789abcdef0");
const document = (name: string) => arnOf("ssm", `document/${name}`);
const session = arnOf("ssm", "session/AROATEST:ann-0123456789abcdef0");
const mine = { "aws:userid": "AROATEST:ann", "ssm:resourceTag/aws:ssmmessages:session-id": "AROATEST:ann" };

const ALLOWED: readonly IamRequest[] = [
  { action: "ssm:StartSession", resource: INSTANCE, context: { ...TAGS, ...CHECKED } },
  { action: "ssm:StartSession", resource: document("rds-sightline-dev-shell") },
  { action: "ssm:StartSession", resource: document("rds-sightline-dev-tunnel") },
  { action: "ssm:TerminateSession", resource: session, context: mine },
  { action: "ssm:ResumeSession", resource: session, context: mine },
];
const DENIED: readonly IamRequest[] = [
  // no document said: the account's own would run
  { action: "ssm:StartSession", resource: INSTANCE, context: { ...TAGS, "ssm:SessionDocumentAccessCheck": "false" } },
  { action: "ssm:StartSession", resource: INSTANCE, context: CHECKED },
  {
    action: "ssm:StartSession",
    resource: INSTANCE,
    context: { ...TAGS, ...CHECKED, "ssm:resourceTag/pulumi:stack": "prod" },
  },
  { action: "ssm:StartSession", resource: INSTANCE, context: { ...TAGS, ...CHECKED, "ssm:resourceTag/Name": "web" } },
  { action: "ssm:StartSession", resource: document("SSM-SessionManagerRunShell") },
  {
    action: "ssm:StartSession",
    resource: document("AWS-StartPortForwardingSessionToRemoteHost"),
  },
  { action: "ssm:StartSession", resource: document("AWS-StartSSHSession") },
  { action: "ssm:TerminateSession", resource: session, context: { ...mine, "aws:userid": "AROATEST:bob" } },
  { action: "ssm:SendCommand", resource: INSTANCE },
  { action: "ssm:UpdateDocument", resource: document("rds-sightline-dev-shell") },
  { action: "ec2:TerminateInstances", resource: INSTANCE },
];

const said = (policy: string, requests: readonly IamRequest[]) =>
  Promise.all(requests.map((request) => decision([policy], request)));

describe("the policy to start sessions", () => {
  it("allows them on this stack's bastion by its two documents, and to end one's own", async () => {
    assert.deepEqual(
      await said(START, ALLOWED),
      ALLOWED.map(() => "Allowed"),
    );
  });

  it("allows no other instance, no other document, nobody else's session, and no command", async () => {
    assert.deepEqual(
      await said(START, DENIED),
      DENIED.map(() => "ImplicitlyDenied"),
    );
  });
});

describe("what the bastion may do", () => {
  const group = arnOf("logs", "log-group:rds-sightline-dev/sessions");
  it("is to hold sessions and to write their log", async () => {
    const requests = [
      { action: "ssmmessages:CreateControlChannel", resource: "*" },
      { action: "ssmmessages:OpenDataChannel", resource: "*" },
      { action: "ssm:UpdateInstanceInformation", resource: INSTANCE },
      { action: "logs:CreateLogStream", resource: `${group}:log-stream:ann-0123` },
      { action: "logs:PutLogEvents", resource: `${group}:log-stream:ann-0123` },
    ];
    assert.deepEqual(
      await said(HOST, requests),
      requests.map(() => "Allowed"),
    );
  });

  it("is nothing else: no secret, no other log, no other instance, no database token", async () => {
    const requests = [
      { action: "secretsmanager:GetSecretValue", resource: arnOf("secretsmanager", "secret:rds!db-0123-AbCdEf") },
      { action: "rds-db:connect", resource: arnOf("rds-db", "dbuser:db-ABC/app") },
      { action: "logs:DeleteLogStream", resource: `${group}:log-stream:ann-0123` },
      { action: "logs:GetLogEvents", resource: `${group}:log-stream:ann-0123` },
      { action: "logs:PutLogEvents", resource: arnOf("logs", "log-group:other:log-stream:x") },
      { action: "ssm:GetParameter", resource: arnOf("ssm", "parameter/secret") },
      { action: "ssm:StartSession", resource: INSTANCE },
    ];
    assert.deepEqual(
      await said(HOST, requests),
      requests.map(() => "ImplicitlyDenied"),
    );
  });
});

describe("the session documents", () => {
  it("log a shell while it lasts, to an encrypted group, encrypt it, and end it when nobody types", () => {
    const { sessionType, inputs } = JSON.parse(
      shellDocument("rds-sightline-dev/sessions", "key-arn", { idleMinutes: 15, maxMinutes: 480 }),
    );

    assert.equal(sessionType, "Standard_Stream");
    assert.deepEqual(
      [inputs.cloudWatchLogGroupName, inputs.cloudWatchEncryptionEnabled, inputs.cloudWatchStreamingEnabled],
      ["rds-sightline-dev/sessions", true, true],
    );
    assert.deepEqual([inputs.kmsKeyId, inputs.runAsEnabled], ["key-arn", false]);
    assert.deepEqual([inputs.idleSessionTimeout, inputs.maxSessionDuration], ["15", "480"]);
  });

  it("tunnel to the database and nowhere else: only the port on one's own computer can be chosen", () => {
    const { sessionType, properties, parameters } = JSON.parse(tunnelDocument("db.example.com", 5432));

    assert.equal(sessionType, "Port");
    assert.deepEqual(properties, {
      portNumber: "5432",
      type: "LocalPortForwarding",
      localPortNumber: "{{ localPortNumber }}",
      host: "db.example.com",
    });
    assert.deepEqual(Object.keys(parameters), ["localPortNumber"]);
    const pattern = new RegExp(parameters.localPortNumber.allowedPattern);
    assert.deepEqual(
      ["0", "5432", "65535", "65536", "99999", "5432; id", ""].map((port) => pattern.test(port)),
      [true, true, true, false, false, false, false],
    );
  });
});
