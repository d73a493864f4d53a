import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { PceTransport } from "../../../illumio/client/pce-transport";
import { CUSTOM_FORMAT, file, request } from "../../support/flow-log-lines";
import { ForwarderInstance, type InstanceOptions } from "../../support/forwarder-instance";
import { s3Message, s3Record } from "../../support/s3-notifications";
import { scriptedPce } from "../../support/scripted-pce";

const GOOD = file(CUSTOM_FORMAT, [request()]);
const put = (key: string): string => s3Message([s3Record({ key, eTag: "1" })]);

describe("the quarantine of bad lines", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function instanceOf(options: InstanceOptions): Promise<ForwarderInstance> {
    const pce = await scriptedPce([]);
    const transport = new PceTransport(pce);
    open.push(transport, pce);
    return new ForwarderInstance(transport, { hasQuarantine: true, ...options });
  }

  const linesIn = (instance: ForwarderInstance, key: string): string =>
    gunzipSync(instance.put.get(`quarantine/${key}.lines.gz`) ?? "").toString();

  it("keeps them by the object's key, as they were, and counts them", async () => {
    const objects = { "AWSLogs/a.log.gz": `${GOOD}one bad line\n${GOOD}another \0\n`, "AWSLogs/b.log.gz": GOOD };
    const instance = await instanceOf({ objects });

    assert.deepEqual(await instance.invoke([put("AWSLogs/a.log.gz"), put("AWSLogs/b.log.gz")]), []);

    assert.deepEqual([...instance.put.keys()], ["quarantine/AWSLogs/a.log.gz.lines.gz"]);
    assert.equal(linesIn(instance, "AWSLogs/a.log.gz"), "one bad line\nanother \0\n");
    const { MalformedRecords, QuarantinedRecords } = instance.metrics[0] ?? {};
    assert.deepEqual([MalformedRecords, QuarantinedRecords], [2, 2]);
  });

  it("keeps the first megabyte of an object's", async () => {
    const instance = await instanceOf({ objects: { a: `${GOOD}${`${"x".repeat(999)}\n`.repeat(3_000)}` } });

    await instance.invoke([put("a")]);

    assert.equal(linesIn(instance, "a").length, 1_048_000);
    assert.equal(instance.metrics[0]?.["QuarantinedRecords"], 1_048);
  });

  it("keeps nothing when it is not told to", async () => {
    const instance = await instanceOf({ objects: { a: `${GOOD}one bad line\n` }, hasQuarantine: false });

    assert.deepEqual(await instance.invoke([put("a")]), []);
    assert.equal(instance.put.size, 0);
  });
});
