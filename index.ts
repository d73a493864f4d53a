import * as pulumi from "@pulumi/pulumi";
import { Access } from "./components/access";
import { wayToSecrets } from "./components/access-rules";
import { currentAccount } from "./components/account";
import { Alarms } from "./components/alarms";
import { Audit } from "./components/audit";
import { Backfill } from "./components/backfill";
import { BackupPlan } from "./components/backup-plan";
import { BASTION_SERVICES } from "./components/bastion";
import { Dashboard } from "./components/dashboard";
import { Database } from "./components/database";
import { DatabaseUsers } from "./components/database-users";
import { EndpointService } from "./components/endpoint-service";
import { Enforcement } from "./components/enforcement";
import { FlowArchive } from "./components/flow-archive";
import { FlowForwarder } from "./components/flow-forwarder";
import { FlowLogGroup } from "./components/flow-log-group";
import { FrontDoor } from "./components/front-door";
import { IllumioPolicy } from "./components/illumio-policy";
import { InterfaceEndpoints } from "./components/interface-endpoints";
import { messagesKey } from "./components/messages-key";
import { StackNames } from "./components/names";
import { Network } from "./components/network";
import { People } from "./components/people";
import { ReplicatedBackups } from "./components/replicated-backups";
import { stackTags, tagEverything } from "./components/tags";
import { TargetSync } from "./components/target-sync";
import { waysIn } from "./components/ways-in";
import { WorkloadSync } from "./components/workload-sync";
import { readSettings } from "./settings";

const settings = readSettings();
const { pce, frontDoor, databaseUsers } = settings;
const databasePort = settings.database.port;

const account = currentAccount();
const names = new StackNames(pulumi.getStack());
const stack = { account, names, exceptions: settings.exceptions, logRetentionDays: settings.logRetentionDays };
const tags = { "pulumi:project": pulumi.getProject(), "pulumi:stack": pulumi.getStack(), ...settings.tags };
const options = { transformations: [tagEverything(tags)] };

const hasPublicTier = frontDoor?.exposure === "public";
const network = new Network("network", { ...settings.network, databasePort, frontDoor, hasPublicTier }, options);
const { vpcId, databaseSubnetIds, privateSubnetIds, s3PrefixListId } = network;

const isInS3 = settings.flowLogs.destination === "s3";
const readsS3 = isInS3 && { s3PrefixListId };
const pceAccess = settings.forwarder.inVpc && pce && { pcePort: pce.port, pceCidrs: pce.cidrs, ...readsS3 };
const usersAccess = databaseUsers && { secretsThrough: wayToSecrets(settings.network.nat) };
const mayEnter = { frontDoor, databaseUsers: usersAccess, ...(pceAccess && { forwarder: pceAccess }) };
const services = [
  ...(settings.bastion ? BASTION_SERVICES : []),
  ...(usersAccess?.secretsThrough === "endpoint" ? ["secretsmanager"] : []),
];
const people = {
  hasBastion: settings.bastion !== undefined,
  hasClientVpn: settings.clientVpn !== undefined,
  endpointClients: services.length > 0 ? settings.network.cidr : undefined,
};
const access = new Access("access", { vpcId, databasePort, ...mayEnter, people }, options);
const { databaseGroupId, groupIds } = access;

const placement = { subnetIds: databaseSubnetIds, securityGroupId: databaseGroupId };
const { replicas, backups } = settings;
const copies = { replicas, hasBackupPlan: backups?.plan !== undefined };
const database = new Database("database", { ...stack, ...placement, ...copies, settings: settings.database }, options);

const outlivesStack = settings.exceptions.finalSnapshot === undefined;
const backedUp = { ...stack, databaseArn: database.instance.arn, outlivesStack };
const { region: otherRegion, retentionDays: copyDays = 0 } = backups?.crossRegion ?? {};
const elsewhere = otherRegion && { ...backedUp, region: otherRegion, retentionDays: copyDays };
if (elsewhere) new ReplicatedBackups("replicated-backups", elsewhere, options);
const backupArgs = backups?.plan && {
  ...backedUp,
  settings: backups.plan,
  database: settings.database,
  databaseIdentifier: database.identifier,
  keyArn: database.keyArn,
};
const backupPlan = backupArgs && new BackupPlan("backup-plan", backupArgs, options);

const { identifier, parts, instance } = database;
const peopleArgs = settings.access && {
  ...stack,
  settings: settings.access,
  scope: { ...parts, keyArn: database.keyArn, identifier, resourceId: instance.resourceId, tags: stackTags(tags) },
};
const policies = peopleArgs && new People("people", peopleArgs, options);

