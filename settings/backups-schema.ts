import { z } from "zod";
import { oneOf, section, setting, text, wholeNumber } from "./fields";

// where a copy goes has no default: it is a decision about where data may be
const crossRegion = section({
  region: text((value) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(value), {
    allowed: "the name of an AWS region, other than the stack's",
    do: "for example eu-central-1",
  }).optional(),
  retentionDays: wholeNumber(1, 35, "days").default(14),
});

const lock = section({
  mode: oneOf(["governance", "compliance"]).default("governance"),
  minRetentionDays: wholeNumber(1, 36_500, "days").default(7),
  maxRetentionDays: wholeNumber(1, 36_500, "days").optional(),
  // AWS takes no fewer
  graceDays: wholeNumber(3, 36_500, "days").default(3),
});

const plan = section({
  retentionDays: wholeNumber(1, 36_500, "days").default(35),
  lock: lock.optional(),
});

/** The `backups` section of a stack file. */
export const backups = section({ crossRegion: crossRegion.optional(), plan: plan.optional() });

/** The `replicas` section. */
export const replicas = section({
  count: wholeNumber(1, 5, "replicas").default(1),
  instanceClass: text((value) => /^db\.[a-z0-9]+\.[a-z0-9]+$/.test(value), {
    allowed: "db.<generation>.<size>",
    do: "leave it out for the primary's",
  }).optional(),
});

const isTime = (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value));

/** `database.restoreFrom`: what the database begins with. */
export const restoreFrom = section({
  snapshot: text(
    (value) => /^(rds:|arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:snapshot:)?[a-zA-Z][\w:-]{0,254}$/.test(value),
    {
      allowed: "the name or ARN of a snapshot",
      do: "aws rds describe-db-snapshots lists them",
    },
  ).optional(),
  resourceId: text((value) => /^db-[A-Z0-9]+$/.test(value), {
    allowed: "the resource id of a database, db- and capital letters and digits",
    do: "aws rds describe-db-instance-automated-backups lists them, those of deleted databases too",
  }).optional(),
  time: setting(
    z.string().refine((value) => value === "latest" || isTime(value)),
    {
      allowed: "latest, or a time in UTC as 2026-03-01T12:00:00Z",
      do: "it must lie within the source's backup retention",
    },
  ).optional(),
  keyArn: text((value) => /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(value), {
    allowed: "the ARN of the key that the source is encrypted with",
    do: "write the key's ARN, not its alias",
  }).optional(),
});
