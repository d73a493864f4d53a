import * as pulumi from "@pulumi/pulumi";
import { Access } from "./components/access";
import { currentAccount } from "./components/account";
import { Alarms } from "./components/alarms";
import { Database } from "./components/database";
import { FlowArchive } from "./components/flow-archive";
import { FlowForwarder } from "./components/flow-forwarder";
import { messagesKey } from "./components/messages-key";
import { StackNames } from "./components/names";
import { Network } from "./components/network";
import { tagEverything } from "./components/tags";
import { readSettings } from "./settings";

const { network: networkSettings, database: databaseSettings, pce, ...settings } = readSettings();
const { exceptions, logRetentionDays } = settings;
const { zones, nat } = networkSettings;
const { port: databasePort } = databaseSettings;

const account = currentAccount();
const names = new StackNames(pulumi.getStack());
const stack = { account, names, exceptions, logRetentionDays };
const tags = { "pulumi:project": pulumi.getProject(), "pulumi:stack": pulumi.getStack(), ...settings.tags };
const options = { transformations: [tagEverything(tags)] };

const network = new Network("network", { ...networkSettings, databasePort, hasPublicTier: nat !== "none" }, options);
const { vpcId, databaseSubnetIds, privateSubnetIds, s3PrefixListId } = network;

const forwarder = settings.forwarder.inVpc && pce && { pcePort: pce.port, pceCidrs: pce.cidrs, s3PrefixListId };
const access = new Access("access", { vpcId, databasePort, ...(forwarder && { forwarder }) }, options);
const { databaseGroupId, forwarderGroupId } = access;

const database = new Database(
  "database",
  { ...stack, settings: databaseSettings, subnetIds: databaseSubnetIds, securityGroupId: databaseGroupId },
  options,
);

const places = { vpcId, zones, databaseSubnetIds, databaseGroupId, databaseInstance: database.instance };
const flowArchive = new FlowArchive("flow-archive", { ...stack, settings: settings.flowLogs, places }, options);
const { bucketArn } = flowArchive;

const { arn: keyArn } = messagesKey("messages-key", { ...stack, bucketArn, pce }, options);
const { topicArn: alarmTopicArn } = new Alarms("alarms", { ...stack, keyArn, ...settings.alarms }, options);

const flowForwarder =
  pce &&
  new FlowForwarder(
    "flow-forwarder",
    {
      ...stack,
      settings: settings.forwarder,
      pce,
      servicePorts: [databasePort],
      archive: flowArchive,
      keyArn,
      alarmTopicArn,
      network: forwarderGroupId && { subnetIds: privateSubnetIds, securityGroupId: forwarderGroupId },
    },
    options,
  );

/** The master user: `u` and 12 random characters. */
export const username = database.username;
/** The secret in Secrets Manager with `username` and `password`. */
export const secretArn = database.secretArn;
/** Host name of the primary, for clients inside. */
export const privateEndpoint = database.address;
export const privatePort = database.port;
/** Host name for clients outside: absent, since nothing lets them in. */
export const publicEndpoint: pulumi.Output<string> | undefined = undefined;
/** The bucket that flow logs are kept in. */
export const flowLogBucket = flowArchive.bucketName;
/** The function that uploads connections: absent without a PCE. */
export const forwarderName = flowForwarder?.functionName;
/** Attach it to whatever may reach the database. */
export const clientSecurityGroupId = access.clientGroupId;
