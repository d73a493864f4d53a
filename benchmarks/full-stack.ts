import type { ConfigValue } from "../sandbox/engine/operation";

type Config = Readonly<Record<string, ConfigValue>>;

const certificate = (digit: string) =>
  `arn:aws:acm:us-west-2:111122223333:certificate/${digit.repeat(8)}-1111-2222-3333-${digit.repeat(12)}`;

/** A stack file with everything on that the program can make; `config` is the sandbox's own. */
export function fullStack(config: Config): Config {
  const pce = config["rds-sightline:pce"] as Config;
  return {
    ...config,
    "rds-sightline:network": { zones: ["a", "b", "c"], nat: "per-zone" },
    "rds-sightline:frontDoor": { exposure: "internal", allowedCidrs: ["172.16.0.0/12"], syncInVpc: true },
    "rds-sightline:flowLogs": { partitions: { hive: true, hourly: true } },
    "rds-sightline:forwarder": { inVpc: true, quarantine: true },
    "rds-sightline:database": { masterPassword: "generated" },
    "rds-sightline:replicas": { count: 2 },
    "rds-sightline:backups": { crossRegion: { region: "eu-central-1" }, plan: { lock: { mode: "governance" } } },
    "rds-sightline:databaseUsers": {
      shop_owner: { schema: "shop", privilege: "owner" },
      shop: { schema: "shop", privilege: "write", authentication: "secret" },
      report: { schema: "shop", authentication: "secret" },
    },
    "rds-sightline:audit": { trail: "own", securityHub: true, guardDuty: true },
    "rds-sightline:pce": { ...pce, cidrs: ["192.0.2.0/24"], requestsPerMinute: 1000 },
    "rds-sightline:backfill": { concurrency: 2 },
    "rds-sightline:illumio": {
      labels: { role: "db", app: "shop", env: "prod", loc: "eu" },
      clients: [{ role: "web" }, { role: "job", app: "report" }],
      enforce: "on",
    },
    "rds-sightline:workloadSync": { labels: { role: "Role" } },
    "rds-sightline:access": {
      operators: ["role/database-team"],
      readOnly: ["group/support"],
      protect: ["user/ann"],
      connect: { app: ["role/shop"] },
    },
    "rds-sightline:bastion": { principals: ["role/database-team"] },
    "rds-sightline:clientVpn": { serverCertificateArn: certificate("a"), clientCertificateArn: certificate("b") },
    "rds-sightline:alarms": { emails: ["team@example.com"] },
  };
}
