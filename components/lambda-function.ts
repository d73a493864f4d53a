import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { logGroupArn } from "./arns";
import { codeArchive, codeFiles, codeHash } from "./bundle";
import { logGroup } from "./log-group";
import type { StackNames } from "./names";
import { anyResource, policyDocument, type Statement, trustOf } from "./policy-documents";

/** Where a function runs when it has to be in a VPC. */
export interface FunctionNetwork {
  /** With a way to what it calls: a Lambda in a VPC has no other. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
}

/** A function's variables as a component sets them: a missing or misspelt one is a compile error. */
export type EnvironmentOf<E> = { readonly [K in keyof E]: pulumi.Input<NonNullable<E[K]>> };

/** A function of functions/, and what it may do. */
export interface LambdaFunctionArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  /** What the function is called, and the folder in functions/ whose `handler.ts` exports `handler`. */
  readonly folder: string;
  /**
   * Another folder with the `handler.ts`, where a function has several.
   * @default - `folder`
   */
  readonly codeFolder?: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Files beside the code, by name. Not for secrets: whoever may read the function reads them. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the function may do besides writing its log and traces. */
  readonly statements: pulumi.Input<readonly Statement[]>;
  /** A key whose policy names the function's log group and lets Lambda use it. */
  readonly keyArn: pulumi.Input<string>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly logRetentionDays: number;
  /**
   * How many of it run at once, at most; they are taken from the account's limit, and always there.
   * @default - as many as the account's limit leaves
   */
  readonly reservedConcurrency?: number;
  /**
   * A queue for events that Lambda could not run the function for, or that it failed on three times. The function's statements must let
   * it send there: Lambda does so under its role.
   * @default - such events are lost
   */
  readonly deadLetterQueueArn?: pulumi.Input<string>;
  /** @default - outside of any VPC: it reaches AWS and the internet, and nothing reaches it */
  readonly network?: FunctionNetwork;
}

/**
 * A Lambda function with a role, a log group and a bundle of its own. Cost: $0.0000133 per GB and second that it runs, $0.50 per GB of
 * logs, $5 per million traces.
 */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Of the role that the function runs under. */
  readonly roleName: pulumi.Output<string>;
  /** Another one when the code is another. */
  readonly codeHash: string;

  constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:compute:LambdaFunction", name, {}, opts);
    const functionName = args.names.lambdaFunction(args.folder);
    const logGroupName = args.names.functionLogGroup(functionName);
    const code = codeFiles(args.codeFolder ?? args.folder, args.files);

    const log = logGroup(
      `${name}-log`,
      { logGroupName, keyArn: args.keyArn, retentionDays: args.logRetentionDays },
      { parent: this },
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { description: `Runs ${functionName}`, assumeRolePolicy: trustOf("lambda.amazonaws.com") },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi
          .all([args.account, args.statements])
          .apply(([account, statements]) =>
            policyDocument([
              ...statements,
              ...ownLog(account, logGroupName),
              TRACES,
              ...(args.network ? networkInterfaces(account, functionName, statements) : []),
            ]),
          ),
      },
      { parent: this },
    );
    const lambda = new aws.lambda.Function(
      `${name}-function`,
      {
        name: functionName,
        description: args.description,
        role: role.arn,
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: codeArchive(code),
        environment: { variables: { ...args.environment } },
        kmsKeyArn: args.keyArn,
        memorySize: args.memoryMb,
        timeout: args.timeoutSeconds,
        ...(args.reservedConcurrency !== undefined && { reservedConcurrentExecutions: args.reservedConcurrency }),
        ...(args.deadLetterQueueArn !== undefined && { deadLetterConfig: { targetArn: args.deadLetterQueueArn } }),
        tracingConfig: { mode: "Active" },
        // Text: the function writes its own JSON, and Lambda's JSON format would wrap metrics so that CloudWatch misses them
        loggingConfig: { logFormat: "Text", logGroup: log.name },
        ...(args.network && {
          vpcConfig: {
            subnetIds: [...args.network.subnetIds],
            securityGroupIds: [args.network.securityGroupId],
          },
        }),
      },
      // Lambda tries the permissions for the network and for dead letters when it makes the function
      { parent: this, dependsOn: [policy] },
    );

    this.functionName = lambda.name;
    this.arn = lambda.arn;
    this.roleName = role.name;
    this.codeHash = codeHash(code);
    this.registerOutputs({ functionName: this.functionName, arn: this.arn });
  }
}

function ownLog(account: Account, logGroupName: string): Statement[] {
  return [
    {
      sid: "OwnLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`${logGroupArn(account, logGroupName)}:*`],
    },
  ];
}

const TRACES: Statement = {
  sid: "Traces",
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: anyResource("X-Ray has no resource to name for these two actions"),
};

// What AWSLambdaVPCAccessExecutionRole allows for networking
const NETWORKING = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

// The service needs it all. The function's own code must have nothing of it, but what its own statements allow
function networkInterfaces(
  { partition, region, accountId }: Account,
  functionName: string,
  own: readonly Statement[],
): Statement[] {
  const denied = NETWORKING.filter((action) => !own.some((statement) => allows(statement, action)));
  const allowance: Statement = {
    sid: "NetworkInterfaces",
    actions: NETWORKING,
    resources: anyResource("Lambda checks the role for * : the interfaces that it will make have no ARN yet"),
  };
  if (denied.length === 0) return [allowance];
  return [
    allowance,
    {
      sid: "NotFromTheCode",
      effect: "Deny",
      actions: denied,
      resources: anyResource("a denial of what the statement above allows, wherever it allows it"),
      conditions: {
        ArnEquals: {
          "lambda:SourceFunctionArn": `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`,
        },
      },
    },
  ];
}

// IAM's own matching: * and ? are wild, and case does not count
function allows({ effect = "Allow", actions }: Statement, action: string): boolean {
  const matches = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i").test(action);
  return effect === "Allow" && actions.some(matches);
}
