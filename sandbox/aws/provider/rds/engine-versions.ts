/**
 * Which engine versions RDS offers. The emulator does not answer DescribeDBEngineVersions, so the sandbox brings this table.
 *
 * source: RDS release notes of each engine, as of December 2025; versions past standard support are left out
 */
import type * as aws from "@pulumi/aws";
import type { Plain } from "../resource-type";
import { RefusedError } from "../resource-type";
import type { Properties } from "../wire";

interface Line {
  readonly engine: string;
  readonly major: string;
  readonly family: string;
  /** The minor parts that exist, ascending. */
  readonly minors: readonly (number | string)[];
}

const SQL_SERVERS = ["ee", "se", "web", "ex"].flatMap((edition): Line[] => {
  const engine = `sqlserver-${edition}`;
  return [
    { engine, major: "15.00", family: `${engine}-15.0`, minors: ["4430.1.v1", "4455.2.v1"] },
    { engine, major: "16.00", family: `${engine}-16.0`, minors: ["4210.1.v1", "4225.2.v1"] },
  ];
});

const ORACLES = ["oracle-ee", "oracle-se2", "oracle-ee-cdb", "oracle-se2-cdb"].flatMap((engine): Line[] => {
  const line = (major: string, release: string): Line => {
    return {
      engine,
      major,
      family: `${engine}-${major}`,
      minors: [`0.0.0.ru-2025-07.${release}`, `0.0.0.ru-2025-10.${release}`],
    };
  };
  return engine.endsWith("-cdb") ? [line("19", "rur-1.r1"), line("21", "r1")] : [line("19", "rur-1.r1")];
});

const LINES: readonly Line[] = [
  { engine: "postgres", major: "14", family: "postgres14", minors: [12, 13, 15, 17, 18, 19, 20] },
  { engine: "postgres", major: "15", family: "postgres15", minors: [7, 8, 10, 12, 13, 14, 15] },
  { engine: "postgres", major: "16", family: "postgres16", minors: [3, 4, 6, 8, 9, 10, 11] },
  { engine: "postgres", major: "17", family: "postgres17", minors: [1, 2, 4, 5, 6, 7] },
  { engine: "postgres", major: "18", family: "postgres18", minors: [1] },
  { engine: "mysql", major: "8.0", family: "mysql8.0", minors: [40, 41, 42, 43, 44] },
  { engine: "mysql", major: "8.4", family: "mysql8.4", minors: [3, 4, 5, 6, 7] },
  { engine: "mariadb", major: "10.11", family: "mariadb10.11", minors: [9, 10, 11, 13, 14, 15] },
  { engine: "mariadb", major: "11.4", family: "mariadb11.4", minors: [4, 5, 7, 8, 9] },
  { engine: "mariadb", major: "11.8", family: "mariadb11.8", minors: [3, 5] },
  ...SQL_SERVERS,
  ...ORACLES,
];

/** What RDS's own default is when no version is asked for. */
const DEFAULTS: Readonly<Record<string, string>> = { postgres: "17.6", mysql: "8.4.7", mariadb: "11.4.9" };

const ORACLE_LOGS = ["alert", "audit", "listener", "oemagent", "trace"];

const LOG_TYPES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(ORACLES.map(({ engine }) => [engine, ORACLE_LOGS])),
  ...Object.fromEntries(
    SQL_SERVERS.map(({ engine }) => [engine, engine === "sqlserver-ex" ? ["error"] : ["agent", "error"]]),
  ),
  postgres: ["postgresql", "upgrade", "iam-db-auth-error"],
  mysql: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
  mariadb: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
};

/** One version that RDS offers. */
export interface EngineVersion {
  readonly engine: string;
  /** The full version, for example `17.6`. */
  readonly version: string;
  /** The parameter group family that goes with it. */
  readonly family: string;
  readonly logTypes: readonly string[];
}

/**
 * The version that RDS makes of an asked-for one: a full version is itself, a major one its newest minor, none the default.
 * Throws as RDS does for a version or engine that it does not offer.
 */
export function resolveEngineVersion(engine: string, asked?: string): EngineVersion {
  const wanted = asked ?? DEFAULTS[engine];
  const lines = LINES.filter((line) => line.engine === engine);
  for (const { major, family, minors } of lines) {
    const minor = wanted === major ? minors.at(-1) : minors.find((each) => wanted === `${major}.${each}`);
    if (minor !== undefined) {
      return { engine, version: `${major}.${minor}`, family, logTypes: LOG_TYPES[engine] ?? [] };
    }
  }
  const offered = lines.map(
    ({ major, minors }) => `${major} (${minors.map((minor) => `${major}.${minor}`).join(", ")})`,
  );
  throw new RefusedError(
    "InvalidParameterCombination",
    `cannot find version ${wanted ?? "(none)"} for ${engine}; the sandbox knows ${offered.join("; ") || "no version of it"}`,
  );
}

/** The parameter group families that RDS offers. */
export const engineFamilies = (): readonly string[] => LINES.map((line) => line.family);

/** `aws.rds.getEngineVersion`: the first preferred version that exists, else the asked-for or newest one. */
export async function getEngineVersion(args: Properties): Promise<Properties> {
  const asked = args as unknown as Plain<aws.rds.GetEngineVersionArgs>;
  const found = firstOffered(asked.engine, asked.preferredVersions ?? [], asked.version);
  if (asked.parameterGroupFamily !== undefined && asked.parameterGroupFamily !== found.family) {
    throw new RefusedError(
      "no RDS engine version",
      `${found.version} of ${found.engine} belongs to the family ${found.family}, not to ${asked.parameterGroupFamily}`,
    );
  }
  return {
    id: found.version,
    engine: found.engine,
    version: found.version,
    versionActual: found.version,
    versionDescription: `${found.engine} ${found.version}`,
    engineDescription: found.engine,
    parameterGroupFamily: found.family,
    exportableLogTypes: found.logTypes,
    status: "available",
    supportsLogExportsToCloudwatch: true,
    supportsReadReplica: true,
    supportsGlobalDatabases: false,
    supportsParallelQuery: false,
    supportsCertificateRotationWithoutRestart: true,
    supportedFeatureNames: [],
    supportedModes: [],
    supportedTimezones: [],
    supportedCharacterSets: [],
    supportedCaCertificateIdentifiers: ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"],
    validUpgradeTargets: [],
    validMinorTargets: [],
    validMajorTargets: [],
    defaultCharacterSet: "",
  };
}

function firstOffered(engine: string, preferred: readonly string[], asked: string | undefined): EngineVersion {
  for (const version of preferred) {
    try {
      return resolveEngineVersion(engine, version);
    } catch (cause) {
      if (!(cause instanceof RefusedError)) throw cause;
    }
  }
  if (preferred.length > 0) return resolveEngineVersion(engine, preferred[0]);
  return resolveEngineVersion(engine, asked);
}
