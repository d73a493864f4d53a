import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BastionSettings } from "../settings";
import type { Account } from "./account";
import {
  bastionStatements,
  type SessionScope,
  shellDocument,
  startSessionStatements,
  tunnelDocument,
} from "./bastion-policies";
import { EncryptionKey } from "./encryption-key";
import { sessionKeyUses } from "./key-uses";
import { logGroup } from "./log-group";
import type { StackNames } from "./names";
import { attachPolicy } from "./policy-attachments";
import { policyDocument, type Statement, trustOf } from "./policy-documents";
import { stackTags } from "./tags";

/** Where the bastion is, and what it leads to. */
export interface BastionArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  readonly settings: BastionSettings;
  readonly logRetentionDays: number;
  /** Private ones, in which Systems Manager, CloudWatch Logs and KMS have endpoints. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly database: { readonly address: pulumi.Input<string>; readonly port: pulumi.Input<number> };
  /** Of the stack, for the instances: a group makes them, and no transformation reaches them. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What the bastion needs inside the VPC, by the last parts of their names. Not `ec2messages`: the agents of today's images hold sessions
 * without it (Systems Manager user guide, "setup-create-vpc").
 */
export const BASTION_SERVICES: readonly string[] = ["ssm", "ssmmessages", "logs", "kms"];

// AWS keeps it on the newest Amazon Linux 2023, whose agent is there from the start
const IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-";

/**
 * A host that people get to the database through, by Session Manager: nothing connects to it, it has no address outside, no key pair and
 * nobody's password. Shells are logged line by line and encrypted; a tunnel, whose bytes nobody sees, is in CloudTrail and in flow logs.
 *
 * One instance in a group of one, which replaces it when it fails and each week in any case, with AWS's newest image: it is patched by
 * being new, and keeps nothing. The session of the moment of a replacement ends.
 *
 * Cost: $3 per month for t4g.nano, $1 for the disk, $1 for the key, and the endpoints'.
 */
export class Bastion extends pulumi.ComponentResource {
  /** For a shell: a tunnel from this computer's port to the database. */
  readonly tunnelCommand: pulumi.Output<string>;
  /** For a shell: a shell on the bastion. */
  readonly shellCommand: pulumi.Output<string>;
  /** Of the policy that lets people start sessions. */
  readonly policyArn: pulumi.Output<string>;

  constructor(name: string, args: BastionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:access:Bastion", name, {}, opts);
    const { account, names, settings, database } = args;
    const logGroupName = names.peopleLogGroup("sessions");

    const key = new EncryptionKey(
      `${name}-key`,
      {
        account,
        alias: names.keyAlias("sessions"),
        description: "Sessions of people on the bastion, and their log",
        uses: account.apply((place) => sessionKeyUses(place, logGroupName)),
      },
      { parent: this },
    );
    const log = logGroup(
      `${name}-log`,
      { logGroupName, keyArn: key.arn, retentionDays: args.logRetentionDays },
      { parent: this },
    );
    const shell = this.document(
      `${name}-shell`,
      names.document("shell"),
      key.arn.apply((keyArn) => shellDocument(logGroupName, keyArn, settings)),
    );
    const tunnel = this.document(
      `${name}-tunnel`,
      names.document("tunnel"),
      pulumi.all([database.address, database.port]).apply(([host, port]) => tunnelDocument(host, port)),
    );

    const instanceName = `${names.prefix}-bastion`;
    const scope = pulumi.all([account, key.arn]).apply(
      ([place, keyArn]): SessionScope => ({
        account: place,
        logGroupName,
        keyArn,
        instanceName,
        stackTags: stackTags(args.tags),
        documentNames: [names.document("shell"), names.document("tunnel")],
      }),
    );
    const ready = this.instances(name, args, { instanceName, scope, log });
    const policy = new aws.iam.Policy(
      `${name}-start-session`,
      {
        name: names.policy("start-session"),
        description: "May start sessions on the bastion of this stack, and end their own",
        policy: documentOf(scope, startSessionStatements),
      },
      { parent: this },
    );
    attachPolicy(`${name}-start-session`, policy.arn, settings.principals, { parent: this });

    const command = (document: pulumi.Input<string>, parameters = "") =>
      pulumi
        .all([account, document, ready])
        .apply(
          ([{ region }, documentName]) =>
            `aws ssm start-session --region ${region} --document-name ${documentName}${parameters} --target "$(aws ec2 describe-instances ` +
            `--region ${region} --filters Name=tag:Name,Values=${instanceName} Name=instance-state-name,Values=running ` +
            `--query 'Reservations[0].Instances[0].InstanceId' --output text)"`,
        );
    this.shellCommand = command(shell.name);
    this.tunnelCommand = pulumi
      .output(database.port)
      .apply((port) => command(tunnel.name, ` --parameters localPortNumber=${port}`));
    this.policyArn = policy.arn;
    this.registerOutputs({
      shellCommand: this.shellCommand,
      tunnelCommand: this.tunnelCommand,
      policyArn: this.policyArn,
    });
  }

