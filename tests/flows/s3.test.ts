import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { EmulatedAws, REGION } from "../support/emulated-aws";
import { CUSTOM_FORMAT, DEFAULT_HEADER, file, request } from "../support/flow-log-lines";
import { arrowsOf, runFlows, temporaryFolder } from "../support/flows-command";
import { parquetFile } from "../support/parquet-files";

const DEFAULT = DEFAULT_HEADER.split(" ");
const ARROWS = ["10.0.1.5 > 10.0.20.7:5432/6", "10.0.1.6 > 10.0.20.7:5432/6"];

describe("the command flows, reading S3", () => {
  const { path: folder, remove } = temporaryFolder();
  let aws: EmulatedAws;

  const run = (words: readonly string[], environment = environmentOf(aws)) => runFlows(words, { folder, environment });

  before(async () => {
    aws = await EmulatedAws.start();
    const s3 = new S3Client({ ...aws.client, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket: "archive", CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    const put = (Key: string, Body: Buffer) => s3.send(new PutObjectCommand({ Bucket: "archive", Key, Body }));
    await put("logs/", Buffer.alloc(0));
    await put("logs/02/b.log.gz", gzipSync(file(DEFAULT, [request({ srcaddr: "10.0.1.6" })])));
    for (let at = 0; at < 12; at += 1)
      await put(`logs/01/a-${at}.log.gz`, gzipSync(file(DEFAULT, [request({ "interface-id": `eni-${at}` })])));
    await put("logs/03/c.parquet", parquetFile(CUSTOM_FORMAT, [request()]));
    await put("logs-of-others/d.log", Buffer.from(file(DEFAULT, [request({ srcaddr: "10.0.1.7" })])));
    s3.destroy();
  });
  after(async () => {
    await aws.stop();
    remove();
  });

  it("shows the connections of one object, text or Parquet", async () => {
    assert.deepEqual(arrowsOf(await run(["--json", "s3://archive/logs/02/b.log.gz"])), [ARROWS[1]]);
    assert.deepEqual(arrowsOf(await run(["--json", "s3://archive/logs/03/c.parquet"])), [ARROWS[0]]);
  });

  it("shows those of all objects below a prefix together, and of no other", async () => {
    const { stdout, code, stderr } = await run(["--json", "s3://archive/logs/"]);

    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /"tally": \{"records":14,/);
    assert.deepEqual(arrowsOf({ stdout, code, stderr }), ARROWS);
  });

  it("says what is not there, and reads the rest", async () => {
    const words = ["s3://archive/no.log", "s3://archive/nothing/", "s3://nowhere/logs/", "s3:///x"];
    const { stdout, code, stderr } = await run(["--csv", ...words, "s3://archive/logs/02/b.log.gz"]);

    assert.deepEqual([code, stdout], [1, "10.0.1.6,10.0.20.7,5432,6\n"]);
    assert.match(stderr, /s3:\/\/archive\/no\.log: there is no such object; to read all below it, end it with \//);
    assert.match(stderr, /s3:\/\/archive\/nothing\/: there is no object below it/);
    assert.match(stderr, /s3:\/\/nowhere\/logs\/: its objects can't be listed: S3 says NoSuchBucket/);
    assert.match(stderr, /s3:\/\/\/x: it names no bucket; write s3:\/\/bucket\/key/);
  });

  it("says what to do where there is no region or there are no credentials", async () => {
    // a home without .aws
    const region = await run(["s3://archive/logs/02/b.log.gz"], { HOME: folder });
    const credentials = await run(["s3://archive/logs/"], { HOME: folder, AWS_REGION: REGION });

    assert.equal(region.code, 1);
    assert.match(region.stderr, /b\.log\.gz: there is no AWS region; set AWS_REGION/);
    assert.equal(credentials.code, 1);
    assert.match(credentials.stderr, /there are no AWS credentials; set AWS_PROFILE, or sign in with the AWS CLI/);
  });
});

function environmentOf({ client }: EmulatedAws): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: client.endpoint,
    AWS_REGION: client.region,
    AWS_ACCESS_KEY_ID: client.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: client.credentials.secretAccessKey,
  };
}
