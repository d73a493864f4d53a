import { join } from "node:path";
import { type Recording, type RecordOptions, record } from "./pulumi-recorder";

const INDEX = join(__dirname, "../../index.ts");

/** The stack's outputs, as `index.ts` exports them. */
export type Outputs = typeof import("../../index");

/** A PCE, as a stack file names it. Its secret is `PCE_SECRET`. */
export const PCE = { host: "pce.example.com", apiKeyId: "api_1234" };

/** Occurs nowhere but in the stack's configuration. */
export const PCE_SECRET = "the-secret-of-the-pce";

/** Stack files that turn on everything that the program can make, a little each. Keys come without their namespace. */
export const STACKS = {
  "with defaults only": {},
  "with a PCE": { pce: PCE, pceApiSecret: PCE_SECRET, alarms: { emails: ["team@example.com"] } },
  "with a secret that exists": {
    pce: { host: PCE.host, credentialsSecretArn: "arn:aws:secretsmanager:us-west-2:111122223333:secret:given-AbCdEf" },
    flowLogs: { scope: "vpc" },
  },
  "with a forwarder in the VPC and a generated password": {
    network: { zones: ["a", "b", "c"], nat: "per-zone" },
    database: { masterPassword: "generated" },
    flowLogs: { scope: "network-interfaces", partitions: { hive: true, hourly: true } },
    forwarder: { inVpc: true },
    pce: { ...PCE, port: 443, cidrs: ["192.0.2.0/24"] },
    pceApiSecret: PCE_SECRET,
    tags: { team: "payments" },
  },
  "with an Illumio side": {
    pce: PCE,
    pceApiSecret: PCE_SECRET,
    illumio: {
      labels: { role: "db", app: "shop", env: "prod" },
      clients: [{ role: "web" }, { role: "job", app: "report" }],
    },
  },
  "with an enforcement": {
    network: { nat: "single" },
    forwarder: { inVpc: true },
    pce: { ...PCE, cidrs: ["192.0.2.0/24"] },
    pceApiSecret: PCE_SECRET,
    illumio: { labels: { role: "db", app: "shop" }, clients: [{ role: "web" }], enforce: "on" },
  },
  "with an audit": {
    pce: PCE,
    pceApiSecret: PCE_SECRET,
    illumio: { labels: { role: "db", app: "shop" }, clients: [{ role: "web" }], enforce: "audit" },
  },
  "with a workload sync": {
    network: { nat: "single" },
    forwarder: { inVpc: true },
    pce: { ...PCE, cidrs: ["192.0.2.0/24"] },
    pceApiSecret: PCE_SECRET,
    illumio: { labels: { role: "db" }, clients: [{ role: "web" }] },
    workloadSync: { labels: { role: "Role", env: { tag: "env", default: "prod" } } },
  },
  "with an audit trail": {
    audit: { trail: "own", knownCidrs: ["10.8.0.0/16"], securityHub: true, guardDuty: true },
    alarms: { emails: ["team@example.com"] },
  },
  "with an audit of a trail that exists": {
    network: { nat: "single" },
    forwarder: { inVpc: true },
    pce: { ...PCE, cidrs: ["192.0.2.0/24"] },
    pceApiSecret: PCE_SECRET,
    illumio: { labels: { role: "db", app: "shop" }, clients: [{ role: "web" }], enforce: "on" },
    audit: { trail: "existing", trailLogGroup: "organization/trail", dashboard: false },
  },
  "with a backfill": {
    pce: PCE,
    pceApiSecret: PCE_SECRET,
    backfill: { concurrency: 4, requestsPerMinute: 200 },
  },
  "with flow logs in CloudWatch Logs": {
    network: { nat: "single" },
    flowLogs: { destination: "cloud-watch-logs" },
    forwarder: { inVpc: true },
    pce: { ...PCE, cidrs: ["192.0.2.0/24"] },
    pceApiSecret: PCE_SECRET,
  },
  "with a public front door": {
    network: { zones: ["a", "b", "c"] },
    frontDoor: { exposure: "public", allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"] },
    pce: PCE,
    pceApiSecret: PCE_SECRET,
  },
  "with an internal front door": {
    network: { nat: "single" },
    frontDoor: {
      exposure: "internal",
      port: 15432,
      allowedCidrs: ["172.16.0.0/12"],
      syncInVpc: true,
      syncMinutes: 15,
    },
  },
  "with database users": {
    databaseUsers: {
      shop_owner: { schema: "shop", privilege: "owner" },
      shop: { schema: "shop", privilege: "write", authentication: "secret" },
      report: { schema: "shop", database: "archive", authentication: "secret" },
    },
  },
  "with an endpoint service": {
    frontDoor: {
      exposure: "privatelink",
      allowedCidrs: ["10.8.0.0/16"],
      allowedPrincipals: ["arn:aws:iam::444455556666:root"],
    },
  },
  "with ways in for people": {
    access: {
      operators: ["role/database-team"],
      readOnly: ["group/support"],
      protect: ["user/ann"],
      connect: { app: ["role/shop"], report: [] },
    },
    bastion: { principals: ["role/database-team"] },
    clientVpn: {
      serverCertificateArn: "arn:aws:acm:us-west-2:111122223333:certificate/11111111-2222-3333-4444-555555555555",
      clientCertificateArn: "arn:aws:acm:us-west-2:111122223333:certificate/66666666-7777-8888-9999-000000000000",
    },
  },
  "with backups elsewhere and replicas": {
    database: { masterPassword: "managed" },
    replicas: { count: 2, instanceClass: "db.r7g.large" },
    backups: { crossRegion: { region: "eu-central-1" }, plan: { lock: { mode: "compliance", maxRetentionDays: 90 } } },
  },
  "with a database restored from a snapshot": { database: { restoreFrom: { snapshot: "orders-before-the-upgrade" } } },
  "with blue/green updates": { database: { masterPassword: "generated", updates: "blue-green" } },
  "with MySQL": { database: { engine: "mysql" } },
  "with MariaDB and a generated password": { database: { engine: "mariadb", masterPassword: "generated" } },
  "with SQL Server": {
    database: { engine: "sqlserver-ee", tde: true, characterSet: "Latin1_General_100_CI_AS_SC" },
    frontDoor: { exposure: "internal", allowedCidrs: ["172.16.0.0/12"] },
  },
  "with Oracle": {
    database: { engine: "oracle-ee-cdb", tde: true, masterPassword: "generated" },
    frontDoor: { exposure: "internal", allowedCidrs: ["172.16.0.0/12"] },
  },
} as const;

export type StackName = keyof typeof STACKS;

const recordings = new Map<string, Promise<Recording<Outputs>>>();

/** One of `STACKS`, recorded once however many tests look at it. */
export function recordStack(stack: StackName): Promise<Recording<Outputs>> {
  const recording = recordings.get(stack) ?? recordProgram(STACKS[stack]);
  recordings.set(stack, recording);
  return recording;
}

/** Runs `index.ts` anew, as `pulumi up` would. Keys of `config` come without their namespace. */
export function recordProgram(
  config: Readonly<Record<string, unknown>>,
  options: RecordOptions = {},
): Promise<Recording<Outputs>> {
  const namespaced = Object.entries(config).map(([key, value]) => [`rds-sightline:${key}`, value] as const);
  return record(
    () => {
      // a module runs once, and each stack needs a run
      delete require.cache[INDEX];
      return require(INDEX) as Outputs;
    },
    { config: Object.fromEntries(namespaced), secretConfig: ["rds-sightline:pceApiSecret"], ...options },
  );
}
