/** A stretch of time in UTC, in minutes. `end` may lie past the end of the day or week that `start` is in. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

// RDS refuses shorter windows
const SHORTEST = 30;

/**
 * Reads RDS's daily window.
 *
 * format:  hh24:mi-hh24:mi, UTC, at least 30 minutes (RDS API reference, PreferredBackupWindow)
 * example: 23:30-00:30
 */
export function parseDailyWindow(text: string): TimeWindow | undefined {
  const [from, to, ...rest] = text.split("-").map(parseTime);
  return rest.length === 0 ? window(from, to, DAY, DAY) : undefined;
}

/**
 * Reads RDS's weekly window, with days in small letters as RDS stores them (others would differ at every update).
 *
 * format:  ddd:hh24:mi-ddd:hh24:mi, UTC, at least 30 minutes and under 24 hours (RDS API reference, PreferredMaintenanceWindow)
 * example: sat:00:00-sat:02:00
 */
export function parseWeeklyWindow(text: string): TimeWindow | undefined {
  const [from, to, ...rest] = text.split("-").map(parseDayAndTime);
  return rest.length === 0 ? window(from, to, WEEK, DAY) : undefined;
}

/** True when a window of every day and a window of every week share a minute, which RDS refuses. */
export function windowsOverlap(daily: TimeWindow, weekly: TimeWindow): boolean {
  // a day early and a week on, for windows that run past midnight or past Sunday
  for (let day = -1; day <= 7; day += 1) {
    const start = daily.start + day * DAY;
    const end = daily.end + day * DAY;
    if (start < weekly.end && weekly.start < end) return true;
  }
  return false;
}

function window(
  from: number | undefined,
  to: number | undefined,
  period: number,
  longest: number,
): TimeWindow | undefined {
  if (from === undefined || to === undefined) return undefined;
  const end = to > from ? to : to + period;
  return end - from >= SHORTEST && end - from < longest ? { start: from, end } : undefined;
}

function parseTime(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * HOUR + Number(match[2]);
}

function parseDayAndTime(text: string): number | undefined {
  const day = DAYS.indexOf(text.slice(0, 3));
  const time = text[3] === ":" ? parseTime(text.slice(4)) : undefined;
  return day === -1 || time === undefined ? undefined : day * DAY + time;
}
