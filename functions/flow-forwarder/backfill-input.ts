/** What a backfill is started with: which flow logs of the archive. */
export interface BackfillInput {
  /** Of their keys. */
  readonly prefix: string;
  /** Not those before this moment, such as 2026-10-01T00:00:00Z. */
  readonly from?: string;
  /** Not those of this moment, nor later ones. */
  readonly to?: string;
}

/** An input that nobody means: it is not tried again. */
export class BackfillInputError extends Error {
  override readonly name = "BackfillInputError";
}

const KEYS = ["prefix", "from", "to"];

// source:  VPC flow logs, "Flow log files": the five minutes that a file is about are in its name, in UTC
// example: 123456789012_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20261001T0005Z_0a1b2c3d.log.gz
const TIME_IN_NAME = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/;

/**
 * Tells of a key whether it is in the times of the input. A key that says no time is.
 * @throws BackfillInputError for a key of the input that is not known, since without it everything would be in it, and for no moment
 */
export function inTimesOf(input: Readonly<Record<string, unknown>>): (key: string) => boolean {
  const strange = Object.keys(input).filter((key) => !KEYS.includes(key));
  if (strange.length > 0) {
    throw new BackfillInputError(
      `the input has ${strange.join(", ")}; it may have ${KEYS.join(", ")}; correct it and start the backfill anew`,
    );
  }
  const from = momentOf("from", input["from"]) ?? Number.NEGATIVE_INFINITY;
  const to = momentOf("to", input["to"]) ?? Number.POSITIVE_INFINITY;
  if (from >= to) {
    throw new BackfillInputError(`the input's from must be before its to, got ${JSON.stringify(input)}`);
  }
  return (key) => {
    const [, year, month, day, hour, minute] = TIME_IN_NAME.exec(key) ?? [];
    if (year === undefined) return true;
    const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
    return Number.isNaN(time) || (time >= from && time < to);
  };
}

function momentOf(name: string, given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const moment = typeof given === "string" ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw new BackfillInputError(
      `the input's ${name} must be a moment such as 2026-10-01T00:00:00Z, got ${JSON.stringify(given)}`,
    );
  }
  return moment;
}
