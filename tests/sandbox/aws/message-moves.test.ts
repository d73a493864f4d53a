import assert from "node:assert/strict";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { awsClients } from "../../../sandbox/aws/provider/clients";
import { emulator } from "../provider/emulator";

const REGION = "eu-south-2";

describe("the emulator's moves of dead letters", () => {
  let sqs: SQSClient;
  let queues = 0;

  before(async function () {
    this.timeout(120_000);
    const { url } = await emulator();
    ({ sqs } = awsClients({ endpoint: url, region: REGION, credentials: { accessKeyId: "a", secretAccessKey: "b" } }));
  });

  interface Made {
    readonly url: string;
    readonly arn: string;
  }

  async function queue(deadLetters?: Made): Promise<Made> {
    queues += 1;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters?.arn, maxReceiveCount: 1 });
    const { QueueUrl: url = "" } = await sqs.send(
      new CreateQueueCommand({
        QueueName: `moves-${queues}`,
        Attributes: { VisibilityTimeout: "0", ...(deadLetters && { RedrivePolicy }) },
      }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
    );
    return { url, arn: Attributes?.QueueArn ?? "" };
  }
  const send = ({ url: QueueUrl }: Made, MessageBody: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  async function receive({ url: QueueUrl }: Made) {
    const MessageSystemAttributeNames = ["ApproximateReceiveCount" as const];
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames }),
    );
    return message && { ...message, times: message.Attributes?.ApproximateReceiveCount };
  }
  /** Received twice, of which once is allowed. */
  async function fail(from: Made) {
    const first = await receive(from);
    assert.equal(await receive(from), undefined);
    return first;
  }
  const move = ({ arn: SourceArn }: Made) => sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  async function lastMove({ arn: SourceArn }: Made) {
    const { Results: [task] = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    const { Status, ApproximateNumberOfMessagesMoved: moved, FailureReason: reason } = task ?? {};
    return [Status, moved, ...(reason === undefined ? [] : [reason])];
  }

  it("bring each message back to the queue that it was sent to, as a new one", async () => {
    const dead = await queue();
    const [one, other] = [await queue(dead), await queue(dead)];
    await send(one, "of one");
    await send(other, "of the other");
    const [failed] = [await fail(one), await fail(other)];

    await move(dead);

    const [again, ofOther] = [await receive(one), await receive(other)];
    assert.deepEqual([again?.Body, again?.times, ofOther?.Body], ["of one", "1", "of the other"]);
    assert.notEqual(again?.MessageId, failed?.MessageId);
    assert.equal(await receive(dead), undefined);
    assert.deepEqual(await lastMove(dead), ["COMPLETED", 2]);
  });

  it("leave one that somebody has received, and one that is gone", async () => {
    const dead = await queue();
    const source = await queue(dead);
    await send(source, "handled");
    await fail(source);
    const { url: QueueUrl } = dead;
    const { Messages: [held] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 60 }));

    await move(dead);
    assert.deepEqual(await lastMove(dead), ["COMPLETED", 0]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: held?.ReceiptHandle }));
    await move(dead);

    assert.equal(await receive(source), undefined);
  });

  it("end at a message that was sent to the dead-letter queue itself", async () => {
    const dead = await queue();
    await queue(dead);
    await send(dead, "from nowhere");

    await move(dead);

    assert.deepEqual(await lastMove(dead), ["FAILED", 0, "CouldNotDetermineMessageSource"]);
    assert.equal((await receive(dead))?.Body, "from nowhere");
  });

  it("are refused of a queue that is no dead-letter queue, and of none", async () => {
    const plain = await queue();

    await assert.rejects(move(plain), /configured as a Dead Letter Queue/);
    await assert.rejects(move({ url: "", arn: `${plain.arn}-gone` }), { name: "ResourceNotFoundException" });
  });
});
