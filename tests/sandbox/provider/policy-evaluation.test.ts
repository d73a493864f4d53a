import assert from "node:assert/strict";
import { getPolicyDocument } from "../../../sandbox/aws/provider/iam/policy-document";
import { allows, rolePrincipals } from "../../../sandbox/aws/provider/iam/policy-evaluation";

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q";
const send = { principal: "s3.amazonaws.com", action: "sqs:SendMessage", resource: QUEUE };
const fromS3 = {
  Effect: "Allow",
  Principal: { Service: "s3.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: QUEUE,
};

describe("policy evaluation", () => {
  it("allows what a statement allows, and nothing without one", () => {
    assert.equal(allows([document(fromS3)], send), true);
    assert.equal(allows([document()], send), false);
    assert.equal(allows([], send), false);
  });

  const NOT_MATCHING: readonly (readonly [string, object])[] = [
    ["another principal", { ...fromS3, Principal: { Service: "sns.amazonaws.com" } }],
    ["another action", { ...fromS3, Action: ["sqs:ReceiveMessage"] }],
    ["another resource", { ...fromS3, Resource: `${QUEUE}-dead` }],
    [
      "a condition on a key that the request lacks",
      { ...fromS3, Condition: { StringEquals: { "aws:SourceAccount": "1" } } },
    ],
  ];
  for (const [what, statement] of NOT_MATCHING) {
    it(`does not allow ${what}`, () => {
      assert.equal(allows([document(statement)], send), false);
    });
  }

  it("lets a denial win", () => {
    const deny = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "*" };

    assert.equal(allows([document(fromS3, deny)], send), false);
  });

  it("reads wildcards in actions, whatever their case, in resources and in ARN conditions", () => {
    const wide = {
      ...fromS3,
      Action: "SQS:Send*",
      Resource: "arn:aws:sqs:*:123456789012:?",
      Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::logs-*" } },
    };

    assert.equal(allows([document(wide)], { ...send, context: { "aws:SourceArn": "arn:aws:s3:::logs-1" } }), true);
    assert.equal(allows([document(wide)], { ...send, context: { "aws:SourceArn": "arn:aws:s3:::other" } }), false);
  });

  it("does not apply a TLS denial to a request over TLS", () => {
    const Condition = { Bool: { "aws:SecureTransport": "false" } };
    const deny = { Effect: "Deny", Principal: "*", Action: "*", Resource: "*", Condition };
    const over = (secure: string) => ({ ...send, context: { "aws:SecureTransport": secure } });

    assert.equal(allows([document(fromS3, deny)], over("true")), true);
    assert.equal(allows([document(fromS3, deny)], over("false")), false);
  });

  it("takes the account's root for each of its identities", () => {
    const root = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "kms:*",
      Resource: "*",
    };
    const by = (principal: string) => ({ principal, action: "kms:Decrypt", resource: "*" });

    assert.equal(allows([document(root)], by("arn:aws:iam::123456789012:role/r")), true);
    assert.equal(allows([document(root)], by("arn:aws:iam::999999999999:role/r")), false);
  });

  it("does not guess at a condition operator that it does not know", () => {
    const odd = { ...fromS3, Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-01-01" } } };

    assert.throws(() => allows([document(odd)], { ...send, context: { "aws:CurrentTime": "x" } }), /DateGreaterThan/);
  });

  it("finds the roles that a policy names", () => {
    const arn = "arn:aws:iam::123456789012:role/r";

    assert.deepEqual(rolePrincipals(document({ ...fromS3, Principal: { AWS: [arn, "arn:aws:iam::1:root"] } })), [arn]);
  });
});

describe("getPolicyDocument", () => {
  it("writes statements as the AWS provider does", async () => {
    const { json } = await getPolicyDocument({
      statements: [
        {
          sid: "Send",
          actions: ["sqs:SendMessage"],
          resources: [QUEUE, `${QUEUE}2`],
          principals: [{ type: "Service", identifiers: ["s3.amazonaws.com"] }],
          conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["123456789012"] }],
        },
      ],
    });

    assert.deepEqual(JSON.parse(String(json)), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Send",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: [QUEUE, `${QUEUE}2`],
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    });
  });
});
