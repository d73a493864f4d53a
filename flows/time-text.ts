/** The last second that a flow log can name. */
const MAX_SECONDS = 2 ** 31 - 1;

// a day, or a time of it: seconds, their parts and the zone may be left out
const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** Unix seconds of a time in ISO 8601, UTC unless it names a zone, or in unix seconds itself; undefined for what is neither. */
export function secondsOf(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text)) return inRange(Number(text));
  const [, day, time = "00:00", zone = "Z"] = ISO.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return undefined;
  // never without a zone: it would be the computer's own
  return inRange(Math.floor(Date.parse(`${day}T${time}${zone}`) / 1000));
}

/** A time as people and programs read it: 2026-01-01T00:00:00Z. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

// Date.parse takes February 30 for March 2
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

function inRange(seconds: number): number | undefined {
  return seconds >= 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}
