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
const account = currentAccount();
const names = new StackNames(pulumi.getStack());
const stack = { account, names, exceptions: settings.exceptions, logRetentionDays: settings.logRetentionDays };
const tags = { "pulumi:project": pulumi.getProject(), "pulumi:stack": pulumi.getStack(), ...settings.tags };
const options = { transformations: [tagEverything(tags)] };

const network = new Network(
  "network",
  {
    ...settings.network,
    databasePort: settings.database.port,
    hasPublicTier: settings.network.nat !== "none",
  },
  options,
);

const access = new Access(
  "access",
  {
    vpcId: network.vpcId,
    databasePort: settings.database.port,
    ...(settings.forwarder.inVpc &&
      pce && { forwarder: { pcePort: pce.port, pceCidrs: pce.cidrs, s3PrefixListId: network.s3PrefixListId } }),
  },
  options,
);

const database = new Database(
  "database",
  {
    ...stack,
    settings: settings.database,
    subnetIds: network.databaseSubnetIds,
    securityGroupId: access.databaseGroupId,
  },
  options,
);

const flowArchive = new FlowArchive(
  "flow-archive",
  {
    ...stack,
    settings: settings.flowLogs,
    places: {
      vpcId: network.vpcId,
      zones: settings.network.zones,
      databaseSubnetIds: network.databaseSubnetIds,
      databaseGroupId: access.databaseGroupId,
      databaseInstance: database.instance,
    },
  },
  options,
);

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
      servicePorts: [settings.database.port],
      archive: flowArchive,
      keyArn: messages.arn,
      alarmTopicArn: alarms.topicArn,
      network: access.forwarderGroupId && {
        subnetIds: network.privateSubnetIds,
        securityGroupId: access.forwarderGroupId,
      },
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
