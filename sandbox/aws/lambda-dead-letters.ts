/** Counts what failed at last: in queues that nothing here takes messages from. */
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import type { EventSources } from "./lambda-event-sources";
import { queueUrl } from "./queue-url";
import { listEventSources, listFunctions, listInvokeConfigs, listRuleTargets } from "./registry";

const COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;

/** What counting works with. */
export interface DeadLettersOptions {
  readonly run: string;
  readonly endpoint: string;
  readonly region: string;
  readonly admin: Credentials;
  readonly eventSources: Pick<EventSources, "deadLetterArns">;
}

/**
 * Messages in the dead-letter queues of polled queues, of rules' targets and of functions, and in functions' on-failure queues. A queue of
 * them that is polled itself counts as work to be done.
 */
export async function countDeadLetters(options: DeadLettersOptions): Promise<number> {
  const { admin, endpoint, region, run, eventSources } = options;
  const polled = new Set((await listEventSources(run)).map(({ eventSourceArn }) => eventSourceArn));
  const arns = new Set([
    ...(await eventSources.deadLetterArns()),
    ...(await listInvokeConfigs(run)).map(({ onFailureArn }) => onFailureArn),
    ...(await listFunctions(run)).map(({ deadLetterArn }) => deadLetterArn),
    ...(await listRuleTargets(run)).map(({ deadLetterArn }) => deadLetterArn),
  ]);
  const sqs = new SQSClient({ endpoint, region, credentials: admin });
  let total = 0;
  for (const arn of arns) {
    if (!arn?.startsWith("arn:aws:sqs:") || polled.has(arn)) continue;
    const request = { QueueUrl: queueUrl(endpoint, arn), AttributeNames: [...COUNTS] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(request));
    for (const name of COUNTS) total += Number(Attributes?.[name]);
  }
  sqs.destroy();
  return total;
}
