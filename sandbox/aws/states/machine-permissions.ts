/**
 * What a state machine's role and keys must allow, and what they refuse of it.
 *
 * source: Step Functions developer guide, "IAM policies for using Distributed Map states", "Using CloudWatch Logs", "Data at rest encryption"
 */
import type { KMSClient } from "@aws-sdk/client-kms";
import { GetBucketEncryptionCommand, type S3Client } from "@aws-sdk/client-s3";
import { judge, type PolicyRequest, refusalOf } from "../policy-evaluation";
import type { AwsClients } from "../provider/clients";
import { rolePolicies } from "../provider/iam/roles";
import { keyRefusals } from "../service-permissions";
import type { DeployedStateMachine } from "./machines";
import { type Definition, type MapState, type State, TASK_RESOURCES } from "./states-language";

/** A state machine, as far as permissions go. */
export type Permitted = Pick<DeployedStateMachine, "name" | "arn" | "roleArn" | "logGroupArn" | "kmsKeyArn">;

/** Whom to ask. */
export type PolicyClients = Pick<AwsClients, "iam"> & { readonly kms: KMSClient; readonly s3: S3Client };

interface KeyUse {
  readonly keyArn: string;
  readonly actions: readonly string[];
  readonly context: Readonly<Record<string, string>>;
}

const DELIVERY = "delivery.logs.amazonaws.com";
const DELIVER_LOGS = [
  ...["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"],
  ...["PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"],
].map((action) => `logs:${action}`);
const WRITE_RESULTS = ["PutObject", "GetObject", "ListMultipartUploadParts", "AbortMultipartUpload"].map(
  (action) => `s3:${action}`,
);
// results are uploaded in parts, which S3 decrypts to join them
const ENCRYPT_RESULTS = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

/** A session of nobody in particular: what a pattern for the executions of a state machine must match. */
const SOME = "00000000-0000-0000-0000-000000000000";

/**
 * What is refused of all that the definition does, a sentence each. A prefix that comes with the input is judged by S3, when it is listed.
 */
export async function machineRefusals(
  clients: PolicyClients,
  machine: Permitted,
  definition: Definition,
): Promise<readonly string[]> {
  const states = Object.values(definition.States);
  const requests = [...states.flatMap((state) => stateRequests(machine, state)), ...logRequests(machine)];
  const policies = await rolePolicies({ aws: clients }, machine.roleArn);
  const own = requests.flatMap((request) => {
    const refusal = refusalOf(policies, [request]);
    return refusal === undefined ? [] : [mayNot(machine, request, refusal.because)];
  });
  const keys = [...(await resultKeyUses(clients, states, machine)), ...machineKeyUses(machine)];
  const ofKeys = await Promise.all(keys.map((use) => keyUseRefusals(clients.kms, policies, machine, use)));
  return [...own, ...ofKeys.flat(), ...(await deliveryRefusals(clients.kms, machine))];
}

/** What keeps the state machine from using its own key, a sentence each: Step Functions asks at each execution. */
export async function executionRefusals(clients: PolicyClients, machine: Permitted): Promise<readonly string[]> {
  const policies = await rolePolicies({ aws: clients }, machine.roleArn);
  const refusals = machineKeyUses(machine).map((use) => keyUseRefusals(clients.kms, policies, machine, use));
  return (await Promise.all(refusals)).flat();
}

/** Why the role may not do this; undefined when it may. */
export async function roleRefusal(
  clients: Pick<PolicyClients, "iam">,
  machine: Permitted,
  request: PolicyRequest,
): Promise<string | undefined> {
  const { allowed, because } = judge(await rolePolicies({ aws: clients }, machine.roleArn), request);
  return allowed ? undefined : mayNot(machine, request, because);
}

function stateRequests(machine: Permitted, state: State): PolicyRequest[] {
  if (state.Type === "Task") {
    return state.Resource === TASK_RESOURCES.invoke
      ? [{ action: "lambda:InvokeFunction", resource: state.Parameters.FunctionName }]
      : [{ action: "states:ListExecutions", resource: machine.arn }];
  }
  return state.Type === "Map" ? mapRequests(machine, state) : [];
}

