import assert from "node:assert/strict";
import {
  anyResource,
  denyWithoutTls,
  onBehalfOf,
  policyDocument,
  type Statement,
  trustOf,
} from "../../components/policy-documents";

const statement = (changes: Partial<Statement> = {}): Statement => ({
  sid: "Read",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::bucket/*"],
  ...changes,
});

const refusals: readonly { what: string; statements: Statement[]; says: RegExp }[] = [
  { what: "* written as a resource", statements: [statement({ resources: ["*"] })], says: /Read must use anyResource/ },
  { what: "* without a reason", statements: [statement({ resources: anyResource(" ") })], says: /Read must say why/ },
  {
    what: "every action of a service",
    statements: [statement({ actions: ["s3:*"] })],
    says: /Read must name the actions/,
  },
  { what: "every action of all", statements: [statement({ actions: ["*"] })], says: /Read must name the actions/ },
  { what: "everyone allowed", statements: [statement({ principal: "everyone" })], says: /Read must name whom/ },
  { what: "no resource", statements: [statement({ resources: [] })], says: /Read must name a resource/ },
  { what: "no action", statements: [statement({ actions: [] })], says: /Read must name an action/ },
  {
    what: "a sid that IAM refuses",
    statements: [statement({ sid: "read objects" })],
    says: /"read objects" must be letters/,
  },
  { what: "one sid twice", statements: [statement(), statement()], says: /sids must differ, got Read, Read/ },
];

describe("a policy document", () => {
  it("is AWS's JSON, with Allow where nothing else is said", () => {
    const document = policyDocument([
      statement({
        principal: { service: "s3.amazonaws.com" },
        conditions: onBehalfOf("111122223333", "arn:aws:s3:::bucket"),
      }),
    ]);

    assert.deepEqual(JSON.parse(document), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: ["s3:GetObject"],
          Resource: ["arn:aws:s3:::bucket/*"],
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws:s3:::bucket" },
          },
        },
      ],
    });
  });

  it("has every resource only with a reason, which stays in the code", () => {
    const document = policyDocument([statement({ resources: anyResource("there is nothing narrower") })]);

    assert.equal(JSON.parse(document).Statement[0].Resource, "*");
    assert.doesNotMatch(document, /narrower/);
  });

  for (const { what, statements, says } of refusals) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => policyDocument(statements), says);
    });
  }

  it("names every problem at once", () => {
    const bad = [statement({ actions: [] }), statement({ sid: "Write", resources: [] })];

    assert.throws(() => policyDocument(bad), /Read must name an action; Write must name a resource/);
  });

  it("denies everyone, and every action, what comes without TLS", () => {
    const [deny] = JSON.parse(policyDocument([denyWithoutTls(["s3:*"], ["arn:aws:s3:::bucket"])])).Statement;

    assert.deepEqual(deny, {
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: ["arn:aws:s3:::bucket"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  it("lets one service assume a role, and names no resource there", () => {
    assert.deepEqual(JSON.parse(trustOf("lambda.amazonaws.com")).Statement, [
      { Sid: "Assume", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: ["sts:AssumeRole"] },
    ]);
  });
});
