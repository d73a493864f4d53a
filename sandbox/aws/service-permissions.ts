/** Whether an AWS service may do what it does on its own behalf: the policies of queues and keys, which the emulator does not ask. */
import { DescribeKeyCommand, GetKeyPolicyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { judge, type PolicyRequest } from "./policy-evaluation";

/** A call that an AWS service makes on its own behalf. */
export type ServiceCall = Required<PolicyRequest>;

/** A service, and what it acts for: condition keys, for example `aws:SourceArn`. */
export type ServiceCaller = Pick<ServiceCall, "principal" | "context">;

/** What one policy refuses of the calls, a sentence each, each once; `where` names the policy. */
export function refusals(policy: string | undefined, calls: readonly ServiceCall[], where: string): readonly string[] {
  const verdicts = calls.map((call) => ({ call, ...judge([policy], call) }));
  const sentences = verdicts
    .filter(({ allowed }) => !allowed)
    .map(({ call, because }) => `${where} does not let ${call.principal} do ${call.action}: ${because}`);
  return [...new Set(sentences)];
}

/**
 * What keeps the service from using a key, a sentence each; none without a key. A service can use a customer-managed key only: the
 * policy of an AWS-managed one lets in callers of the account, not services.
 */
export async function keyRefusals(
  kms: KMSClient,
  keyId: string | undefined,
  actions: readonly string[],
  { principal, context }: ServiceCaller,
): Promise<readonly string[]> {
  if (keyId === undefined || keyId === "") return [];
  if (keyId.includes("alias/aws/"))
    return [`${principal} can not use the AWS-managed key ${keyId}; use a key of your own`];
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  const { Policy: policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: "default" }));
  const calls = actions.map((action) => ({ principal, action, resource: key?.Arn ?? keyId, context }));
  return refusals(policy, calls, `the policy of key ${keyId}`);
}

/**
 * What keeps the service from sending to a queue, a sentence each.
 * source: SQS developer guide, "Enable compatibility between AWS services"
 */
export async function queueRefusals(
  { sqs, kms }: { readonly sqs: SQSClient; readonly kms: KMSClient },
  queue: { readonly arn: string; readonly url: string },
  caller: ServiceCaller,
): Promise<readonly string[]> {
  const request = new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ["All"] });
  const { Attributes: got } = await sqs.send(request);
  const calls = [{ ...caller, action: "sqs:SendMessage", resource: queue.arn }];
  return [
    ...refusals(got?.Policy, calls, `the policy of queue ${queue.arn}`),
    ...(await keyRefusals(kms, got?.KmsMasterKeyId, ["kms:GenerateDataKey", "kms:Decrypt"], caller)),
  ];
}
