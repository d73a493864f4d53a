import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { makeCertificates } from "../../../sandbox/pce/certificates";

const HOUR_MS = 3_600_000;

describe("the PCE stand-in's certificates", () => {
  it("are signed by their own CA, which a client can trust", async () => {
    const made = await makeCertificates();

    const ca = new X509Certificate(made.caCertificate);
    const server = new X509Certificate(made.certificate);
    assert.equal(ca.ca, true);
    assert.equal(server.ca, false);
    assert.equal(server.checkIssued(ca), true);
    assert.equal(server.verify(ca.publicKey), true);
    assert.equal(ca.verify(ca.publicKey), true);
  });

  it("hold for localhost and 127.0.0.1 unless other hosts are named", async () => {
    const usual = new X509Certificate((await makeCertificates()).certificate);
    const other = new X509Certificate((await makeCertificates({ hosts: ["pce.example", "::1"] })).certificate);

    assert.equal(usual.subjectAltName, "DNS:localhost, IP Address:127.0.0.1");
    assert.equal(other.checkHost("pce.example"), "pce.example");
    assert.equal(other.checkIP("::1"), "::1");
    assert.equal(other.checkHost("localhost"), undefined);
  });

  it("use ECDSA P-256 keys, and the private one belongs to the server certificate", async () => {
    const made = await makeCertificates();

    const server = new X509Certificate(made.certificate);
    assert.equal(server.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    assert.equal(server.checkPrivateKey(createPrivateKey(made.privateKey)), true);
  });

  it("are valid for a day, and a little before now for a client whose clock is behind", async () => {
    const now = new Date("2026-01-02T03:04:05Z");

    const made = await makeCertificates({ now });

    for (const pem of [made.caCertificate, made.certificate]) {
      const certificate = new X509Certificate(pem);
      assert.equal(Date.parse(certificate.validTo), now.getTime() + 24 * HOUR_MS);
      assert.equal(Date.parse(certificate.validFrom), now.getTime() - 5 * 60_000);
    }
  });

  it("share no key between two calls", async () => {
    const [one, two] = await Promise.all([makeCertificates(), makeCertificates()]);

    assert.notEqual(one.privateKey, two.privateKey);
    assert.equal(new X509Certificate(one.certificate).verify(new X509Certificate(two.caCertificate).publicKey), false);
  });
});
