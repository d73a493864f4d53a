/** Plays Step Functions for what a stack deploys: executions of its state machines, under their roles. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Credentials } from "../access-control";
import type { InvokeEnd } from "../lambda-functions";
import { awsClients } from "../provider/clients";
import { RoleSessions, STEP_FUNCTIONS } from "../role-sessions";
import { readDefinition } from "./definition";
import { Execution, type ExecutionDescription } from "./executions";
import { executionRefusals, roleRefusal } from "./machine-permissions";
import { type DeployedStateMachine, listStateMachines } from "./machines";
import type { ListedItem, MapServices } from "./map-run";
import { type StatesApi, startStatesApi } from "./states-api";
import { StatesApiError, StatesError } from "./states-error";

// source: Step Functions developer guide, "Service quotas"
const MOST_INPUT_BYTES = 256 * 1024;
const NAME = /^[^\s?*<>{}[\]"#%\\^|~`$&,;:/]{1,80}$/;

/** What the player works with. */
export interface StepFunctionsOptions {
  /** The run folder that the AWS provider stand-in writes to. */
  readonly run: string;
  /** The emulator's URL. */
  readonly endpoint: string;
  readonly region: string;
  /** Of `makeAdmin`. Assumes the state machines' roles, and reads the policies that they are judged by. */
  readonly admin: Credentials;
  /** Invokes a deployed function: of the Lambda runner. */
  readonly invoke: (functionName: string, event: unknown) => Promise<InvokeEnd>;
  /** What a second of a wait between two tries takes. @default 1000, as in AWS */
  readonly secondMs?: number;
}

/** What an execution is started with, as StartExecution takes it. */
export interface StartExecution {
  readonly stateMachineArn: string;
  /** @default - a new one */
  readonly name?: string;
  /** JSON text. @default "{}" */
  readonly input?: string;
}

/** A running Step Functions. */
export class StepFunctions {
  readonly #options: StepFunctionsOptions;
  readonly #sessions: RoleSessions;
  readonly #clients: ReturnType<typeof awsClients>;
  readonly #executions = new Map<string, Execution>();
  #api: StatesApi | undefined;

  private constructor(options: StepFunctionsOptions) {
    const { endpoint, region, admin: credentials } = options;
    this.#options = options;
    this.#sessions = new RoleSessions(endpoint, credentials, STEP_FUNCTIONS);
    this.#clients = awsClients({ endpoint, region, credentials });
  }

  /** Starts its API; state machines are looked for in the run folder at each start of an execution. */
  static async open(options: StepFunctionsOptions): Promise<StepFunctions> {
    const player = new StepFunctions(options);
    player.#api = await startStatesApi(player);
    return player;
  }

  /** Of the API: for `AWS_ENDPOINT_URL_SFN` of any AWS client. */
  get url(): string {
    return this.#api?.url ?? "";
  }

