import assert from "node:assert/strict";
import { BACKFILL_PREFIX, backfillDefinition } from "../../components/backfill-definition";
import { FLOW_LOG_PREFIX } from "../../components/flow-archive";
import { isBackfill } from "../../functions/flow-forwarder/backfill";
import { MIN_MS_PER_MESSAGE } from "../../functions/flow-forwarder/forward-batch";

const FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:forwarder";
const ARGS = {
  partition: "aws",
  bucketName: "archive",
  functionArn: FUNCTION,
  functionTimeoutSeconds: 120,
  concurrency: 3,
};

const batchSizeOf = (functionTimeoutSeconds: number): number =>
  JSON.parse(backfillDefinition({ ...ARGS, functionTimeoutSeconds })).States.ForwardObjects.ItemBatcher
    .MaxItemsPerBatch;

describe("the definition of a backfill", () => {
  it("is this", () => {
    assert.deepEqual(JSON.parse(backfillDefinition(ARGS)), {
      Comment: "Forwards the flow logs below a prefix of the archive",
      StartAt: "CheckPrefix",
      States: {
        CheckPrefix: {
          Type: "Choice",
          Choices: [
            {
              And: [
                { Variable: "$.prefix", IsPresent: true },
                { Variable: "$.prefix", IsString: true },
                { Variable: "$.prefix", StringMatches: "AWSLogs/*" },
              ],
              Next: "CheckFrom",
            },
          ],
          Default: "RefusePrefix",
        },
        CheckFrom: {
          Type: "Choice",
          Choices: [
            { And: [{ Variable: "$.from", IsPresent: false }], Next: "CheckTo" },
            {
              And: [
                { Variable: "$.from", IsPresent: true },
                { Variable: "$.from", IsTimestamp: true },
              ],
              Next: "CheckTo",
            },
          ],
          Default: "RefuseTime",
        },
        CheckTo: {
          Type: "Choice",
          Choices: [
            { And: [{ Variable: "$.to", IsPresent: false }], Next: "FindRuns" },
            {
              And: [
                { Variable: "$.to", IsPresent: true },
                { Variable: "$.to", IsTimestamp: true },
              ],
              Next: "FindRuns",
            },
          ],
          Default: "RefuseTime",
        },
        FindRuns: {
          Type: "Task",
          Resource: "arn:aws:states:::aws-sdk:sfn:listExecutions",
          Parameters: { "StateMachineArn.$": "$$.StateMachine.Id", StatusFilter: "RUNNING", MaxResults: 2 },
          Retry: [
            {
              ...{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 5 },
              JitterStrategy: "FULL",
            },
          ],
          Next: "CheckRuns",
        },
        CheckRuns: {
          Type: "Choice",
          Choices: [{ And: [{ Variable: "$.Executions[1]", IsPresent: true }], Next: "RefuseSecondRun" }],
          Default: "ForwardObjects",
        },
        RefusePrefix: {
          Type: "Fail",
          Error: "PrefixRefused",
          Cause:
            'The input must say which flow logs: {"prefix": "..."}, beginning with AWSLogs/. For all of them, {"prefix":"AWSLogs/"}',
        },
        RefuseTime: {
          Type: "Fail",
          Error: "TimeRefused",
          Cause:
            "The input's from and to must be moments such as 2026-10-01T00:00:00Z. Leave out the one that is to have no limit",
        },
        RefuseSecondRun: {
          Type: "Fail",
          Error: "SecondRunRefused",
          Cause:
            "Another backfill runs, and two would take more of the PCE's requests than are theirs. Wait for its end, or stop it",
        },
        ForwardObjects: {
          Type: "Map",
          Label: "Objects",
          ItemReader: {
            Resource: "arn:aws:states:::s3:listObjectsV2",
            Parameters: { Bucket: "archive", "Prefix.$": "$$.Execution.Input.prefix" },
          },
          ItemSelector: { "key.$": "$$.Map.Item.Value.Key", "etag.$": "$$.Map.Item.Value.Etag" },
          ItemBatcher: { MaxItemsPerBatch: 10, BatchInput: { "input.$": "$$.Execution.Input" } },
          MaxConcurrency: 3,
          ToleratedFailurePercentage: 0,
          ItemProcessor: {
            ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
            StartAt: "ForwardBatch",
            States: {
              ForwardBatch: {
                Type: "Task",
                Resource: "arn:aws:states:::lambda:invoke",
                Parameters: {
                  FunctionName: FUNCTION,
                  Payload: {
                    backfill: { bucket: "archive", "objects.$": "$.Items", "input.$": "$.BatchInput.input" },
                  },
                },
                OutputPath: "$.Payload",
                TimeoutSeconds: 180,
                Retry: [
                  { ErrorEquals: ["BackfillInputError"], MaxAttempts: 0 },
                  {
                    ErrorEquals: [
                      "Lambda.TooManyRequestsException",
                      "Lambda.ServiceException",
                      "Lambda.SdkClientException",
                    ],
                    IntervalSeconds: 2,
                    BackoffRate: 2,
                    MaxDelaySeconds: 300,
                    MaxAttempts: 20,
                    JitterStrategy: "FULL",
                  },
                  {
                    ErrorEquals: ["States.TaskFailed", "States.Timeout"],
                    IntervalSeconds: 60,
                    BackoffRate: 2,
                    MaxAttempts: 4,
                    JitterStrategy: "FULL",
                  },
                ],
                End: true,
              },
            },
          },
          ResultWriter: {
            Resource: "arn:aws:states:::s3:putObject",
            Parameters: { Bucket: "archive", Prefix: "backfill" },
          },
          End: true,
        },
      },
    });
  });

  it("hands the function what it takes for a backfill", () => {
    const { ItemSelector, ItemProcessor } = JSON.parse(backfillDefinition(ARGS)).States.ForwardObjects;
    const { Payload } = ItemProcessor.States.ForwardBatch.Parameters;
    const named = (template: object) => Object.keys(template).map((key) => key.replace(/\.\$$/, ""));

    const object = Object.fromEntries(named(ItemSelector).map((key) => [key, "x"]));
    const event = { backfill: Object.fromEntries(named(Payload.backfill).map((key) => [key, "x"])) };
    const input = { prefix: "AWSLogs/" };
    assert.ok(isBackfill({ backfill: { ...event.backfill, objects: [object], input } }));
    assert.deepEqual(Object.keys(event.backfill), ["bucket", "objects", "input"]);
  });

  it("follows the partition of its account", () => {
    const china = backfillDefinition({ ...ARGS, partition: "aws-cn", functionArn: "arn:aws-cn:lambda:x" });

    assert.match(china, /arn:aws-cn:states:::lambda:invoke/);
    assert.doesNotMatch(china, /arn:aws:/);
  });

  it("fits a batch into an invocation, whatever that may take: the shortest has two objects, the longest 75", () => {
    assert.deepEqual([30, 120, 900].map(batchSizeOf), [2, 10, 75]);
    for (let seconds = 30; seconds <= 900; seconds += 1) {
      // every object is begun in time when each takes its part
      const lastBegins = (batchSizeOf(seconds) - 1) * (seconds / batchSizeOf(seconds));
      assert.ok(1_000 * (seconds - lastBegins) >= MIN_MS_PER_MESSAGE, `${seconds} s`);
    }
  });

  it("keeps a batch below Step Functions' 256 KiB, with the longest keys that S3 knows", () => {
    const object = JSON.stringify({ key: "k".repeat(1_024), etag: `"${"e".repeat(32)}-10000"` });

    assert.ok(batchSizeOf(900) * object.length < 256 * 1_024);
  });

  it("keeps its results where no notification looks for flow logs, and no backfill either", () => {
    assert.ok(!BACKFILL_PREFIX.startsWith(FLOW_LOG_PREFIX) && !FLOW_LOG_PREFIX.startsWith(BACKFILL_PREFIX));
  });
});
