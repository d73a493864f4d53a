import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { type Packet, streamDecode, streamEncode } from "dns-packet";
import { type DnsServer, resolver, startDns } from "../../../sandbox/aws/dns";

const NAME = "database.cluster.eu-west-1.rds.amazonaws.com";

describe("the DNS server", () => {
  let dns: DnsServer;
  beforeEach(async () => {
    dns = await startDns();
  });
  afterEach(() => dns.close());

  it("answers A and AAAA with the time to live", async () => {
    dns.set(NAME, { a: ["10.0.1.2", "10.0.2.3"], aaaa: ["2001:db8::1"], ttlSeconds: 7 });

    const ask = resolver(dns.port);

    assert.deepEqual(await ask.resolve4(NAME, { ttl: true }), [
      { address: "10.0.1.2", ttl: 7 },
      { address: "10.0.2.3", ttl: 7 },
    ]);
    assert.deepEqual(await ask.resolve6(NAME), ["2001:db8::1"]);
  });

  it("does not know a name that is not set, or was removed", async () => {
    dns.set(NAME, { a: ["10.0.1.2"] });
    dns.remove(NAME);

    await assert.rejects(resolver(dns.port).resolve4(NAME), { code: "ENOTFOUND" });
  });

  it("knows a name without the type asked for, and says there is no data", async () => {
    dns.set(NAME, { a: ["10.0.1.2"] });

    await assert.rejects(resolver(dns.port).resolve6(NAME), { code: "ENODATA" });
  });

  it("moves a name at once when it is set again, as a failover does", async () => {
    const ask = resolver(dns.port);
    dns.set(NAME, { a: ["10.0.1.2"] });
    const before = await ask.resolve4(NAME);
    dns.set(NAME, { a: ["10.0.2.3"] });

    assert.deepEqual([before, await ask.resolve4(NAME)], [["10.0.1.2"], ["10.0.2.3"]]);
  });

  it("follows aliases, and does not follow a loop for ever", async () => {
    dns.set("alias.example", { cname: NAME });
    dns.set(NAME, { a: ["10.0.1.2"] });
    dns.set("loop.example", { cname: "loop.example" });

    assert.deepEqual(await resolver(dns.port).resolve4("alias.example"), ["10.0.1.2"]);
    assert.deepEqual(await resolver(dns.port).resolveCname("alias.example"), [NAME]);
    assert.deepEqual(await resolver(dns.port).resolve4("loop.example"), []);
  });

  it("compares names without case or a final dot, and remembers what was asked", async () => {
    dns.set(`${NAME.toUpperCase()}.`, { a: ["10.0.1.2"] });

    await resolver(dns.port).resolve4(NAME);

    assert.deepEqual(dns.queries(), [{ name: NAME, type: "A" }]);
  });

  it("sends an answer too long for UDP over TCP", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `10.0.3.${index}`);
    dns.set(NAME, { a: many });

    assert.deepEqual((await resolver(dns.port).resolve4(NAME)).sort(), many.sort());
  });

  it("answers several questions of one TCP connection", async () => {
    dns.set(NAME, { a: ["10.0.1.2"] });
    const socket = connect(dns.port, dns.address);
    const ask = (id: number): Packet => ({ type: "query", id, questions: [{ type: "A", name: NAME }] });

    socket.write(Buffer.concat([streamEncode(ask(1)), streamEncode(ask(2))]));
    let got = Buffer.alloc(0);
    const ids: (number | undefined)[] = [];
    while (ids.length < 2) {
      got = Buffer.concat([got, (await once(socket, "data"))[0] as Buffer]);
      while (got.length >= 2 && got.length >= 2 + got.readUInt16BE(0)) {
        const end = 2 + got.readUInt16BE(0);
        ids.push(streamDecode(got.subarray(0, end))?.id);
        got = got.subarray(end);
      }
    }
    socket.destroy();

    assert.deepEqual(ids, [1, 2]);
  });

  it("outlives bytes that are no DNS message", async () => {
    dns.set(NAME, { a: ["10.0.1.2"] });
    const stranger = createSocket("udp4");
    await new Promise((sent) => stranger.send("no DNS", dns.port, dns.address, sent));
    stranger.close();

    assert.deepEqual(await resolver(dns.port).resolve4(NAME), ["10.0.1.2"]);
  });

  it("answers no more once closed, and closes twice without harm", async () => {
    await dns.close();
    await dns.close();

    await assert.rejects(resolver(dns.port, 200).resolve4(NAME));
  });
});
