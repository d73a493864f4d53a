/** Whether policies let a flow-log object reach its bucket, and its notification reach the queue. The emulator lets both through. */
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials } from "./access-control";
import { judge, type PolicyRequest } from "./policy-evaluation";

const DELIVERY = "delivery.logs.amazonaws.com";
const S3 = "s3.amazonaws.com";

/** A call that an AWS service makes on its own behalf. */
type ServiceCall = Required<PolicyRequest>;

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
   * messages to a destination"; SQS developer guide, "Enable compatibility between AWS services"
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
    return refused(policy, calls, `the policy of bucket ${bucket}`);
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
    return this.#mayUseKey(kms, key, ["kms:GenerateDataKey"], DELIVERY, this.#deliveryContext());
  }

  async #mayNotify(s3: S3Client, sqs: SQSClient, kms: KMSClient): Promise<readonly string[]> {
    const { bucket, account } = this.#place;
    const { QueueConfigurations: queues = [] } = await s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
    );
    const context = { "aws:SourceArn": `arn:aws:s3:::${bucket}`, "aws:SourceAccount": account };
    const refusals: string[] = [];
    for (const { QueueArn: resource = "" } of queues) {
      const QueueUrl = `${this.#client.endpoint}/${resource.split(":").slice(4).join("/")}`;
      const { Attributes: got } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      const calls = [{ principal: S3, action: "sqs:SendMessage", resource, context }];
      refusals.push(
        ...refused(got?.Policy, calls, `the policy of queue ${resource}`),
        ...(await this.#mayUseKey(kms, got?.KmsMasterKeyId, ["kms:GenerateDataKey", "kms:Decrypt"], S3, context)),
      );
    }
    return refusals;
  }

  /** A service can use a customer-managed key only; the policy of an AWS-managed one lets in callers of the account, not services. */
  async #mayUseKey(
    kms: KMSClient,
    keyId: string | undefined,
    actions: readonly string[],
    principal: string,
    context: ServiceCall["context"],
  ): Promise<readonly string[]> {
    if (keyId === undefined || keyId === "") return [];
    if (keyId.includes("alias/aws/"))
      return [`${principal} can not use the AWS-managed key ${keyId}; use a key of your own`];
    const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    const { Policy: policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: "default" }));
    const calls = actions.map((action) => ({ principal, action, resource: key?.Arn ?? keyId, context }));
    return refused(policy, calls, `the policy of key ${keyId}`);
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

function refused(policy: string | undefined, calls: readonly ServiceCall[], where: string): readonly string[] {
  const verdicts = calls.map((call) => ({ call, ...judge([policy], call) }));
  const sentences = verdicts
    .filter(({ allowed }) => !allowed)
    .map(({ call, because }) => `${where} does not let ${call.principal} do ${call.action}: ${because}`);
  return [...new Set(sentences)];
}

/** Turns one named error into "there is none"; any other is thrown. */
function noneWhen(name: string): (cause: unknown) => undefined {
  return (cause) => {
    if ((cause as Error).name !== name) throw cause;
    return undefined;
  };
}
