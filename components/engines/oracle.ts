import type { Engine, EngineOption } from "./engine";
import { COMMERCIAL_GENERATIONS } from "./generations";
import { only } from "./protected-parameter";

const EDITIONS = { ee: "Enterprise Edition", se2: "Standard Edition 2" } as const;

type Edition = keyof typeof EDITIONS;

// RDS takes these for itself, and Oracle keeps words of SQL
const TAKEN_NAMES = ["RDSADMIN", "SYS", "SYSTEM", "DB", "DATABASE", "TABLE", "USER", "RDSCDB"];

// Where the listener listens without TLS. Nobody is let in there
const PLAIN_PORT = 1521;

/**
 * An edition of Oracle, with one database or (`isContainer`) in the multitenant architecture.
 *
 * TLS is not a parameter of Oracle's: the option SSL makes a second port, and the first one goes on without. So clients' port is the
 * second, and no security group opens the first. source: RDS user guide, "Oracle Secure Sockets Layer"
 */
export function oracle(edition: Edition, isContainer: boolean): Engine {
  const name = `oracle-${edition}${isContainer ? "-cdb" : ""}`;
  return {
    title: `Oracle ${EDITIONS[edition]}${isContainer ? " (CDB)" : ""}`,
    versions: { allowed: isContainer ? ["19", "21"] : ["19"], byDefault: "19" },
    versionAdvice: isContainer
      ? "write the major version alone: RDS applies release updates by itself"
      : "write 19: from 21 on there is only the multitenant architecture, which the engines that end in -cdb are",
    family: (version) => `${name}-${version}`,
    port: 2484,
    plainPort: PLAIN_PORT,
    instanceClass: { allowed: COMMERCIAL_GENERATIONS, byDefault: "db.m6i.large" },
    databaseName: {
      // RDS writes it in capitals: in small letters it would differ from RDS's at every update
      isAllowed: (text) => /^[A-Z][A-Z0-9]{0,7}$/.test(text) && !TAKEN_NAMES.includes(text),
      allowed: `1 to 8 capital letters and digits, a letter first, and none of ${TAKEN_NAMES.join(", ")}`,
      byDefault: "APP",
    },
    parameterName: /^[a-z_][a-z0-9_.]*$/,
    defaultParameters: {},
    // xml, not db: rows in a table can't be exported, and whoever can write them can delete them. Not extended, which has the statements
    protectedParameters: [only("audit_trail", "who did what is to be seen in the exported log", () => "xml")],
    // most are, and pending-reboot is what RDS takes for either
    isStatic: () => true,
    parametersFor: "Audit trail in files, which are exported",
    logs: ["alert", "audit", "listener", "trace"],
    options: ({ port, tde, caCertificate }) => [
      tlsOption(port, caCertificate),
      ...(tde ? [{ name: "TDE", settings: {} }] : []),
    ],
    hasTde: edition === "ee",
    hasIamAuthentication: false,
    hasMultiAz: true,
    hasBlueGreenUpdates: false,
    hasReplicas: edition === "ee",
    hasExtendedSupport: false,
    hasPerformanceInsights: () => true,
    licenses:
      edition === "ee"
        ? { allowed: ["bring-your-own-license"], byDefault: "bring-your-own-license" }
        : { allowed: ["license-included", "bring-your-own-license"], byDefault: "license-included" },
    characterSet: { byDefault: "AL32UTF8", pattern: /^[A-Z0-9]{1,30}$/ },
    longestPassword: 30,
  };
}

function tlsOption(port: number, caCertificate: string): EngineOption {
  const signature = caCertificate.includes("ecc") ? "ECDSA" : "RSA";
  return {
    name: "SSL",
    port,
    settings: {
      "SQLNET.SSL_VERSION": "1.2",
      // RDS's own default is without forward secrecy
      "SQLNET.CIPHER_SUITE": `TLS_ECDHE_${signature}_WITH_AES_256_GCM_SHA384`,
    },
  };
}
