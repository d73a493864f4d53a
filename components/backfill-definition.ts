import type { BackfillInputError } from "../functions/flow-forwarder/backfill-input";
import { FLOW_LOG_PREFIX } from "./flow-archive";
import type { StackNames } from "./names";

/** What a backfill's state machine reads, runs and writes. */
export interface BackfillDefinitionArgs {
  readonly partition: string;
  /** Of the archive: flow logs are read there, and results kept. */
  readonly bucketName: string;
  /** The forwarder: it takes a bucket's name and objects of its listing. */
  readonly functionArn: string;
  readonly functionTimeoutSeconds: number;
  /** Invocations at once. */
  readonly concurrency: number;
}

/** Where results are kept in the archive; no notification is about objects there. */
export const BACKFILL_PREFIX = "backfill/";

/** The input for all that is in the archive. */
export const EVERYTHING = JSON.stringify({ prefix: FLOW_LOG_PREFIX });

/** The map's part in the names of its batches' executions. */
export const MAP_LABEL = "Objects";

// What an object gets of an invocation's time, on average; some fit into one second, and those that there is no time for go into the queue
const SECONDS_AN_OBJECT = 12;

// Step Functions waits for the function this much longer than Lambda lets it run, so that it never starts a second one beside it
const ANSWER_MARGIN_SECONDS = 60;

// the function's name for an input that it can do nothing with
const INPUT_ERROR: BackfillInputError["name"] = "BackfillInputError";

/** The state machine's name: policies must know it before the state machine exists. */
export function backfillName(names: StackNames): string {
  return names.stateMachine("backfill");
}

/**
 * The state machine of a backfill: what the bucket lists below the input's `prefix`, in batches, to the function. It runs once at a time: two
 * runs together would take twice their part of the PCE's requests. A batch that fails after all its tries fails the run, and none is begun
 * after it: what fails then fails for every batch, since an object that can't be forwarded is in the forwarder's queue by then. A redrive
 * goes on with what is left.
 */
export function backfillDefinition(args: BackfillDefinitionArgs): string {
  return JSON.stringify({
    Comment: "Forwards the flow logs below a prefix of the archive",
    StartAt: "CheckPrefix",
    States: {
      ...{
        CheckPrefix: checkPrefix(),
        CheckFrom: checkTime("$.from", "CheckTo"),
        CheckTo: checkTime("$.to", "FindRuns"),
      },
      ...{ FindRuns: findRuns(args), CheckRuns: checkRuns(), ForwardObjects: forwardObjects(args), ...refusals() },
    },
  });
}

// a default would turn a misspelt key, or the console's own sample input, into a backfill of everything
function checkPrefix() {
  const Variable = "$.prefix";
  const StringMatches = `${FLOW_LOG_PREFIX}*`;
  return {
    Type: "Choice",
    Choices: [
      {
        And: [
          { Variable, IsPresent: true },
          { Variable, IsString: true },
          { Variable, StringMatches },
        ],
        Next: "CheckFrom",
      },
    ],
    Default: "RefusePrefix",
  };
}

function checkTime(Variable: string, Next: string) {
  return {
    Type: "Choice",
    Choices: [
      { And: [{ Variable, IsPresent: false }], Next },
      {
        And: [
          { Variable, IsPresent: true },
          { Variable, IsTimestamp: true },
        ],
        Next,
      },
    ],
    Default: "RefuseTime",
  };
}

function findRuns({ partition }: BackfillDefinitionArgs) {
  return {
    Type: "Task",
    Resource: `arn:${partition}:states:::aws-sdk:sfn:listExecutions`,
    Parameters: { "StateMachineArn.$": "$$.StateMachine.Id", StatusFilter: "RUNNING", MaxResults: 2 },
    // a throttled call is no reason to fail a run, nor is a permission that has not arrived yet
    Retry: [
      {
        ErrorEquals: ["States.TaskFailed"],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxAttempts: 5,
        JitterStrategy: "FULL",
      },
    ],
    Next: "CheckRuns",
  };
}

// one of them is this one
function checkRuns() {
  return {
    Type: "Choice",
    Choices: [{ And: [{ Variable: "$.Executions[1]", IsPresent: true }], Next: "RefuseSecondRun" }],
    Default: "ForwardObjects",
  };
}

function refusals() {
  const refuse = (error: string, cause: string) => ({ Type: "Fail", Error: error, Cause: cause });
  return {
    RefusePrefix: refuse(
      "PrefixRefused",
      `The input must say which flow logs: {"prefix": "..."}, beginning with ${FLOW_LOG_PREFIX}. For all of them, ${EVERYTHING}`,
    ),
    RefuseTime: refuse(
      "TimeRefused",
      "The input's from and to must be moments such as 2026-10-01T00:00:00Z. Leave out the one that is to have no limit",
    ),
    RefuseSecondRun: refuse(
      "SecondRunRefused",
      "Another backfill runs, and two would take more of the PCE's requests than are theirs. Wait for its end, or stop it",
    ),
  };
}

function forwardObjects(args: BackfillDefinitionArgs) {
  const { partition, bucketName: Bucket, concurrency } = args;
  return {
    Type: "Map",
    Label: MAP_LABEL,
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:listObjectsV2`,
      Parameters: { Bucket, "Prefix.$": "$$.Execution.Input.prefix" },
    },
    ItemSelector: { "key.$": "$$.Map.Item.Value.Key", "etag.$": "$$.Map.Item.Value.Etag" },
    ItemBatcher: { MaxItemsPerBatch: objectsInBatch(args), BatchInput: { "input.$": "$$.Execution.Input" } },
    MaxConcurrency: concurrency,
    ToleratedFailurePercentage: 0,
    ItemProcessor: {
      // not EXPRESS: it ends after five minutes, and the function may take fifteen
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: "ForwardBatch",
      States: { ForwardBatch: forwardBatch(args) },
    },
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      // Step Functions puts the slash after it
      Parameters: { Bucket, Prefix: BACKFILL_PREFIX.replace(/\/$/, "") },
    },
    End: true,
  };
}

function objectsInBatch({ functionTimeoutSeconds }: BackfillDefinitionArgs): number {
  return Math.floor(functionTimeoutSeconds / SECONDS_AN_OBJECT);
}

function forwardBatch({ partition, bucketName, functionArn, functionTimeoutSeconds }: BackfillDefinitionArgs) {
  return {
    Type: "Task",
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: {
      FunctionName: functionArn,
      Payload: { backfill: { bucket: bucketName, "objects.$": "$.Items", "input.$": "$.BatchInput.input" } },
    },
    OutputPath: "$.Payload",
    TimeoutSeconds: functionTimeoutSeconds + ANSWER_MARGIN_SECONDS,
    Retry: [
      { ErrorEquals: [INPUT_ERROR], MaxAttempts: 0 },
      {
        // Lambda has no room, or a bad moment: it passes, within an hour
        ErrorEquals: ["Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.SdkClientException"],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 300,
        MaxAttempts: 20,
        JitterStrategy: "FULL",
      },
      {
        // the function crashed, or could not queue what failed; what the PCE took lately is not sent again
        ErrorEquals: ["States.TaskFailed", "States.Timeout"],
        IntervalSeconds: 60,
        BackoffRate: 2,
        MaxAttempts: 4,
        JitterStrategy: "FULL",
      },
    ],
    End: true,
  };
}
