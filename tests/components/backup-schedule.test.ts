import assert from "node:assert/strict";
import fc from "fast-check";
import { backupHour, START_WINDOW_MINUTES } from "../../components/backup-schedule";
import { parseDailyWindow, parseWeeklyWindow, windowsOverlap } from "../../settings/windows";

const two = (number: number) => String(number).padStart(2, "0");
const clock = (minute: number) => `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

describe("the hour of AWS Backup", () => {
  it("is the first one after the backup window that keeps clear of both", () => {
    assert.equal(backupHour("03:00-04:00", "sat:00:00-sat:02:00"), 4);
    assert.equal(backupHour("03:10-03:40", "sat:05:00-sat:07:00"), 7);
    assert.equal(backupHour("23:30-00:30", "sun:12:00-sun:13:00"), 1);
  });

  it("never starts in a window, nor within the hour before one, on any day of the week", () => {
    const daily = fc.tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 30, max: 180 }));
    const weekly = fc.tuple(fc.nat(6), fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 30, max: 180 }));
    fc.assert(
      fc.property(daily, weekly, ([from, length], [day, start, long]) => {
        const backup = `${clock(from)}-${clock(from + length)}`;
        const endDay = DAYS[(day + Math.floor((start + long) / 1440)) % 7];
        const maintenance = `${DAYS[day]}:${clock(start)}-${endDay}:${clock(start + long)}`;
        const hour = backupHour(backup, maintenance);

        const busy = { start: hour * 60, end: hour * 60 + START_WINDOW_MINUTES + 60 };
        const week = parseWeeklyWindow(maintenance);
        const each = parseDailyWindow(backup);
        assert.ok(week && each);
        assert.ok(!windowsOverlap(busy, week), `${hour} ${maintenance}`);
        for (const at of [-1440, 0, 1440])
          assert.ok(each.end + at <= busy.start || busy.end <= each.start + at, backup);
      }),
    );
  });
});
