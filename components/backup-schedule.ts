import { parseDailyWindow, parseWeeklyWindow, type TimeWindow } from "../settings/windows";

const HOUR = 60;
const DAY = 24 * HOUR;

/** Minutes that AWS Backup gets to start, from the hour on. */
export const START_WINDOW_MINUTES = HOUR;

/**
 * The hour of each day, in UTC, at which AWS Backup may start: no window of RDS's is open then, or opens before a backup that starts at the
 * last moment is an hour old. A job "inside or too close to" the automated backup window fails (AWS Backup guide, "Troubleshooting"); how
 * close that is, no source says, so it is an hour here. The first such hour after the backup window. Pure.
 */
export function backupHour(backupWindow: string, maintenanceWindow: string): number {
  const daily = parseDailyWindow(backupWindow);
  const weekly = parseWeeklyWindow(maintenanceWindow);
  if (daily === undefined || weekly === undefined) throw new Error("windows that are none passed the settings");

  const first = Math.ceil(daily.end / HOUR);
  const hours = Array.from({ length: 24 }, (_, later) => (first + later) % 24);
  const free = hours.find((hour) => !overlaps(hour * HOUR, daily) && !overlaps(hour * HOUR, ofEachDay(weekly)));
  // a maintenance window is under a day long; when the two leave no hour, the backup window alone is heeded: six days of seven are free
  return free ?? hours.find((hour) => !overlaps(hour * HOUR, daily)) ?? first % 24;
}

const ofEachDay = ({ start, end }: TimeWindow): TimeWindow => ({
  start: start % DAY,
  end: (start % DAY) + end - start,
});

function overlaps(start: number, window: TimeWindow): boolean {
  const end = start + START_WINDOW_MINUTES + HOUR;
  return [-1, 0, 1].some((day) => window.start + day * DAY < end && start < window.end + day * DAY);
}