const endpointsAt = groupIds.endpoints && { subnetIds: privateSubnetIds, securityGroupId: groupIds.endpoints };
const endpointsArgs = endpointsAt && { account, vpcId, ...endpointsAt, services };
const endpoints = endpointsArgs && new InterfaceEndpoints("endpoints", endpointsArgs, options);
const ways = waysIn({ ...stack, settings, network, groupIds, endpoints, database, tags }, options);

const doorArgs = frontDoor &&
  groupIds["front-door"] && { settings: frontDoor, securityGroupId: groupIds["front-door"] };
const door = doorArgs && new FrontDoor("front-door", { ...stack, ...doorArgs, network }, options);

const { zones } = settings.network;
const places = { vpcId, zones, databaseSubnetIds, databaseGroupId, databaseInstance: database.instance };
const hasQuarantine = pce !== undefined && settings.forwarder.quarantine;
const hasBackfill = settings.backfill !== undefined;
const logged = { ...stack, settings: settings.flowLogs, places };
const source = isInS3
  ? { archive: new FlowArchive("flow-archive", { ...logged, hasQuarantine, hasBackfill }, options) }
  : { logGroup: new FlowLogGroup("flow-log-group", logged, options) };

const bucketArn = source.archive?.bucketArn;
const enforce = settings.illumio?.enforce ?? "off";
const functions = {
  hasTargetSync: frontDoor !== undefined,
  hasWorkloadSync: settings.workloadSync !== undefined,
  hasEnforcement: enforce !== "off",
  hasDatabaseUsers: databaseUsers !== undefined,
};
const messageSources = { bucketArn, pce, ...functions, hasBackfill };
const messages = messagesKey("messages-key", { ...stack, ...messageSources }, options);
const alarms = new Alarms("alarms", { ...stack, keyArn: messages.arn, emails: settings.alarms.emails }, options);
const reporting = { keyArn: messages.arn, alarmTopicArn: alarms.topicArn };

const inPrivateTier = (securityGroupId: pulumi.Output<string> | undefined) =>
  securityGroupId && { subnetIds: privateSubnetIds, securityGroupId };

const usersNetwork = inPrivateTier(groupIds["database-users"]);
const { engine, name: databaseName } = settings.database;
const usersArgs = databaseUsers &&
  databaseName &&
  usersNetwork && {
    ...stack,
    ...reporting,
    users: databaseUsers,
    engine,
    database,
    databaseName,
    network: usersNetwork,
  };
// the ways to the database and to secrets stay until the users are locked
const usersAfter = [network, access, ...(endpoints ? [endpoints] : [])];
const users = usersArgs && new DatabaseUsers("database-users", usersArgs, { ...options, dependsOn: usersAfter });

const primary = { endpoint: database.address, databaseArn: database.instance.arn, targetPort: databasePort };
const where = { databaseSubnetIds, databaseGroupId, network: inPrivateTier(groupIds["target-sync"]) };
const followed = door && { ...door.targets, ...primary, ...where };
const syncArgs = followed && frontDoor && { ...stack, ...reporting, ...followed, settings: frontDoor };
const sync = syncArgs && new TargetSync("target-sync", syncArgs, options);

const served = frontDoor?.exposure === "privatelink" && door && { ...frontDoor, loadBalancerArn: door.loadBalancerArn };
const service = served && sync && new EndpointService("endpoint-service", served, { ...options, dependsOn: sync });

const flowForwarder =
  pce &&
  new FlowForwarder(
    "flow-forwarder",
    {
      ...stack,
      ...reporting,
      settings: settings.forwarder,
      pce,
      backfill: settings.backfill,
      workloadSync: settings.workloadSync,
      servicePorts: [databasePort],
      source,
      network: inPrivateTier(groupIds.forwarder),
    },
    options,
  );

const backfill =
  settings.backfill &&
  source.archive &&
  flowForwarder &&
  new Backfill(
    "backfill",
    {
      ...stack,
      ...reporting,
      settings: settings.backfill,
      archive: source.archive,
      functionArn: flowForwarder.functionArn,
      functionTimeoutSeconds: settings.forwarder.timeoutSeconds,
    },
    options,
  );

const policyArgs = settings.illumio &&
  pce &&
  flowForwarder && {
    ...places,
    account,
    stack: pulumi.getStack(),
    settings: settings.illumio,
    pce,
    credentialsSecretArn: flowForwarder.credentialsSecretArn,
    database: { identifier: database.identifier, address: database.address, port: database.port },
  };
const policy = policyArgs && new IllumioPolicy("illumio-policy", policyArgs, options);

