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

const settings = readSettings();
const { pce } = settings;
const databasePort = settings.database.port;

const account = currentAccount();
const names = new StackNames(pulumi.getStack());
const stack = { account, names, exceptions: settings.exceptions, logRetentionDays: settings.logRetentionDays };
const tags = { "pulumi:project": pulumi.getProject(), "pulumi:stack": pulumi.getStack(), ...settings.tags };
const options = { transformations: [tagEverything(tags)] };

const hasPublicTier = settings.network.nat !== "none";
const network = new Network("network", { ...settings.network, databasePort, hasPublicTier }, options);
const { vpcId, databaseSubnetIds, privateSubnetIds, s3PrefixListId } = network;

const pceAccess = settings.forwarder.inVpc && pce && { pcePort: pce.port, pceCidrs: pce.cidrs, s3PrefixListId };
const access = new Access("access", { vpcId, databasePort, ...(pceAccess && { forwarder: pceAccess }) }, options);
const { databaseGroupId, forwarderGroupId } = access;

const placement = { subnetIds: databaseSubnetIds, securityGroupId: databaseGroupId };
const database = new Database("database", { ...stack, ...placement, settings: settings.database }, options);

const { zones } = settings.network;
const places = { vpcId, zones, databaseSubnetIds, databaseGroupId, databaseInstance: database.instance };
const flowArchive = new FlowArchive("flow-archive", { ...stack, settings: settings.flowLogs, places }, options);

const messages = messagesKey("messages-key", { ...stack, bucketArn: flowArchive.bucketArn, pce }, options);
const alarms = new Alarms("alarms", { ...stack, keyArn: messages.arn, emails: settings.alarms.emails }, options);

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
      keyArn: messages.arn,
      alarmTopicArn: alarms.topicArn,
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
