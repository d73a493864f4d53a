import assert from "node:assert/strict";
import { arnOf, comesBefore, statementsOf } from "../support/components";
import { IDENTIFIER, recordDatabase } from "../support/database";

describe("a database's monitoring role", () => {
  it("is for this instance alone", async () => {
    const made = await recordDatabase();

    assert.deepEqual(statementsOf(made.named("database-monitoring-role"), "assumeRolePolicy"), [
      {
        Sid: "Assume",
        Effect: "Allow",
        Principal: { Service: "monitoring.rds.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": arnOf("rds", `db:${IDENTIFIER}`) },
        },
      },
    ]);
  });

  it("may write the metrics of RDS in this account and region, and nothing else", async () => {
    const made = await recordDatabase();

    assert.deepEqual(statementsOf(made.named("database-monitoring-policy")), [
      {
        Sid: "LogGroups",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
        Resource: [arnOf("logs", "log-group:RDS*")],
      },
      {
        Sid: "LogStreams",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
        Resource: [arnOf("logs", "log-group:RDS*:log-stream:*")],
      },
    ]);
  });

  it("has its permissions before the instance is given it", async () => {
    assert.ok(comesBefore(await recordDatabase(), "database-monitoring-policy", "database-instance"));
  });
});
