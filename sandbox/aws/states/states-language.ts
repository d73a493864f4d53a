/**
 * The part of the Amazon States Language that the sandbox plays.
 *
 * source: Step Functions developer guide, "State machine structure", "Distributed mode", "ItemReader", "ItemBatcher", "ResultWriter",
 * "Handling errors"
 */
import { z } from "zod";
import { PLAYED_PATH } from "./templates";

const LAMBDA = /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]{1,64}$/;
const MOST = 99_999_999;

const text = z.string();
const path = z.string().regex(PLAYED_PATH, "must be a path that leads to a name");
const whole = (least: number, most = MOST) => z.int().min(least).max(most);

const retrier = z.strictObject({
  ErrorEquals: z.array(text).min(1),
  IntervalSeconds: whole(1).default(1),
  MaxAttempts: whole(0).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: whole(1, 31_622_400).optional(),
  JitterStrategy: z.enum(["FULL", "NONE"]).default("NONE"),
});

const test = z.strictObject({
  Variable: path,
  IsPresent: z.boolean().optional(),
  IsString: z.boolean().optional(),
  IsTimestamp: z.boolean().optional(),
  StringMatches: text.optional(),
});

const choice = z.strictObject({
  Type: z.literal("Choice"),
  Comment: text.optional(),
  Choices: z.array(z.strictObject({ And: z.array(test).min(1), Next: text })).min(1),
  Default: text.optional(),
});

const fail = z.strictObject({
  Type: z.literal("Fail"),
  Comment: text.optional(),
  Error: text.optional(),
  Cause: text.optional(),
});

/** The service calls that the sandbox plays as tasks. */
export const TASK_RESOURCES = {
  invoke: "arn:aws:states:::lambda:invoke",
  listExecutions: "arn:aws:states:::aws-sdk:sfn:listExecutions",
} as const;

const anyTask = {
  Type: z.literal("Task"),
  Comment: text.optional(),
  OutputPath: path.optional(),
  TimeoutSeconds: whole(1).default(MOST),
  Retry: z.array(retrier).default([]),
  Next: text.optional(),
  End: z.boolean().optional(),
};

const task = z.discriminatedUnion("Resource", [
  z.strictObject({
    ...anyTask,
    Resource: z.literal(TASK_RESOURCES.invoke),
    Parameters: z.strictObject({
      FunctionName: z.string().regex(LAMBDA, "must be the ARN of a function"),
      Payload: z.unknown(),
    }),
  }),
  z.strictObject({
    ...anyTask,
    Resource: z.literal(TASK_RESOURCES.listExecutions),
    Parameters: z.strictObject({
      "StateMachineArn.$": z.literal("$$.StateMachine.Id"),
      StatusFilter: z.literal("RUNNING"),
      MaxResults: whole(1, 1_000),
    }),
  }),
]);

const map = z.strictObject({
  Type: z.literal("Map"),
  Comment: text.optional(),
  Label: z
    .string()
    .regex(/^[^\s?*<>{}[\]:;,\\|^~$#%&"`]{1,40}$/, "must be 1 to 40 characters without space, wildcards or brackets"),
  ItemReader: z.strictObject({
    Resource: z.literal("arn:aws:states:::s3:listObjectsV2"),
    Parameters: z.union([
      z.strictObject({ Bucket: text, Prefix: text.optional() }),
      z.strictObject({ Bucket: text, "Prefix.$": path }),
    ]),
  }),
  ItemSelector: z.record(text, z.unknown()).optional(),
  ItemBatcher: z.strictObject({ MaxItemsPerBatch: whole(1), BatchInput: z.record(text, z.unknown()).optional() }),
  // 0 is ten thousand to AWS, and nobody means it here
  MaxConcurrency: whole(1, 10_000),
  ToleratedFailurePercentage: z.number().min(0).max(100).default(0),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal("DISTRIBUTED"), ExecutionType: z.literal("STANDARD") }),
    StartAt: text,
    States: z.record(text, z.discriminatedUnion("Type", [choice, fail, task])),
  }),
  ResultWriter: z.strictObject({
    Resource: z.literal("arn:aws:states:::s3:putObject"),
    Parameters: z.strictObject({ Bucket: text, Prefix: text }),
  }),
  Next: text.optional(),
  End: z.boolean().optional(),
});

/** A definition as the sandbox plays it. */
export const definitionSchema = z.strictObject({
  Comment: text.optional(),
  StartAt: text,
  States: z.record(text, z.discriminatedUnion("Type", [choice, fail, task, map])),
});

/** What AWS knows beside it, by the type of state: not played is another thing than unknown. */
export const KNOWN_TO_AWS: Readonly<Record<string, readonly string[]>> = {
  // of the definition itself
  "": ["TimeoutSeconds", "Version", "QueryLanguage"],
  Choice: ["InputPath", "OutputPath", "QueryLanguage", "Assign", "Output"],
  Fail: ["ErrorPath", "CausePath", "QueryLanguage"],
  Task: [
    ...["InputPath", "ResultPath", "ResultSelector", "Catch", "Credentials", "QueryLanguage", "Arguments", "Assign"],
    ...["Output", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"],
  ],
  Map: [
    ...[
      "InputPath",
      "OutputPath",
      "ResultPath",
      "ResultSelector",
      "Catch",
      "Retry",
      "QueryLanguage",
      "Assign",
      "Output",
    ],
    ...["Items", "ItemsPath", "Iterator", "Parameters", "MaxConcurrencyPath", "ToleratedFailurePercentagePath"],
    ...["ToleratedFailureCount", "ToleratedFailureCountPath"],
  ],
};

/** The types of states that AWS knows and the sandbox does not play. */
export const UNPLAYED_TYPES = ["Pass", "Wait", "Succeed", "Parallel"];

export type Definition = z.output<typeof definitionSchema>;
export type State = Definition["States"][string];
export type ChoiceState = z.output<typeof choice>;
export type TaskState = z.output<typeof task>;
export type MapState = z.output<typeof map>;
export type Retrier = z.output<typeof retrier>;
/** States, and which one begins: a definition, or what a map does with each batch. */
export type States = Pick<Definition, "StartAt" | "States">;
