import type { Engine } from "./engine";
import { COMMERCIAL_GENERATIONS } from "./generations";
import { NO_PLAIN_TEXT, only } from "./protected-parameter";

const EDITIONS = { ee: "Enterprise", se: "Standard", web: "Web", ex: "Express" } as const;

type Edition = keyof typeof EDITIONS;

const OLD_TLS = "TLS 1.0 and 1.1 are broken";

/** An edition of SQL Server. source: RDS user guide, "Amazon RDS for Microsoft SQL Server" */
export function sqlServer(edition: Edition): Engine {
  return {
    title: `SQL Server ${EDITIONS[edition]} Edition`,
    versions: { allowed: ["15.00", "16.00"], byDefault: "16.00" },
    versionAdvice: 'write the major version alone and in quotes: "15.00" is SQL Server 2019, "16.00" is 2022',
    family: (version) => `sqlserver-${edition}-${version.replace(/0$/, "")}`,
    port: 1433,
    instanceClass: {
      allowed: edition === "ex" ? ["t3"] : COMMERCIAL_GENERATIONS,
      byDefault: edition === "ex" ? "db.t3.small" : "db.m6i.large",
    },
    // some have spaces and units in them: "max server memory (mb)"
    parameterName: /^[a-z][a-z0-9_. ()-]*$/,
    defaultParameters: {},
    protectedParameters: [
      only("rds.force_ssl", NO_PLAIN_TEXT),
      only("rds.tls10", OLD_TLS, () => "disabled"),
      only("rds.tls11", OLD_TLS, () => "disabled"),
    ],
    // those of RDS are static; of the server's own, pending-reboot is what RDS takes for either
    isStatic: () => true,
    parametersFor: "Forced TLS 1.2",
    // Express has no SQL Server Agent
    logs: edition === "ex" ? ["error"] : ["agent", "error"],
    options: ({ tde }) => (tde ? [{ name: "TRANSPARENT_DATA_ENCRYPTION", settings: {} }] : []),
    hasTde: edition === "ee" || edition === "se",
    hasIamAuthentication: false,
    hasMultiAz: edition !== "ex",
    hasBlueGreenUpdates: false,
    hasReplicas: edition === "ee",
    hasExtendedSupport: false,
    hasPerformanceInsights: () => true,
    licenses: { allowed: ["license-included"], byDefault: "license-included" },
    characterSet: { byDefault: "SQL_Latin1_General_CP1_CI_AS", pattern: /^[A-Za-z0-9_]{1,128}$/ },
    longestPassword: 128,
  };
}
