import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { makeCertificates } from "../../sandbox/pce/certificates";
import { valueOfOutput } from "../support/pulumi-recorder";
import { API_SECRET, NAMESPACE, PCE, read, refusal, settingsIn } from "../support/stack-settings";

describe("the PCE's settings", () => {
  it("name a secret that exists", async () => {
    const { pce } = await read({ pce: PCE });

    assert.deepEqual(pce, {
      host: "pce.example.com",
      port: 8443,
      orgId: 1,
      requestsPerMinute: 500,
      cidrs: [],
      credentials: { secretArn: PCE.credentialsSecretArn },
    });
  });

  it("or bring a key, whose secret stays a secret output", async () => {
    const { pce } = await read({ pce: { host: "pce.example.com", apiKeyId: "api_1f" }, pceApiSecret: API_SECRET });

    assert.ok(pce !== undefined && "apiSecret" in pce.credentials);
    assert.equal(await valueOfOutput(pulumi.unsecret(pce.credentials.apiSecret)), API_SECRET);
    assert.ok(await pulumi.isSecret(pce.credentials.apiSecret));
    assert.doesNotMatch(JSON.stringify({ ...pce, credentials: Object.keys(pce.credentials) }), new RegExp(API_SECRET));
  });

  it("take the certificates of a private authority, one or a chain of them", async () => {
    const [one, other] = [await makeCertificates(), await makeCertificates()];

    for (const caCertificate of [one.caCertificate, `${one.caCertificate}\n${other.caCertificate}`]) {
      assert.equal((await read({ pce: { ...PCE, caCertificate } })).pce?.caCertificate, caCertificate);
    }
    const withKey = await refusal({ pce: { ...PCE, caCertificate: one.caCertificate + one.privateKey } });
    assert.deepEqual(settingsIn(withKey), ["pce.caCertificate"]);
  });

  const wrong: readonly [string, Readonly<Record<string, unknown>>, string, RegExp][] = [
    ["no host", { pce: { credentialsSecretArn: PCE.credentialsSecretArn } }, "pce.host", /host name of the PCE/],
    ["a URL for a host", { pce: { ...PCE, host: "https://pce.example.com:8443" } }, "pce.host", /without https/],
    ["neither secret nor key", { pce: { host: "pce" } }, "pce.credentialsSecretArn", /got\s+neither/],
    [
      "both secret and key",
      { pce: { ...PCE, apiKeyId: "api_1f" }, pceApiSecret: API_SECRET },
      "pce.credentialsSecretArn",
      /got\s+both/,
    ],
    ["a key without its secret", { pce: { host: "pce", apiKeyId: "api_1f" } }, "pceApiSecret", /config set --secret/],
    ["a secret without a PCE", { pceApiSecret: API_SECRET }, "pceApiSecret", /without pce/],
    [
      "a secret beside another",
      { pce: PCE, pceApiSecret: API_SECRET },
      "pceApiSecret",
      /with pce.credentialsSecretArn/,
    ],
    [
      "a forwarder in a network without a way out",
      { pce: { ...PCE, cidrs: ["192.0.2.0/24"] }, forwarder: { inVpc: true } },
      "forwarder.inVpc",
      /single or per-zone/,
    ],
    [
      "a forwarder in a network, and no word on where it may go",
      { pce: PCE, forwarder: { inVpc: true }, network: { nat: "single" } },
      "pce.cidrs",
      /"0\.0\.0\.0\/0"/,
    ],
    [
      "a certificate that is none",
      { pce: { ...PCE, caCertificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" } },
      "pce.caCertificate",
      /got\s+a text of/,
    ],
  ];
  for (const [what, keys, key, says] of wrong) {
    it(`are refused with ${what}`, async () => {
      const error = await refusal(keys);

      assert.deepEqual(settingsIn(error), [key]);
      assert.match(error.message, says);
    });
  }

  it("let a forwarder in a network go where they say, anywhere only if they say so", async () => {
    for (const cidrs of [["192.0.2.0/24", "198.51.100.7/32"], ["0.0.0.0/0"]]) {
      const keys = { pce: { ...PCE, cidrs }, forwarder: { inVpc: true }, network: { nat: "single" } };
      assert.deepEqual((await read(keys)).pce?.cidrs, cidrs);
    }
  });

  it("are refused when the stack file keeps the secret in plain text", async () => {
    const error = await refusal(
      { pce: { host: "pce", apiKeyId: "api_1f" }, pceApiSecret: API_SECRET },
      { secretConfig: [] },
    );

    assert.deepEqual(settingsIn(error), ["pceApiSecret"]);
    assert.match(error.message, /plain text/);
  });

  it("never show a secret, wherever somebody put it", async () => {
    const places = [
      { pce: { ...PCE, apiSecret: API_SECRET }, pceApiSecret: API_SECRET },
      { pce: { ...PCE, apiKeyId: API_SECRET }, pceApiSecret: API_SECRET },
      { pceApiSecrett: API_SECRET },
      { pceApiSecret: API_SECRET },
    ];

    for (const keys of places) assert.ok(!(await refusal(keys)).message.includes(API_SECRET), JSON.stringify(keys));
    const encrypted = await refusal({ pce: { ...PCE, host: `${API_SECRET}!` } }, { secretConfig: [`${NAMESPACE}pce`] });
    assert.ok(!encrypted.message.includes(API_SECRET));
  });
});