  /** Starts an execution. A name that runs already with the same input starts nothing anew. */
  async start({ stateMachineArn, name = randomUUID(), input = "{}" }: StartExecution): Promise<ExecutionDescription> {
    const machine = (await listStateMachines(this.#options.run)).find(({ arn }) => arn === stateMachineArn);
    if (machine === undefined) {
      throw new StatesApiError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${stateMachineArn}'`);
    }
    if (!NAME.test(name)) throw new StatesApiError("InvalidName", `Invalid Name: '${name}'`);
    requireInput(input);
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    const known = this.#executions.get(executionArn)?.describe();
    if (known?.status === "RUNNING" && known.input === input) return known;
    if (known !== undefined) {
      throw new StatesApiError("ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
    }
    const refusals = await executionRefusals(this.#clients, machine);
    if (refusals.length > 0) throw new StatesApiError("KmsAccessDeniedException", refusals.join("; "));
    const definition = readDefinition(machine.definition);
    const execution = new Execution({ machine, definition, name, input, services: this.#servicesOf(machine) });
    this.#executions.set(executionArn, execution);
    return execution.describe();
  }

  /** How an execution stands. */
  describe(executionArn: string): ExecutionDescription {
    return this.#find(executionArn).describe();
  }

  /** Resolves when an execution does not run any more. */
  ended(executionArn: string): Promise<ExecutionDescription> {
    return this.#find(executionArn).ended();
  }

  /** Ends an execution; resolves when it has ended. */
  stop(executionArn: string): Promise<ExecutionDescription> {
    const execution = this.#find(executionArn);
    execution.stop();
    return execution.ended();
  }

  /** Goes on with an execution that failed or was ended, where it was. */
  async redrive(executionArn: string): Promise<ExecutionDescription> {
    const execution = this.#find(executionArn);
    const { status } = execution.describe();
    if (status === "RUNNING" || status === "SUCCEEDED") {
      throw new StatesApiError("ExecutionNotRedrivable", `Execution is ${status} and cannot be redriven`);
    }
    execution.redrive();
    return execution.describe();
  }

  /** Ends every execution and the API. */
  async close(): Promise<void> {
    await Promise.all([...this.#executions.keys()].map((arn) => this.stop(arn)));
    await this.#api?.close();
    this.#sessions.close();
  }

  #find(executionArn: string): Execution {
    const found = this.#executions.get(executionArn);
    if (found !== undefined) return found;
    throw new StatesApiError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
  }

  #running(stateMachineArn: string) {
    return [...this.#executions.values()]
      .map((each) => each.describe())
      .filter((each) => each.stateMachineArn === stateMachineArn && each.status === "RUNNING")
      .map(({ executionArn, name, startDate, status }) => ({
        ...{ ExecutionArn: executionArn, Name: name, StateMachineArn: stateMachineArn },
        ...{ StartDate: startDate.toISOString(), Status: status },
      }));
  }

  #servicesOf(machine: DeployedStateMachine): Omit<MapServices, "mapRun"> {
    const { invoke, secondMs = 1_000 } = this.#options;
    const require = async (error: string, action: string, resource: string): Promise<void> => {
      const refusal = await roleRefusal(this.#clients, machine, { action, resource });
      if (refusal !== undefined) throw new StatesError(error, refusal);
    };
    return {
      invoke: async (functionArn, payload) => {
        await require("Lambda.AWSLambdaException", "lambda:InvokeFunction", functionArn);
        return answerOf(await invoke(functionArn.split(":").at(-1) ?? functionArn, payload));
      },
      listRunning: async (most) => {
        await require("Sfn.SfnException", "states:ListExecutions", machine.arn);
        return { Executions: this.#running(machine.arn).slice(0, most) };
      },
      pause: async (seconds, signal) => {
        await sleep(seconds * secondMs, undefined, { signal }).catch(() => undefined);
      },
      mayStartBatch: () => require("States.Permissions", "states:StartExecution", machine.arn),
      list: (bucket, prefix) => this.#withS3(machine, (s3) => listAll(s3, bucket, prefix)),
      put: (Bucket, Key, Body) =>
        this.#withS3(machine, async (s3) => {
          await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
        }),
      random: Math.random,
      now: () => new Date(),
    };
  }

  /** As the state machine's role, which is who Step Functions calls as. */
  async #withS3<T>(machine: DeployedStateMachine, work: (s3: S3Client) => Promise<T>): Promise<T> {
    const { endpoint, region } = this.#options;
    const credentials = await this.#sessions.of(machine);
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    return work(s3).finally(() => s3.destroy());
  }
}

// source: Step Functions developer guide, "Handling errors": Lambda's own errors begin with Lambda, a function's are as it throws them
function answerOf(end: InvokeEnd): unknown {
  if (end.outcome === "success") return end.answer ?? null;
  if (end.outcome === "throttled") throw new StatesError("Lambda.TooManyRequestsException", end.reason);
  throw new StatesError(end.error.errorType, JSON.stringify(end.error));
}

async function listAll(s3: S3Client, Bucket: string, Prefix: string): Promise<ListedItem[]> {
  const found: ListedItem[] = [];
  for (let token: string | undefined, more = true; more; more = token !== undefined) {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix, ...(token && { ContinuationToken: token }) }),
    );
    for (const { ETag = "", Key = "", LastModified, Size = 0, StorageClass = "STANDARD" } of page.Contents ?? []) {
      const seconds = Math.floor((LastModified?.getTime() ?? 0) / 1_000);
      found.push({ Etag: ETag, Key, LastModified: seconds, Size, StorageClass });
    }
    token = page.NextContinuationToken;
  }
  return found;
}

function requireInput(input: string): void {
  if (Buffer.byteLength(input) > MOST_INPUT_BYTES) {
    throw new StatesApiError("InvalidExecutionInput", `the input is over ${MOST_INPUT_BYTES} bytes`);
  }
  try {
    JSON.parse(input);
  } catch (cause) {
    throw new StatesApiError(
      "InvalidExecutionInput",
      `Invalid State Machine Execution Input: ${(cause as Error).message}`,
    );
  }
}
