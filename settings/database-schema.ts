import { z } from "zod";
import { LICENSES } from "../components/engines/engine";
import { ENGINE_NAMES, engineNamed } from "../components/engines/engines";
import { restoreFrom } from "./backups-schema";
import { oneOf, section, setting, text, trueOrFalse, wholeNumber } from "./fields";
import * as values from "./values";
import { parseDailyWindow, parseWeeklyWindow } from "./windows";

// What depends on the engine is optional here, filled in below and checked by engine-rules.ts
const database = section({
  engine: oneOf(ENGINE_NAMES).default("postgres"),
  engineVersion: setting(z.union([z.string(), z.number().transform(String)]), {
    allowed: "a major version of the engine",
    do: 'write it in quotes, for example "17"',
  }).optional(),
  instanceClass: text((value) => /^db\.[a-z0-9]+\.[a-z0-9]+$/.test(value), {
    allowed: "db.<generation>.<size>",
    do: "write it with its prefix and its size, for example db.m7g.large",
  }).optional(),
  // can't change: RDS makes the database with the instance, and the instance is never replaced
  name: text((value) => value !== "", {
    allowed: "the name of the first database, as the engine takes it",
    do: "choose another name, for example app",
  }).optional(),
  port: wholeNumber(1150, 65535).optional(),
  license: oneOf(LICENSES).optional(),
  characterSet: text((value) => value !== "", {
    allowed: "a character set or collation of Oracle or SQL Server",
    do: "leave it out for the engine's usual one",
  }).optional(),
  tde: trueOrFalse().default(false),
  updates: oneOf(["in-place", "blue-green"]).default("in-place"),
  restoreFrom: restoreFrom.optional(),
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
    z.record(z.string().regex(/^[a-z_][a-z0-9_. ()-]*$/), z.union([z.string(), z.number().transform(String)])),
    {
      allowed: "the engine's parameter names in small letters, each with a text or a number",
      do: 'for example {"work_mem": "65536"}',
    },
  ).default({}),
});

/** The `database` section of a stack file, with what the engine says where the stack file says nothing. */
export const databaseSchema = database.transform(({ engineVersion, instanceClass, name, port, license, ...given }) => {
  const engine = engineNamed(given.engine);
  const named = name ?? engine.databaseName?.byDefault;
  const licensed = license ?? engine.licenses?.byDefault;
  return {
    ...given,
    engineVersion: engineVersion ?? engine.versions.byDefault,
    instanceClass: instanceClass ?? engine.instanceClass.byDefault,
    ...(named !== undefined && { name: named }),
    port: port ?? engine.port,
    ...(licensed !== undefined && { license: licensed }),
  };
});
