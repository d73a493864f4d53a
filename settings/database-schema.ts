import { z } from "zod";
import { isDatabaseName } from "./database-names";
import { oneOf, section, setting, text, wholeNumber } from "./fields";
import * as values from "./values";
import { parseDailyWindow, parseWeeklyWindow } from "./windows";

/** The `database` section of a stack file. */
export const database = section({
  engine: oneOf(["postgres"]).default("postgres"),
  engineVersion: setting(z.union([z.string(), z.int().transform(String)]).pipe(z.enum(values.POSTGRES_MAJORS)), {
    allowed: `a major version of PostgreSQL: ${values.POSTGRES_MAJORS.join(", ")}`,
    do: "write the major version alone: RDS upgrades the minor one by itself, and would later refuse a pinned one as a downgrade",
  }).default("17"),
  instanceClass: text(values.isInstanceClass, {
    allowed: `db.<generation>.<size>, of the generations that run PostgreSQL encrypted: ${values.INSTANCE_GENERATIONS.join(", ")}`,
    do: "write it with its prefix and its size, for example db.m7g.large",
  }).default("db.m7g.large"),
  // can't change: RDS makes the database with the instance, and the instance is never replaced
  name: text(isDatabaseName, {
    allowed:
      "1 to 63 letters, digits and underscores, a letter first, and not a word that PostgreSQL or RDS keeps for itself",
    do: "choose another name, for example app",
  }).default("app"),
  port: wholeNumber(1150, 65535).default(5432),
  storageGb: wholeNumber(20, 65536, "GiB").default(100),
  maxStorageGb: wholeNumber(20, 65536, "GiB").default(200),
  masterPassword: oneOf(["managed", "generated"]).default("managed"),
  backupRetentionDays: wholeNumber(7, 35, "days").default(14),
  backupWindow: text((value) => parseDailyWindow(value) !== undefined, {
    allowed: "hh:mm-hh:mm in UTC, 30 minutes or longer",
    do: "for example 03:00-04:00",
  }).default("03:00-04:00"),
  maintenanceWindow: text((value) => parseWeeklyWindow(value) !== undefined, {
    allowed: "ddd:hh:mm-ddd:hh:mm in UTC with days in small letters, 30 minutes or longer and under 24 hours",
    do: "for example sat:00:00-sat:02:00",
  }).default("sat:00:00-sat:02:00"),
  // 0 would turn enhanced monitoring off
  monitoringIntervalSeconds: oneOf([1, 5, 10, 15, 30, 60]).default(60),
  performanceInsightsRetentionDays: setting(z.int().refine(values.isPerformanceInsightsRetention), {
    allowed: "7, a multiple of 31 from 31 to 713, or 731",
    do: "7 is free of charge; choose a longer one if you compare months",
  }).default(7),
  caCertificate: oneOf(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"]).default("rds-ca-rsa2048-g1"),
  parameters: setting(
    z.record(z.string().regex(/^[a-z][a-z0-9_.]*$/), z.union([z.string(), z.number().transform(String)])),
    {
      allowed: "PostgreSQL parameter names in small letters, each with a text or a number",
      do: 'for example {"work_mem": "65536"}',
    },
  ).default({}),
});
