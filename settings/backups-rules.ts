import { isOfGeneration } from "../components/engines/engine";
import { ENGINE_NAMES, engineNamed } from "../components/engines/engines";
import { shown } from "./problems";
import type { Rule } from "./rules";

const RESTORE = ["", ".snapshot", ".resourceId", ".time", ".keyArn"].map((key) => `database.restoreFrom${key}`);

/** What must hold between the keys of backups, restores, replicas and ways to update. */
export const BACKUPS_RULES: readonly Rule[] = [
  {
    reads: ["backups.crossRegion.region"],
    check: ({ backups }) =>
      backups?.crossRegion !== undefined && backups.crossRegion.region === undefined
        ? {
            what: "backups.crossRegion.region",
            got: "nothing",
            allowed: "the region that backups are copied to",
            do: "for example eu-central-1, or remove backups.crossRegion",
          }
        : undefined,
  },
  {
    reads: ["backups.plan.retentionDays", "backups.plan.lock.minRetentionDays", "backups.plan.lock.maxRetentionDays"],
    check: ({ backups }) => {
      const { lock, retentionDays = 0 } = backups?.plan ?? {};
      if (lock === undefined) return undefined;
      const { minRetentionDays: least, maxRetentionDays: most = Number.POSITIVE_INFINITY } = lock;
      if (retentionDays >= least && retentionDays <= most) return undefined;
      return {
        what: "backups.plan.retentionDays",
        got: `${retentionDays} with a lock that holds backups from ${least} to ${most} days`,
        allowed: "days within the lock",
        do: "raise or lower one of them: AWS Backup would make no backup at all",
      };
    },
  },
  {
    reads: RESTORE,
    check: ({ database: { restoreFrom } }) => {
      if (
        restoreFrom === undefined ||
        (restoreFrom.snapshot === undefined) !== (restoreFrom.resourceId === undefined)
      ) {
        return undefined;
      }
      return {
        what: "database.restoreFrom",
        got:
          restoreFrom.snapshot === undefined ? "neither a snapshot nor a resourceId" : "both snapshot and resourceId",
        allowed: "exactly one of the two",
        do: "name a snapshot; or a database by its resourceId, with a time",
      };
    },
  },
  {
    reads: RESTORE,
    check: ({ database: { restoreFrom } }) => {
      const { resourceId, time, keyArn } = restoreFrom ?? {};
      const isPointInTime = resourceId !== undefined;
      if (
        restoreFrom === undefined ||
        (isPointInTime === (time !== undefined) && isPointInTime === (keyArn !== undefined))
      )
        return undefined;
      return {
        what: "database.restoreFrom",
        got: `${Object.keys(restoreFrom).join(", ")}`,
        allowed: "resourceId with time and keyArn, or snapshot without them",
        do: "a point in time keeps the source's key, so name it; a snapshot is copied, and gets the stack's own",
      };
    },
  },
  {
    reads: ["database.restoreFrom", "database.masterPassword"],
    check: ({ database: { restoreFrom, masterPassword } }) =>
      restoreFrom !== undefined && masterPassword === "generated"
        ? {
            what: "database.masterPassword",
            got: "generated with database.restoreFrom",
            allowed: "managed",
            do: "leave it out: the master user's name comes with the data, and RDS alone knows it",
          }
        : undefined,
  },
  {
    reads: ["database.restoreFrom", "database.characterSet"],
    check: ({ database: { restoreFrom, characterSet } }) =>
      restoreFrom !== undefined && characterSet !== undefined
        ? {
            what: "database.characterSet",
            got: `${characterSet} with database.restoreFrom`,
            allowed: "nothing",
            do: "remove it: it comes with the data",
          }
        : undefined,
  },
  {
    reads: ["database.engine", "database.updates"],
    check: ({ database: { engine, updates } }) =>
      updates === "blue-green" && !engineNamed(engine).hasBlueGreenUpdates
        ? {
            what: "database.updates",
            got: `blue-green with ${engineNamed(engine).title}`,
            allowed: `in-place, or blue-green with ${enginesThat("hasBlueGreenUpdates")}`,
            do: "remove it",
          }
        : undefined,
  },
  {
    reads: ["database.masterPassword", "database.updates"],
    check: ({ database: { masterPassword, updates } }) =>
      updates === "blue-green" && masterPassword === "managed"
        ? {
            what: "database.updates",
            got: "blue-green with database.masterPassword managed",
            allowed: "in-place, or blue-green with masterPassword generated",
            do: "choose one: RDS makes no blue/green deployment of a database whose secret it keeps",
          }
        : undefined,
  },
  {
    reads: ["database.updates", "replicas", "backups.crossRegion"],
    check: ({ database: { updates }, replicas, backups }) =>
      updates === "blue-green" && (replicas !== undefined || backups?.crossRegion !== undefined)
        ? {
            what: "database.updates",
            got: `blue-green with ${replicas === undefined ? "backups.crossRegion" : "replicas"}`,
            allowed: "in-place, or blue-green without replicas and backups.crossRegion",
            do: "choose one: what belongs to the old database would not follow to the new one",
          }
        : undefined,
  },
  {
    reads: ["database.engine", "replicas"],
    check: ({ database: { engine }, replicas }) =>
      replicas !== undefined && !engineNamed(engine).hasReplicas
        ? {
            what: "replicas",
            got: `replicas with ${engineNamed(engine).title}`,
            allowed: `none, or some with ${enginesThat("hasReplicas")}`,
            do: "remove it",
          }
        : undefined,
  },
  {
    reads: ["database.engine", "replicas.instanceClass"],
    check: ({ database: { engine }, replicas }) => {
      const { title, instanceClass, hasPerformanceInsights } = engineNamed(engine);
      const given = replicas?.instanceClass;
      if (given === undefined || (isOfGeneration(instanceClass.allowed, given) && hasPerformanceInsights(given)))
        return undefined;
      return {
        what: "replicas.instanceClass",
        got: shown(given),
        allowed: `a class that runs ${title} with Performance Insights`,
        do: `leave it out for the primary's, or write another, for example ${instanceClass.byDefault}`,
      };
    },
  },
];

function enginesThat(can: "hasBlueGreenUpdates" | "hasReplicas"): string {
  return ENGINE_NAMES.filter((name) => engineNamed(name)[can]).join(", ");
}
