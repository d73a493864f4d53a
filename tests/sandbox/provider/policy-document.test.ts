import assert from "node:assert/strict";
import { getPolicyDocument } from "../../../sandbox/aws/provider/iam/policy-document";

const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q";

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
