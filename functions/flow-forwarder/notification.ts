/** One object that was put into the bucket. */
export interface ObjectRef {
  readonly bucket: string;
  /** As the bucket has it, decoded. */
  readonly key: string;
  /** The version, or else the ETag: what tells two puts of one key apart. */
  readonly version?: string;
  /** Connections of it that an earlier invocation has sent; absent when it is to be forwarded from its beginning. */
  readonly after?: number;
}

/** What a queue message asks for. */
export type Work =
  | { readonly objects: readonly ObjectRef[]; readonly logEvents?: never }
  /** Log events that an invocation by CloudWatch Logs could not forward, in CloudWatch Logs' own form. */
  | { readonly logEvents: string; readonly objects?: never };

/** What tells one put of an object from all others, and how far it is; undefined when the notification named no version. */
export function identityOf({ bucket, key, version, after = 0 }: ObjectRef): string | undefined {
  return version === undefined ? undefined : JSON.stringify([bucket, key, version, after]);
}

/** A queue message that names no object in a way we know. Its text is not part of the error. */
export class NotificationError extends Error {
  override readonly name = "NotificationError";
}

/**
 * Reads what a queue message asks for: no object for S3's test event, several when S3 joins them.
 * Takes S3's own notification, one wrapped by SNS, EventBridge's form, our own `continuation`, and log events.
 * @throws NotificationError for anything else, so that the message ends in the dead-letter queue rather than nowhere.
 */
export function workIn(body: string): Work {
  const message = parseRecord(body);
  if (isObject(message["awslogs"]) && typeof message["awslogs"]["data"] === "string")
    return { logEvents: message["awslogs"]["data"] };
  return { objects: objectsIn(message) };
}

// example: {"continue":{"bucket":"b","key":"AWSLogs/1/...","version":"d41d8","after":120000}}
/** The body of a message that has an object forwarded later, from where it is now. */
export function continuation(ref: ObjectRef): string {
  return JSON.stringify({ continue: ref });
}

function objectsIn(message: JsonObject): readonly ObjectRef[] {
  // source:  SNS, "Parsing message formats": a subscription without raw delivery wraps the text of the message
  // example: {"Type":"Notification","MessageId":"...","TopicArn":"...","Message":"{\"Records\":[...]}"}
  if (message["Type"] === "Notification" && typeof message["Message"] === "string") {
    return objectsOf(parseRecord(message["Message"]));
  }
  return objectsOf(message);
}

function objectsOf(message: JsonObject): readonly ObjectRef[] {
  if (isObject(message["continue"])) return [fromContinuation(message["continue"])];
  if (Array.isArray(message["Records"])) return message["Records"].flatMap(fromS3);
  // example: {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"...","Bucket":"...","RequestId":"...","HostId":"..."}
  if (message["Event"] === "s3:TestEvent") return [];
  if (isObject(message["detail"])) return [fromEventBridge(message["detail"])];
  throw new NotificationError(
    "a queue message must be an S3 notification (Records), an EventBridge event (detail) or an SNS message around one; " +
      "got a JSON object that is none of them",
  );
}

function fromContinuation({ bucket, key, version, after }: JsonObject): ObjectRef {
  if (typeof bucket !== "string" || bucket === "" || typeof key !== "string" || key === "")
    throw new NotificationError("a message to continue names no object");
  return {
    ...{ bucket, key },
    ...(typeof version === "string" && { version }),
    ...(Number.isSafeInteger(after) && { after: Math.max(0, after as number) }),
  };
}

// source:  S3 user guide, "Event message structure" (version 2.x)
// format:  the key is form-encoded: %XX, and + for a space. The '=' of Hive partitions arrives as %3D.
// example: {"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"AWSLogs/1/...","eTag":"d41d8"}}}
function fromS3(record: unknown): readonly ObjectRef[] {
  if (!isObject(record) || !isObject(record["s3"]))
    throw new NotificationError("a record of the message has no s3 part");
  const { eventName, s3 } = record as { eventName?: unknown; s3: JsonObject };
  // a removal carries nothing to read, should someone subscribe the queue to those as well
  if (typeof eventName === "string" && !eventName.startsWith("ObjectCreated:")) return [];
  const { name, object } = bucketAndObject(s3);
  return [reference(name, formDecoded(object.key), object)];
}

// source:  S3 user guide, "EventBridge event message structure": the key is not encoded, and the names are lower-case
// example: {"detail-type":"Object Created","detail":{"bucket":{"name":"b"},"object":{"key":"a=b/c","etag":"d41d8","version-id":"..."}}}
function fromEventBridge(detail: JsonObject): ObjectRef {
  const { name, object } = bucketAndObject(detail);
  return reference(name, object.key, object);
}

function bucketAndObject(parent: JsonObject): { name: string; object: JsonObject & { key: string } } {
  const { bucket, object } = parent as { bucket?: unknown; object?: unknown };
  if (!isObject(bucket) || typeof bucket["name"] !== "string" || bucket["name"] === "") {
    throw new NotificationError("a record of the message names no bucket");
  }
  if (!isObject(object) || typeof object["key"] !== "string" || object["key"] === "") {
    throw new NotificationError("a record of the message names no object key");
  }
  return { name: bucket["name"], object: object as JsonObject & { key: string } };
}

function reference(bucket: string, key: string, object: JsonObject): ObjectRef {
  const version = object["versionId"] ?? object["version-id"] ?? object["eTag"] ?? object["etag"];
  return { bucket, key, ...(typeof version === "string" && version !== "" && { version }) };
}

function formDecoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch (cause) {
    throw new NotificationError("the object key of a record is not form-encoded as S3 does it", { cause });
  }
}

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseRecord(text: string): JsonObject {
  const value = parseJson(text);
  if (!isObject(value)) throw new NotificationError("a queue message must be a JSON object");
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the parser's own error quotes the text, which is not ours to log
    throw new NotificationError(`a queue message must be JSON; got ${text.length} characters that are not`);
  }
}
