import assert from "node:assert/strict";
import { read, refusal, settingsIn } from "../support/stack-settings";

describe("an audit's settings", () => {
  it("watch logins and no trail, unless a stack file says otherwise", async () => {
    assert.deepEqual((await read()).audit, {
      trail: "none",
      trailRetentionDays: 400,
      knownCidrs: [],
      failedLogins: 10,
      dashboard: true,
      securityHub: false,
      guardDuty: false,
    });
  });

  it("take the log group of a trail that exists", async () => {
    const { audit } = await read({ audit: { trail: "existing", trailLogGroup: "aws-cloudtrail-logs/org.1" } });

    assert.deepEqual([audit.trail, audit.trailLogGroup], ["existing", "aws-cloudtrail-logs/org.1"]);
  });

  for (const [what, audit, says] of [
    ["a trail that exists without its log group", { trail: "existing" }, /got\s+nothing with audit\.trail existing/],
    ["a log group of no trail", { trailLogGroup: "trail" }, /remove it, or set audit\.trail to existing/],
    [
      "a log group of an own trail",
      { trail: "own", trailLogGroup: "trail" },
      /remove it, or set audit\.trail to existing/,
    ],
    [
      "a log group by its ARN",
      { trail: "existing", trailLogGroup: "arn:aws:logs:eu-west-1:1:log-group:x" },
      /the name of the log group/,
    ],
  ] as const) {
    it(`are refused: ${what}`, async () => {
      const error = await refusal({ audit });

      assert.deepEqual(settingsIn(error), ["audit.trailLogGroup"]);
      assert.match(error.message, says);
    });
  }
});
