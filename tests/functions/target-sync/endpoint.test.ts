import assert from "node:assert/strict";
import { resolveEndpoint } from "../../../functions/target-sync/endpoint";
import { resolver, startDns } from "../../../sandbox/aws/dns";
import { dnsError, ENDPOINT } from "./world";

const none = () => Promise.reject(dnsError("ENODATA"));

describe("the endpoint's addresses", () => {
  it("are sorted, without repetition, and of both families", async () => {
    const resolver = {
      resolve4: async () => ["10.0.21.8", "10.0.20.7", "10.0.21.8"],
      resolve6: async () => ["2001:0DB8::7"],
    };

    assert.deepEqual(await resolveEndpoint(ENDPOINT, resolver, "ipv4"), {
      ipv4: ["10.0.20.7", "10.0.21.8"],
      ipv6: ["2001:db8::7"],
    });
  });

  it("may be of one family alone, if it is the one that is asked for", async () => {
    const ipv4Only = { resolve4: async () => ["10.0.20.7"], resolve6: none };
    const ipv6Only = { resolve4: none, resolve6: async () => ["2001:db8::7"] };

    assert.deepEqual(await resolveEndpoint(ENDPOINT, ipv4Only, "ipv4"), { ipv4: ["10.0.20.7"], ipv6: [] });
    assert.deepEqual(await resolveEndpoint(ENDPOINT, ipv6Only, "ipv6"), { ipv4: [], ipv6: ["2001:db8::7"] });
    await assert.rejects(resolveEndpoint(ENDPOINT, ipv6Only, "ipv4"), { name: "AnswerError" });
    await assert.rejects(resolveEndpoint(ENDPOINT, ipv4Only, "ipv6"), { name: "AnswerError" });
  });

  it("are never taken from half an answer", async () => {
    const failing = { resolve4: async () => ["10.0.20.7"], resolve6: () => Promise.reject(dnsError("ESERVFAIL")) };
    const lost = { resolve4: async () => ["10.0.20.7"], resolve6: () => Promise.reject(dnsError("ENOTFOUND")) };

    await assert.rejects(resolveEndpoint(ENDPOINT, failing, "ipv4"), { code: "ESERVFAIL" });
    await assert.rejects(resolveEndpoint(ENDPOINT, lost, "ipv4"), { name: "AnswerError" });
  });

  it("are asked for anew each time, and missing names and families are told apart, with Node's own resolver", async () => {
    const dns = await startDns();
    try {
      const node = resolver(dns.port);
      await assert.rejects(resolveEndpoint(ENDPOINT, node, "ipv4"), { message: /does not exist in DNS/ });

      dns.set(ENDPOINT, { a: ["10.0.20.7"], ttlSeconds: 60 });
      assert.deepEqual(await resolveEndpoint(ENDPOINT, node, "ipv4"), { ipv4: ["10.0.20.7"], ipv6: [] });
      await assert.rejects(resolveEndpoint(ENDPOINT, node, "ipv6"), { message: /has no ipv6 address in DNS/ });

      // the time to live of an answer is the resolver's business; nothing here may add to it
      dns.set(ENDPOINT, { a: ["10.0.21.8"], ttlSeconds: 60 });
      assert.deepEqual(await resolveEndpoint(ENDPOINT, node, "ipv4"), { ipv4: ["10.0.21.8"], ipv6: [] });
    } finally {
      await dns.close();
    }
  });
});