let enforcement: Enforcement | undefined;
if (enforce !== "off" && policyArgs && policy) {
  const { identity } = policy;
  const policyOf = { ...policyArgs, identity, mode: enforce, databasePort: database.port };
  const enforcementArgs = { ...stack, ...reporting, ...policyOf, network: inPrivateTier(groupIds.forwarder) };
  // the ways to the PCE and to EC2 stay until the rules made here are taken back
  enforcement = new Enforcement("enforcement", enforcementArgs, { ...options, dependsOn: [network, access, policy] });
}

const workloadSyncArgs = settings.workloadSync &&
  pce &&
  flowForwarder && {
    ...stack,
    ...reporting,
    stack: pulumi.getStack(),
    settings: settings.workloadSync,
    pce,
    credentialsSecretArn: flowForwarder.credentialsSecretArn,
    policyWorkloadHref: policy?.workloadHref,
    vpcId,
    network: inPrivateTier(groupIds.forwarder),
  };
let workloadSync: WorkloadSync | undefined;
// after the policy: the workload that it makes for the database is there, and no other is made
if (workloadSyncArgs) {
  workloadSync = new WorkloadSync("workload-sync", workloadSyncArgs, { ...options, dependsOn: policy ? [policy] : [] });
}

const flowLogsKeyArn = source.archive?.keyArn ?? source.logGroup?.keyArn;
const keyArns = [database.keyArn, messages.arn, ...(flowLogsKeyArn ? [flowLogsKeyArn] : [])];
const enforcementRoleName = enforce === "on" ? enforcement?.roleName : undefined;
const auditArgs = { settings: settings.audit, vpcCidr: settings.network.cidr, frontDoor };
const watched = { database, databaseGroupId, keyArns, enforcementRoleName };
new Audit("audit", { ...stack, ...reporting, ...auditArgs, ...watched }, options);

if (settings.audit.dashboard) {
  const databaseLog = database.connectionLog?.kind;
  const shown = { databaseLog, flowForwarder, frontDoor: door?.targets, targetSync: sync, workloadSync, enforcement };
  new Dashboard("dashboard", { ...stack, databaseIdentifier: database.identifier, ...shown }, options);
}

/** The master user: `u` and 12 random characters. */
export const username = database.username;
/** The secret in Secrets Manager with `username` and `password`. */
export const secretArn = database.secretArn;
/** The secrets of the database's users that have one, by their names: absent without any. */
export const userSecretArns = users ? users.secretArns : undefined;
/** Host name of the primary, for clients inside. */
export const privateEndpoint = database.address;
export const privatePort = database.port;
/** Host names of the read replicas, for clients inside. */
export const replicaEndpoints = database.replicaAddresses;
/** Where AWS Backup keeps its snapshots: absent without `backups.plan`. */
export const backupVault = backupPlan?.vaultName;
/** RDS's name of the database. */
export const databaseIdentifier = database.identifier;
/** Host name of the front door, which lets in the allowed networks: absent without one, and for an endpoint service. */
export const publicEndpoint = door?.address;
export const publicPort = frontDoor?.port;
/** What clients in other VPCs name to ask for an endpoint: absent but for the exposure `privatelink`. */
export const endpointService = service ? service.serviceName : undefined;
/** The bucket that flow logs are kept in: absent for the destination `cloud-watch-logs`. */
export const flowLogBucket = source.archive?.bucketName;
/** The log group that flow logs are kept in: absent for the destination `s3`. */
export const flowLogGroup = source.logGroup?.logGroupName;
/** The function that uploads connections: absent without a PCE. */
export const forwarderName = flowForwarder?.functionName;
/** The state machine that forwards flow logs of the past when it is started: absent without a backfill. */
export const backfillStateMachine = backfill?.stateMachineArn;
/** For a shell: starts it with all that is in the archive. */
export const backfillCommand = backfill?.startCommand;
/** The database's virtual service in the PCE, by the href of its draft: absent without an Illumio side. */
export const virtualServiceHref = policy?.virtualServiceHref;
/** Policies for people, by what they are for: absent without the setting `access`. */
export const policyArns = policies ? policies.policyArns : undefined;
/** For a shell: a tunnel through the bastion, from this computer's port to the database: absent without a bastion. */
export const tunnelCommand = ways.bastion?.tunnelCommand;
/** For a shell: a logged shell on the bastion: absent without one. */
export const bastionCommand = ways.bastion?.shellCommand;
/** The policy that lets people start sessions on the bastion: absent without one. */
export const sessionPolicyArn = ways.bastion?.policyArn;
/** What a VPN client's configuration is exported from: absent without a VPN. */
export const clientVpnEndpoint = ways.clientVpn?.endpointId;
/** Attach it to whatever may reach the database. */
export const clientSecurityGroupId = access.clientGroupId;