function mapRequests(machine: Permitted, state: MapState): PolicyRequest[] {
  const { Parameters: read } = state.ItemReader;
  const { Bucket: bucket, Prefix: prefix } = state.ResultWriter.Parameters;
  const executions = machine.arn.replace(":stateMachine:", ":execution:");
  const list = { action: "s3:ListBucket", resource: `arn:aws:s3:::${read.Bucket}` };
  return [
    ...("Prefix.$" in read ? [] : [{ ...list, context: { "s3:prefix": read.Prefix ?? "" } }]),
    { action: "states:StartExecution", resource: machine.arn },
    ...["DescribeExecution", "StopExecution"].map((action) => ({
      action: `states:${action}`,
      resource: `${executions}:${SOME}`,
    })),
    { action: "states:RedriveExecution", resource: `${executions}/${state.Label}:${SOME}` },
    ...WRITE_RESULTS.map((action) => ({ action, resource: `arn:aws:s3:::${bucket}/${prefix}/${SOME}/manifest.json` })),
    ...Object.values(state.ItemProcessor.States).flatMap((each) => stateRequests(machine, each)),
  ];
}

const logRequests = ({ logGroupArn }: Permitted): PolicyRequest[] =>
  logGroupArn === undefined ? [] : DELIVER_LOGS.map((action) => ({ action, resource: "*" }));

async function resultKeyUses({ s3 }: PolicyClients, states: readonly State[], { arn }: Permitted): Promise<KeyUse[]> {
  const buckets = states.flatMap((state) => (state.Type === "Map" ? [state.ResultWriter.Parameters.Bucket] : []));
  const uses = buckets.map(async (Bucket): Promise<KeyUse[]> => {
    const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const keyArn = found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
    if (keyArn === undefined || keyArn.includes("alias/aws/")) return [];
    return [{ keyArn, actions: ENCRYPT_RESULTS, context: through("s3", arn) }];
  });
  return (await Promise.all(uses)).flat();
}

function machineKeyUses({ arn, kmsKeyArn: keyArn, logGroupArn }: Permitted): KeyUse[] {
  if (keyArn === undefined) return [];
  const caller = { "kms:CallerAccount": accountOf(arn) };
  const own = { ...caller, "kms:EncryptionContext:aws:states:stateMachineArn": arn };
  const log = { ...caller, "kms:EncryptionContext:SourceArn": logsOf(arn) };
  return [
    { keyArn, actions: ["kms:Decrypt", "kms:GenerateDataKey"], context: own },
    ...(logGroupArn === undefined ? [] : [{ keyArn, actions: ["kms:GenerateDataKey"], context: log }]),
  ];
}

/** A key is used when both the role's policies and the key's own let it. */
async function keyUseRefusals(
  kms: KMSClient,
  policies: readonly string[],
  machine: Permitted,
  { keyArn, actions, context }: KeyUse,
): Promise<readonly string[]> {
  const refusal = refusalOf(
    policies,
    actions.map((action) => ({ action, resource: keyArn, context })),
  );
  const own =
    refusal === undefined
      ? []
      : [mayNot(machine, { action: refusal.actions.join(", "), resource: keyArn }, refusal.because)];
  return [...own, ...(await keyRefusals(kms, keyArn, actions, { principal: machine.roleArn, context }))];
}

async function deliveryRefusals(kms: KMSClient, { arn, kmsKeyArn, logGroupArn }: Permitted) {
  if (logGroupArn === undefined) return [];
  const context = {
    "kms:EncryptionContext:SourceArn": logsOf(arn),
    "aws:SourceAccount": accountOf(arn),
    "aws:SourceArn": logsOf(arn),
  };
  return keyRefusals(kms, kmsKeyArn, ["kms:Decrypt"], { principal: DELIVERY, context });
}

const through = (service: string, arn: string) => ({
  "kms:ViaService": `${service}.${regionOf(arn)}.amazonaws.com`,
  "kms:CallerAccount": accountOf(arn),
});

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";
const accountOf = (arn: string): string => arn.split(":")[4] ?? "";
const logsOf = (arn: string): string => `arn:aws:logs:${regionOf(arn)}:${accountOf(arn)}:*`;

const mayNot = (
  { roleArn }: Permitted,
  { action, resource }: Pick<PolicyRequest, "action" | "resource">,
  because: string,
) => `role ${roleArn} may not ${action} on ${resource}: ${because}`;
