import { RefusedError } from "../resource-type";

const UNITS = ["minute", "hour", "day"];

/**
 * Refuses a schedule expression that EventBridge would refuse: `rate(1 minute)` but `rate(2 minutes)`.
 *
 * source: EventBridge user guide, "Setting a schedule pattern using a rate expression"
 */
export function requireSchedule(expression: string): void {
  // nothing in the sandbox runs by a calendar
  if (/^cron\(.+\)$/.test(expression)) throw new Error(`the sandbox plays rate(...) schedules, got "${expression}"`);
  const [, value = "", unit = ""] = /^rate\((\d+) ([a-z]+)\)$/.exec(expression) ?? [];
  const wanted = Number(value) === 1 ? UNITS : UNITS.map((each) => `${each}s`);
  if (Number(value) > 0 && wanted.includes(unit)) return;
  throw new RefusedError(
    "ValidationException",
    `parameter ScheduleExpression is not valid: "${expression}"; write rate(1 minute), or rate(5 minutes) for more than one; ` +
      "minutes, hours and days are allowed",
  );
}
