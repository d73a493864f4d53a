/** A real emulator for a test file, and what tests put into it: roles, queues, functions. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Credentials, makeAdmin, turnOnAccessControl } from "../../sandbox/aws/access-control";
import type { Invocation } from "../../sandbox/aws/lambda-function";
import { type LambdaRunner, type LambdaRunnerOptions, startLambdaRunner } from "../../sandbox/aws/lambda-runner";
import { ACCOUNT_ID, type Moto, startMoto } from "../../sandbox/aws/moto";
import {
  type DeployedEventSource,
  type DeployedFunction,
  eventSourceFile,
  functionFile,
  writeRecord,
} from "../../sandbox/aws/registry";
import { RoleSessions } from "../../sandbox/aws/role-sessions";
import { startFork } from "./worker-processes";

export const REGION = "eu-west-1";

export interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/** A running emulator in a folder of its own. */
export class EmulatedAws {
  readonly folder: string;
  readonly moto: Moto;
  readonly admin: Credentials;
  readonly #sessions = new Map<string, Credentials>();

  private constructor(folder: string, moto: Moto, admin: Credentials) {
    this.folder = folder;
    this.moto = moto;
    this.admin = admin;
  }

  static async start(): Promise<EmulatedAws> {
    const folder = await mkdtemp(join(tmpdir(), "sightline-test-"));
    const moto = await startMoto({ logFile: join(folder, "moto.log"), start: startFork });
    return new EmulatedAws(folder, moto, await makeAdmin(moto));
  }

  async stop(): Promise<void> {
    await this.moto.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** For an AWS client of the administrator (of anyone, while access control is off). */
  get client() {
    return { endpoint: this.moto.url, region: REGION, credentials: this.admin };
  }

  /** For an AWS client of a role's session. */
  as(roleArn: string) {
    const credentials = this.#sessions.get(roleArn);
    if (credentials === undefined) throw new Error(`no session of ${roleArn}`);
    return { endpoint: this.moto.url, region: REGION, credentials };
  }

  /** Turns access control on and makes a session of each role, for `as`; the Lambda runner makes its own. */
  async turnOnAccessControl(roleArns: readonly string[]): Promise<void> {
    await turnOnAccessControl(this.moto);
    const sessions = new RoleSessions(this.moto.url, this.admin);
    const ofFixture = { name: "fixture", arn: functionArn("fixture") };
    for (const roleArn of roleArns) this.#sessions.set(roleArn, await sessions.of({ ...ofFixture, roleArn }));
    sessions.close();
  }

  async role(name: string, statements: readonly Statement[], trusts = "lambda.amazonaws.com"): Promise<string> {
    const iam = new IAMClient(this.client);
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: trusts } };
    const document = (Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
    const { Role: role } = await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document([trust]) }),
    );
    const PolicyDocument = document(statements.map((each) => ({ Effect: "Allow", ...each })));
    if (statements.length > 0) {
      await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "own", PolicyDocument }));
    }
    iam.destroy();
    return role?.Arn ?? "";
  }

  /** Makes a queue and returns its ARN. */
  async queue(name: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const sqs = new SQSClient(this.client);
    await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    sqs.destroy();
    return `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`;
  }

  async logGroup(logGroupName: string): Promise<void> {
    const logs = new CloudWatchLogsClient(this.client);
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    logs.destroy();
  }

  async send(queueArn: string, ...bodies: readonly string[]): Promise<void> {
    const sqs = new SQSClient(this.client);
    const QueueUrl = `${this.moto.url}/${queueArn.split(":").slice(4).join("/")}`;
    for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    sqs.destroy();
  }

  /** A run folder of its own. */
  async runFolder(): Promise<string> {
    return mkdtemp(join(this.folder, "run-"));
  }

  async startRunner(run: string, more: Partial<LambdaRunnerOptions> = {}): Promise<LambdaRunner> {
    return startLambdaRunner({
      run,
      endpoint: this.moto.url,
      region: REGION,
      admin: this.admin,
      logFolder: join(run, "logs"),
      ...more,
    });
  }
}

export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`;

/** Deploys a function of `code` (CommonJS, exports `handler`) into a run folder, as the AWS provider stand-in does. */
export async function deployFunction(
  run: string,
  code: string,
  more: Partial<DeployedFunction> & { readonly roleArn: string },
): Promise<DeployedFunction> {
  const name = more.name ?? "fixture";
  const codeDir = join(run, "code", name);
  await mkdir(codeDir, { recursive: true });
  await writeFile(join(codeDir, "index.js"), code);
  const deployed: DeployedFunction = {
    name,
    arn: functionArn(name),
    runtime: "nodejs22.x",
    handler: "index.handler",
    timeoutSeconds: 5,
    memoryMb: 256,
    environment: {},
    codeDir,
    architectures: ["arm64"],
    ...more,
  };
  await writeRecord(functionFile(run, name), deployed);
  return deployed;
}

/** Lets a queue feed a function, as the AWS provider stand-in does. */
export async function deployEventSource(
  run: string,
  deployed: DeployedFunction,
  queueArn: string,
  more: Partial<DeployedEventSource> = {},
): Promise<void> {
  const uuid = more.uuid ?? `source-of-${deployed.name}`;
  await writeRecord(eventSourceFile(run, uuid), {
    uuid,
    functionArn: deployed.arn,
    eventSourceArn: queueArn,
    batchSize: 10,
    maximumBatchingWindowSeconds: 0,
    functionResponseTypes: ["ReportBatchItemFailures"],
    enabled: true,
    ...more,
  } satisfies DeployedEventSource);
}

/** The outcomes of the invocations, in order. */
export const outcomes = (invocations: readonly Invocation[]): readonly string[] =>
  invocations.map(({ outcome }) => outcome);
