/** Whether policies let a flow-log object reach its bucket, and its notification reach the queue. The emulator lets both through. */
import { KMSClient } from "@aws-sdk/client-kms";
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import { queueUrl } from "./queue-url";
import { keyRefusals, queueRefusals, refusals, type ServiceCall } from "./service-permissions";

const DELIVERY = "delivery.logs.amazonaws.com";
const S3 = "s3.amazonaws.com";

interface Place {
  readonly bucket: string;
  readonly account: string;
  readonly region: string;
}

interface Client {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** Reads the policies on the way of one bucket's objects. */
export class DeliveryChecks {
  readonly #place: Place;
  readonly #client: Client;

  constructor(place: Place, { endpoint, region, credentials }: Client) {
    this.#place = place;
    this.#client = { endpoint, region, credentials };
  }

  /**
   * One sentence per refusal, none when objects arrive and are notified of. A bucket without notifications is no refusal.
   * source: VPC user guide, "Publish flow logs to Amazon S3"; S3 user guide, "Granting permissions to publish event notification
   * messages to a destination"
   */
  async refusals(keys: readonly string[]): Promise<readonly string[]> {
    const s3 = new S3Client(this.#client);
    const sqs = new SQSClient(this.#client);
    const kms = new KMSClient(this.#client);
    try {
      return [
        ...(await this.#mayPut(s3, keys)),
        ...(await this.#mayEncrypt(s3, kms)),
        ...(await this.#mayNotify(s3, sqs, kms)),
      ];
    } finally {
      for (const client of [s3, sqs, kms]) client.destroy();
    }
  }

  async #mayPut(s3: S3Client, keys: readonly string[]): Promise<readonly string[]> {
    const { bucket } = this.#place;
    const arn = `arn:aws:s3:::${bucket}`;
    const policy = await s3
      .send(new GetBucketPolicyCommand({ Bucket: bucket }))
      .then(({ Policy }) => Policy, noneWhen("NoSuchBucketPolicy"));
    const context = this.#deliveryContext();
    const calls = [
      { principal: DELIVERY, action: "s3:GetBucketAcl", resource: arn, context },
      ...keys.map((key) => ({
        principal: DELIVERY,
        action: "s3:PutObject",
        resource: `${arn}/${key}`,
        context: { ...context, "s3:x-amz-acl": "bucket-owner-full-control" },
      })),
    ];
    return refusals(policy, calls, `the policy of bucket ${bucket}`);
  }

  async #mayEncrypt(s3: S3Client, kms: KMSClient): Promise<readonly string[]> {
    const { bucket } = this.#place;
    const rules = await s3
      .send(new GetBucketEncryptionCommand({ Bucket: bucket }))
      .then(
        ({ ServerSideEncryptionConfiguration: got }) => got?.Rules,
        noneWhen("ServerSideEncryptionConfigurationNotFoundError"),
      );
    const key = rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
    const caller = { principal: DELIVERY, context: this.#deliveryContext() };
    return keyRefusals(kms, key, ["kms:GenerateDataKey"], caller);
  }

  async #mayNotify(s3: S3Client, sqs: SQSClient, kms: KMSClient): Promise<readonly string[]> {
    const { bucket, account } = this.#place;
    const { QueueConfigurations: queues = [] } = await s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
    );
    const context = { "aws:SourceArn": `arn:aws:s3:::${bucket}`, "aws:SourceAccount": account };
    const found: string[] = [];
    for (const { QueueArn: arn = "" } of queues) {
      const queue = { arn, url: queueUrl(this.#client.endpoint, arn) };
      found.push(...(await queueRefusals({ sqs, kms }, queue, { principal: S3, context })));
    }
    return found;
  }

  #deliveryContext(): ServiceCall["context"] {
    const { account, region } = this.#place;
    // AWS sends the ARN of the delivery, whose last part it chooses; policies end in `:*`
    return {
      "aws:SourceAccount": account,
      "aws:SourceArn": `arn:aws:logs:${region}:${account}:delivery-source:sandbox`,
    };
  }
}

/** Turns one named error into "there is none"; any other is thrown. */
function noneWhen(name: string): (cause: unknown) => undefined {
  return (cause) => {
    if ((cause as Error).name !== name) throw cause;
    return undefined;
  };
}
