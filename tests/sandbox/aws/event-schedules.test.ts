import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { EventSchedules, rateMinutes } from "../../../sandbox/aws/event-schedules";
import type { DeployedRule } from "../../../sandbox/aws/registry";

const MINUTE_MS = 40;
const every = (scheduleExpression: string, name = "rule"): DeployedRule => ({
  name,
  arn: `arn:${name}`,
  enabled: true,
  scheduleExpression,
});

describe("a schedule", () => {
  const RATES: readonly (readonly [string, number | undefined])[] = [
    ["rate(1 minute)", 1],
    ["rate(5 minutes)", 5],
    ["rate(15 minutes)", 15],
    ["rate(1 minutes)", undefined],
    ["rate(5 minute)", undefined],
    ["rate(0 minutes)", undefined],
    ["rate(1 hour)", 60],
    ["rate(2 days)", 2880],
    ["rate(1 hours)", undefined],
    ["rate(2 weeks)", undefined],
    ["cron(0 * * * ? *)", undefined],
  ];
  for (const [expression, minutes] of RATES) {
    it(`${expression} is ${minutes === undefined ? "not played" : `${minutes} minutes`}`, () =>
      assert.equal(rateMinutes(expression), minutes));
  }

  const open = () => {
    const due: string[] = [];
    const problems: string[] = [];
    const schedules = new EventSchedules({
      minuteMs: MINUTE_MS,
      due: async ({ name }) => void due.push(name),
      problem: (what) => problems.push(what),
    });
    return { due, problems, schedules };
  };

  it("runs once a period, from one period after the rule appeared until the rule goes", async () => {
    const { due, schedules } = open();

    schedules.follow([every("rate(2 minutes)")]);
    await sleep(MINUTE_MS);
    const atFirst = due.length;
    await sleep(MINUTE_MS * 4);
    schedules.follow([]);
    const then = due.length;
    await sleep(MINUTE_MS * 3);

    assert.equal(atFirst, 0);
    assert.ok(then >= 1 && then <= 3, `${then} times in five minutes`);
    assert.equal(due.length, then);
  });

  it("keeps its rhythm when other rules change, and takes up a new rate", async () => {
    const { due, schedules } = open();
    schedules.follow([every("rate(2 minutes)")]);

    for (let times = 0; times < 6; times += 1) {
      await sleep(MINUTE_MS / 2);
      schedules.follow([every("rate(2 minutes)"), every("rate(100 minutes)", `other-${times}`)]);
    }
    const inTime = due.length;
    schedules.follow([every("rate(100 minutes)")]);
    await sleep(MINUTE_MS * 4);

    await schedules.stop();
    assert.ok(inTime >= 1, "three minutes hold a period of two");
    assert.equal(due.length, inTime);
  });

  it("that is not played is told, not ignored", async () => {
    const { problems, schedules } = open();

    schedules.follow([every("cron(0 * * * ? *)")]);

    await schedules.stop();
    assert.deepEqual(problems, [
      "can not play the schedule of rule rule: cron(0 * * * ? *) is not rate(<n> minutes), hours or days",
    ]);
  });
});
