import assert from "node:assert/strict";
import { arrows, CUSTOM_FORMAT, decode, type FlowFields, file, reply, request } from "../support/flow-log-lines";

const A = "10.0.1.1";
const B = "10.0.1.2";
/** A record from A to B. */
const from = (srcport: number, dstport: number, more: FlowFields = {}): FlowFields =>
  request({ srcaddr: A, dstaddr: B, srcport: `${srcport}`, dstport: `${dstport}`, ...more });

const flags = (value: number): FlowFields => ({ "tcp-flags": String(value) });
const udp = { protocol: "17" };

const RULES = [
  { rule: "the sender of a SYN-ACK", records: [from(40000, 50000, flags(18))], is: `${B}>${A}:40000/6` },
  { rule: "the sender of a SYN-ACK with FIN (19)", records: [from(40000, 50000, flags(19))], is: `${B}>${A}:40000/6` },
  {
    rule: "the sender of a SYN-ACK, against a service port",
    records: [from(40000, 5432, flags(18))],
    is: `${B}>${A}:40000/6`,
  },
  { rule: "the receiver of a SYN", records: [from(5432, 50000, flags(2))], is: `${A}>${B}:50000/6` },
  { rule: "the receiver of a SYN with FIN (3)", records: [from(443, 50000, flags(3))], is: `${A}>${B}:50000/6` },
  { rule: "the side with the service port", records: [from(5432, 22)], is: `${B}>${A}:5432/6` },
  { rule: "the side below the ephemeral ports", records: [from(22, 32768)], is: `${B}>${A}:22/6` },
  { rule: "the destination between two low ports", records: [from(8080, 32767)], is: `${A}>${B}:32767/6` },
  { rule: "the destination between two ephemeral ports", records: [from(40000, 50000)], is: `${A}>${B}:50000/6` },
  {
    rule: "the destination between two service ports",
    records: [from(5432, 3306)],
    is: `${A}>${B}:3306/6`,
    ports: [5432, 3306],
  },
  {
    rule: "the destination of UDP whatever its flags say",
    records: [from(40000, 50000, { ...udp, ...flags(18) })],
    is: `${A}>${B}:50000/17`,
  },
  {
    rule: "known from the SYN of another record of the conversation",
    records: [
      from(50000, 40000),
      from(50000, 40000, flags(1)),
      reply(from(50000, 40000)),
      reply(from(50000, 40000, flags(2))),
    ],
    is: `${B}>${A}:50000/6`,
  },
  {
    rule: "the destination of the earliest record",
    records: [reply(from(40000, 50000, { start: "1620140700" })), from(40000, 50000, { start: "1620140699" })],
    is: `${A}>${B}:50000/6`,
  },
  {
    rule: "the lower port when both directions began at once",
    records: [from(40000, 50000), reply(from(40000, 50000))],
    is: `${B}>${A}:40000/6`,
  },
  {
    rule: "the lower address between equal ports that began at once",
    records: [from(123, 123, udp), reply(from(123, 123, udp))],
    is: `${B}>${A}:123/17`,
  },
  {
    rule: "decided by the next rule when both sides sent a SYN-ACK",
    records: [from(40000, 22, flags(18)), reply(from(40000, 22, flags(18)))],
    is: `${A}>${B}:22/6`,
  },
] as const;

describe("direction", () => {
  for (const { rule, records, is, ...more } of RULES) {
    const ports = "ports" in more ? more.ports : [5432];

    it(`the server is ${rule}`, () => {
      assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, records), ports)), [is]);
    });

    it(`the server is ${rule}, in the other order of the lines too`, () => {
      assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, records.toReversed()), ports)), [is]);
    });
  }

  it("knows a server that sent a SYN-ACK in another conversation of the file, wherever in it", () => {
    const records = [
      from(40001, 50000, { dstaddr: "10.0.1.9" }),
      from(40002, 50000),
      reply(from(40000, 50000, flags(18))),
    ];

    for (const lines of [records, records.toReversed()]) {
      assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, lines))), [`${A}>${B}:50000/6`, `${A}>10.0.1.9:50000/6`]);
    }
    // what is known is an address with its port: where both ports are ephemeral, it decides against the earliest record
    const backwards = reply(from(40003, 50000));
    assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, [...records, backwards]))).length, 2);
    assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, [backwards]))), [`${B}>${A}:40003/6`]);
  });

  it("does not take a server for known from another file, nor one that answered by another protocol", () => {
    const synAck = reply(from(40000, 50000, flags(18)));
    const backwards = reply(from(40003, 50000));
    decode(file(CUSTOM_FORMAT, [synAck]));

    assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, [backwards]))), [`${B}>${A}:40003/6`]);
    assert.ok(arrows(decode(file(CUSTOM_FORMAT, [synAck, { ...backwards, ...udp }]))).includes(`${B}>${A}:40003/17`));
  });

  it("prefers a service port to a server that is known", () => {
    const known = reply(from(5432, 50000, { ...flags(18), start: "1620140000" }));

    assert.deepEqual(arrows(decode(file(CUSTOM_FORMAT, [known, from(5432, 50000, { srcaddr: "10.0.1.8" })]))), [
      `${A}>${B}:50000/6`,
      `${B}>10.0.1.8:5432/6`,
    ]);
  });

  it("settles only the conversation that the evidence is from", () => {
    const log = decode(file(CUSTOM_FORMAT, [from(40000, 50000, flags(18)), from(40001, 50000)]));

    assert.deepEqual(arrows(log), [`${A}>${B}:50000/6`, `${B}>${A}:40000/6`]);
  });
});
