import assert from "node:assert/strict";
import { continuation, type ObjectRef, workIn } from "../../../functions/flow-forwarder/notification";
import { s3Message, s3Record } from "../../support/s3-notifications";

const KEY =
  "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/01/02/123456789012_vpcflowlogs_eu-west-1_fl-0a1b_20260102T0305Z_9f3c.log.gz";

function objectsIn(body: string): readonly ObjectRef[] {
  const { objects } = workIn(body);
  assert.ok(objects, "there are log events and no objects");
  return objects;
}

describe("notification", () => {
  it("names the object that was put", () => {
    assert.deepEqual(objectsIn(s3Message([s3Record({ key: KEY, eTag: "d41d8" })])), [
      { bucket: "flow-logs", key: KEY, version: "d41d8" },
    ]);
  });

  const KEYS = [
    {
      encoded: "AWSLogs/aws-account-id%3D123456789012/year%3D2026/a.log.gz",
      key: "AWSLogs/aws-account-id=123456789012/year=2026/a.log.gz",
    },
    { encoded: "my+logs/a%2Bb.gz", key: "my logs/a+b.gz" },
    { encoded: "caf%C3%A9/a.gz", key: "café/a.gz" },
  ];
  for (const { encoded, key } of KEYS) {
    it(`decodes the key ${encoded}`, () => {
      assert.equal(
        objectsIn(
          s3Message([{ ...s3Record({ key: "x" }), s3: { bucket: { name: "b" }, object: { key: encoded } } }]),
        )[0]?.key,
        key,
      );
    });
  }

  it("names every object of a message with several records", () => {
    const body = s3Message([s3Record({ key: "a" }), s3Record({ key: "b" })]);

    assert.deepEqual(
      objectsIn(body).map(({ key }) => key),
      ["a", "b"],
    );
  });

  it("leaves out records of removals", () => {
    assert.deepEqual(objectsIn(s3Message([{ ...s3Record({ key: "a" }), eventName: "ObjectRemoved:Delete" }])), []);
  });

  it("takes S3's test event for nothing to do", () => {
    assert.deepEqual(objectsIn('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"flow-logs"}'), []);
  });

  it("unwraps a message that came by SNS, the test event too", () => {
    const wrapped = (message: string): string =>
      JSON.stringify({ Type: "Notification", MessageId: "1", Message: message });

    assert.deepEqual(
      objectsIn(wrapped(s3Message([s3Record({ key: "a b" })]))).map(({ key }) => key),
      ["a b"],
    );
    assert.deepEqual(objectsIn(wrapped('{"Event":"s3:TestEvent"}')), []);
  });

  it("takes EventBridge's form, whose keys are not encoded", () => {
    const body = JSON.stringify({
      "detail-type": "Object Created",
      detail: { bucket: { name: "flow-logs" }, object: { key: "a=b/c+d%20e", etag: "d41d8", "version-id": "v1" } },
    });

    assert.deepEqual(objectsIn(body), [{ bucket: "flow-logs", key: "a=b/c+d%20e", version: "v1" }]);
  });

  it("continues an object from where a message of our own says", () => {
    const ref = { bucket: "flow-logs", key: "a=b/c+d%20e", version: "d41d8", after: 120_000 };

    assert.deepEqual(objectsIn(continuation(ref)), [ref]);
    assert.deepEqual(objectsIn(continuation({ bucket: "b", key: "k" })), [{ bucket: "b", key: "k" }]);
  });

  it("begins at the beginning when what it says is no number", () => {
    for (const after of ["1", -1, 1.5, null])
      assert.equal(objectsIn(JSON.stringify({ continue: { bucket: "b", key: "k", after } }))[0]?.after ?? 0, 0);
  });

  it("takes the log events that Lambda's own tries could not forward", () => {
    assert.deepEqual(workIn('{"awslogs":{"data":"H4sI"}}'), { logEvents: "H4sI" });
  });

  const UNREADABLE = [
    "",
    "not JSON, but 10.0.1.5",
    "null",
    "[]",
    "{}",
    '"text"',
    '{"Records":[{}]}',
    '{"Records":[null]}',
    '{"Records":[{"s3":{"bucket":{"name":"b"}}}]}',
    '{"Records":[{"s3":{"bucket":{"name":""},"object":{"key":"k"}}}]}',
    '{"Records":[{"s3":{"bucket":{"name":"b"},"object":{"key":"%E0%A4%A"}}}]}',
    '{"Type":"Notification","Message":"10.0.1.5"}',
    '{"detail":{}}',
    '{"awslogs":{}}',
    '{"continue":{"bucket":"b"}}',
    '{"continue":{"bucket":"","key":"k"}}',
  ];
  for (const body of UNREADABLE) {
    it(`fails, without quoting it, for ${JSON.stringify(body)}`, () => {
      assert.throws(
        () => workIn(body),
        (error) => {
          assert.equal((error as Error).name, "NotificationError");
          assert.doesNotMatch((error as Error).message, /10\.0\.1\.5/);
          return true;
        },
      );
    });
  }
});
