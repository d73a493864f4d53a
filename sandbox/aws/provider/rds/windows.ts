import { RefusedError } from "../resource-type";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/**
 * True when a daily window (`hh:mm-hh:mm`) and a weekly one (`ddd:hh:mm-ddd:hh:mm`) have a minute in common, over midnight and the
 * week's end too. Throws for a window that RDS cannot read or that is shorter than 30 minutes.
 */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const backup = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(daily);
  const maintenance = /^([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)$/.exec(weekly.toLowerCase());
  if (!backup) throw invalid("backup window", daily, "hh:mm-hh:mm");
  if (!maintenance) throw invalid("maintenance window", weekly, "ddd:hh:mm-ddd:hh:mm");
  const start = minuteOf(maintenance[1], maintenance[2]);
  const length = lengthOf(start, minuteOf(maintenance[3], maintenance[4]), WEEK_MINUTES, weekly);
  const backupStart = minuteOf(DAYS[0], backup[1]);
  const backupLength = lengthOf(backupStart, minuteOf(DAYS[0], backup[2]), DAY_MINUTES, daily);

  return DAYS.some((_day, index) => {
    const from = backupStart + index * DAY_MINUTES;
    return after(from, start) < length || after(start, from) < backupLength;
  });
}

// how long after `other` the minute comes, in a week that goes round
const after = (minute: number, other: number): number => (minute - other + WEEK_MINUTES) % WEEK_MINUTES;

function minuteOf(day = "", time = ""): number {
  const [hours, minutes] = time.split(":").map(Number);
  return DAYS.indexOf(day) * DAY_MINUTES + (hours ?? 0) * 60 + (minutes ?? 0);
}

function lengthOf(start: number, end: number, round: number, window: string): number {
  const length = (end - start + round) % round;
  if (length < 30) throw invalid("window", window, "at least 30 minutes");
  return length;
}

const invalid = (what: string, got: string, allowed: string): RefusedError =>
  new RefusedError("InvalidParameterValue", `${what} "${got}" is not valid; it is ${allowed}`);
