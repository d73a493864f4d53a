import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { PceTransport } from "../../../illumio/client/pce-transport";
import { DEFAULT_HEADER, file, request } from "../../support/flow-log-lines";
import { ForwarderInstance, type InstanceOptions } from "../../support/forwarder-instance";
import { type ScriptedAnswer, type ScriptedPce, scriptedPce } from "../../support/scripted-pce";

const DEFAULT = DEFAULT_HEADER.split(" ");
const WIDE = [...DEFAULT, "vpc-id"];
const LINE = "10.0.1.5,10.0.20.7,5432,6";

const lineOf = (columns: readonly string[], srcaddr = "10.0.1.5"): string =>
  file(columns, [request({ srcaddr, "vpc-id": "vpc-1" })]).split("\n")[1] ?? "";

function dataOf(messages: readonly string[], messageType = "DATA_MESSAGE"): string {
  const logEvents = messages.map((message, at) => ({ id: `${at}`, timestamp: 1_620_140_761_000, message }));
  return gzipSync(JSON.stringify({ messageType, logGroup: "/flows", logStream: "eni-1-all", logEvents })).toString(
    "base64",
  );
}

describe("log events of CloudWatch Logs", () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function given(
    options: InstanceOptions = {},
    answers: readonly ScriptedAnswer[] = [],
  ): Promise<{ instance: ForwarderInstance; pce: ScriptedPce; sent: () => string[] }> {
    const pce = await scriptedPce(answers);
    const transport = new PceTransport(pce);
    open.push(transport, pce);
    const sent = () => pce.requests.flatMap(({ body }) => body.split("\n")).sort();
    return { instance: new ForwarderInstance(transport, options), pce, sent };
  }

  const events = (data: string) => ({ awslogs: { data } });

  it("are forwarded as connections, in the default format when there is no other", async () => {
    const { instance, sent } = await given();

    assert.equal(await instance.invokeWith(events(dataOf([lineOf(DEFAULT), lineOf(DEFAULT, "10.0.1.6")]))), undefined);

    assert.deepEqual(sent(), [LINE, "10.0.1.6,10.0.20.7,5432,6"]);
    const { Objects, FlowRecords, SentConnections } = instance.metrics[0] ?? {};
    assert.deepEqual([Objects, FlowRecords, SentConnections], [1, 2, 2]);
  });

  it("are forwarded in the stack's own format, and in others mixed with it", async () => {
    const { instance, sent } = await given({ config: { format: WIDE } });

    await instance.invokeWith(events(dataOf([lineOf(WIDE), lineOf(DEFAULT, "10.0.1.6"), lineOf(WIDE, "10.0.1.7")])));

    assert.equal(sent().length, 3);
    assert.equal(instance.metrics[0]?.["MalformedRecords"], 0);
  });

  it("are understood by asking EC2 when their format is not known, once in five minutes", async () => {
    const formats = [WIDE, [...WIDE, "subnet-id"]];
    let known = 0;
    const describe = () => formats.slice(0, known);
    const { instance, sent } = await given({ describe });
    const data = dataOf([lineOf(WIDE), lineOf(DEFAULT, "10.0.1.6")]);

    await instance.invokeWith(events(data));
    known = 2;
    await instance.invokeWith(events(data));
    assert.deepEqual([instance.describes, sent()], [1, ["10.0.1.6,10.0.20.7,5432,6"]]);
    instance.clockMs += 300_000;
    await instance.invokeWith(events(data));

    assert.equal(instance.describes, 2);
    assert.deepEqual(sent(), [LINE, "10.0.1.6,10.0.20.7,5432,6"]);
    assert.deepEqual(
      instance.metrics.map(({ FlowRecords, MalformedRecords }) => [FlowRecords, MalformedRecords]),
      [
        [1, 1],
        [1, 1],
        [2, 0],
      ],
    );
  });

  it("that only ask whether somebody is there are answered by nothing", async () => {
    const { instance, sent } = await given();

    await instance.invokeWith(events(dataOf(["CWL CONTROL MESSAGE"], "CONTROL_MESSAGE")));

    assert.deepEqual(sent(), []);
  });

  it("fail the invocation when the PCE does not take them, and are forwarded when they come again by the queue", async () => {
    const { instance, sent } = await given({}, [{ status: 429, headers: { "retry-after": "60" } }]);
    const data = dataOf([lineOf(DEFAULT)]);

    await assert.rejects(instance.invokeWith(events(data)), { name: "UnavailableError" });
    instance.clockMs += 60_000;

    assert.deepEqual(await instance.invoke([JSON.stringify(events(data))]), []);
    assert.deepEqual(sent(), [LINE, LINE]);
  });

  it("fail when they are not what CloudWatch Logs sends", async () => {
    const { instance } = await given();
    const cut = Buffer.from(dataOf([lineOf(DEFAULT)]), "base64").subarray(0, 40);
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));

    for (const data of ["", "!", cut.toString("base64"), gzipSync("[]").toString("base64"), bomb.toString("base64")])
      await assert.rejects(instance.invokeWith(events(data)), { name: "UnreadableFileError" });
    await assert.rejects(instance.invokeWith(events(dataOf(["hello", "world"]))), /not one of the object's 2 lines/);
  });

  it("leave their bad lines in the quarantine, under a name that is the same for the same events", async () => {
    const { instance } = await given({ hasQuarantine: true });
    const data = dataOf([lineOf(DEFAULT), "198.51.100.7 is no record"]);

    await instance.invokeWith(events(data));
    await instance.invokeWith(events(data));

    assert.equal(instance.put.size, 1);
    assert.match([...instance.put.keys()].join(), /^quarantine\/cloud-watch-logs\/[0-9a-f]{32}\.lines\.gz$/);
  });
});
