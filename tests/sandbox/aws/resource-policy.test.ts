import assert from "node:assert/strict";
import { judge, type ServiceCall } from "../../../sandbox/aws/resource-policy";

const CALL: ServiceCall = {
  service: "delivery.logs.amazonaws.com",
  action: "s3:PutObject",
  resource: "arn:aws:s3:::archive/db/AWSLogs/123456789012/x",
  context: { "aws:SourceAccount": "123456789012", "aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:x" },
};
const ALLOW = {
  Sid: "Write",
  Effect: "Allow",
  Principal: { Service: "delivery.logs.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::archive/db/AWSLogs/123456789012/*",
  Condition: {
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*" },
  },
};
const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

describe("a resource policy", () => {
  it("lets in the service that a statement names, under its conditions", () => {
    assert.equal(judge(policy(ALLOW), CALL).allowed, true);
  });

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    ["another service", { ...ALLOW, Principal: { Service: "s3.amazonaws.com" } }, /no statement lets/],
    ["an account in the service's place", { ...ALLOW, Principal: { AWS: "123456789012" } }, /no statement lets/],
    ["another action", { ...ALLOW, Action: ["s3:GetObject"] }, /no statement lets/],
    ["another folder", { ...ALLOW, Resource: "arn:aws:s3:::archive/AWSLogs/*" }, /no statement lets/],
    [
      "another account",
      { ...ALLOW, Condition: { StringEquals: { "aws:SourceAccount": "1" } } },
      /StringEquals aws:SourceAccount/,
    ],
    ["a key the service does not send", { ...ALLOW, Condition: { Bool: { "aws:Other": "true" } } }, /Bool aws:Other/],
  ];
  for (const [name, statement, because] of refusals) {
    it(`refuses when it names ${name}`, () => {
      const verdict = judge(policy(statement), CALL);

      assert.equal(verdict.allowed, false);
      assert.match(verdict.because, because);
    });
  }

  it("refuses when there is no policy", () => {
    assert.deepEqual(judge(undefined, CALL), { allowed: false, because: "there is no policy" });
  });

  it("lets a deny win over any allow", () => {
    const deny = { Sid: "No", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };

    assert.deepEqual(judge(policy(ALLOW, deny), CALL), { allowed: false, because: "statement No denies it" });
  });

  it("does not count a TLS-only deny against a service", () => {
    const tls = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };

    assert.equal(judge(policy(tls, ALLOW), CALL).allowed, true);
  });

  it("treats only * and ? as wildcards", () => {
    assert.equal(judge(policy({ ...ALLOW, Resource: "arn:aws:s3:::archive?db/*" }), CALL).allowed, true);
    assert.equal(judge(policy({ ...ALLOW, Resource: "arn.aws.s3...archive/db/*" }), CALL).allowed, false);
  });

  it("understands negated, optional and null conditions about missing keys", () => {
    const with_ = (Condition: object) => judge(policy({ ...ALLOW, Condition }), CALL).allowed;

    assert.equal(with_({ StringNotEquals: { "aws:Other": "x" } }), true);
    assert.equal(with_({ StringNotEquals: { "aws:SourceAccount": "123456789012" } }), false);
    assert.equal(with_({ StringEqualsIfExists: { "aws:Other": "x" } }), true);
    assert.equal(with_({ Null: { "aws:Other": "true" } }), true);
    assert.equal(with_({ Null: { "aws:SourceAccount": "true" } }), false);
  });

  it("throws for a condition operator it does not know", () => {
    const strange = { ...ALLOW, Condition: { DateLessThan: { "aws:CurrentTime": "x" } } };

    assert.throws(() => judge(policy(strange), CALL), /DateLessThan/);
  });
});