  private document(name: string, documentName: string, content: pulumi.Output<string>): aws.ssm.Document {
    return new aws.ssm.Document(
      name,
      { name: documentName, documentType: "Session", documentFormat: "JSON", content },
      // AWS has it under one name only
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private instances(
    name: string,
    args: BastionArgs,
    { instanceName, scope, log }: { instanceName: string; scope: pulumi.Output<SessionScope>; log: pulumi.Resource },
  ): pulumi.Output<string> {
    const { settings } = args;
    const role = new aws.iam.Role(
      `${name}-role`,
      { description: "Holds people's sessions on the bastion", assumeRolePolicy: trustOf("ec2.amazonaws.com") },
      { parent: this },
    );
    const rolePolicy = new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: documentOf(scope, bastionStatements) },
      { parent: this },
    );
    const profile = new aws.iam.InstanceProfile(`${name}-profile`, { role: role.name }, { parent: this });
    const tags = { ...args.tags, Name: instanceName };
    const template = new aws.ec2.LaunchTemplate(
      `${name}-template`,
      {
        description: "The bastion: no way in but Session Manager",
        imageId: `${IMAGE}${isArm(settings.instanceType) ? "arm64" : "x86_64"}`,
        instanceType: settings.instanceType,
        iamInstanceProfile: { arn: profile.arn },
        updateDefaultVersion: true,
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: "disabled",
        },
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: "false",
            securityGroups: [args.securityGroupId],
            deleteOnTermination: "true",
          },
        ],
        // with AWS's key for EBS: Auto Scaling would need a grant for one of ours, and nothing is kept there
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { encrypted: "true", volumeType: "gp3", volumeSize: 8, deleteOnTermination: "true" },
          },
        ],
        monitoring: { enabled: true },
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      },
      { parent: this },
    );
    const group = new aws.autoscaling.Group(
      `${name}-group`,
      {
        minSize: 1,
        maxSize: 1,
        vpcZoneIdentifiers: [...args.subnetIds],
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        maxInstanceLifetime: 7 * 86_400,
        healthCheckType: "EC2",
        instanceRefresh: { strategy: "Rolling", preferences: { minHealthyPercentage: 0 } },
        tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      },
      // before its role and log are there, no session would start
      { parent: this, dependsOn: [rolePolicy, log] },
    );
    return group.id;
  }
}

function documentOf(
  scope: pulumi.Output<SessionScope>,
  statements: (scope: SessionScope) => Statement[],
): pulumi.Output<string> {
  return scope.apply((found) => policyDocument(statements(found)));
}

// the letters after the generation's number: g is Graviton (EC2 instance types guide, "Naming conventions")
function isArm(instanceType: string): boolean {
  return /^[a-z]+\d+[a-z]*g[a-z]*\./.test(instanceType);
}
