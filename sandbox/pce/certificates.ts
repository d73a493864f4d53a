// reflect-metadata comes first: @peculiar/x509 resolves its algorithms through it while loading
import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A private CA and one server certificate signed by it, all PEM. The CA's own key is dropped: it signs nothing more. */
export interface ServerCertificates {
  /** What a client must trust. */
  readonly caCertificate: string;
  readonly certificate: string;
  /** PKCS #8. */
  readonly privateKey: string;
}

/** What the certificates say. */
export interface CertificateOptions {
  /**
   * DNS names and IP addresses that the server answers under.
   * @default ["localhost", "127.0.0.1"]
   */
  readonly hosts?: readonly string[];
  /**
   * The authority's common name.
   * @default "Sandbox PCE CA"
   */
  readonly authority?: string;
  /**
   * Hours from `now` until both certificates expire.
   * @default 24
   */
  readonly validForHours?: number;
  /** @default - this moment */
  readonly now?: Date;
}

const ECDSA_P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 3_600_000;
// a client whose clock is a little behind must not find the certificate "not yet valid"
const CLOCK_SKEW_MS = 300_000;

/** Makes a new private CA and a server certificate (ECDSA P-256) for `hosts`. Two calls never share a key. */
export async function makeCertificates(options: CertificateOptions = {}): Promise<ServerCertificates> {
  const {
    hosts = ["localhost", "127.0.0.1"],
    authority = "Sandbox PCE CA",
    validForHours = 24,
    now = new Date(),
  } = options;
  const validity = {
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter: new Date(now.getTime() + validForHours * HOUR_MS),
  };
  const caKeys = await newKeys();
  const serverKeys = await newKeys();

  const ca = await X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      serialNumber: newSerialNumber(),
      name: `CN=${authority}`,
      keys: caKeys,
      signingAlgorithm: ECDSA_P256,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const server = await X509CertificateGenerator.create(
    {
      ...validity,
      serialNumber: newSerialNumber(),
      subject: "CN=Sandbox PCE",
      issuer: ca.subject,
      publicKey: serverKeys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: ECDSA_P256,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          hosts.map((host) => ({ type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const), value: host })),
        ),
        await AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {
    caCertificate: `${ca.toString("pem")}\n`,
    certificate: `${server.toString("pem")}\n`,
    privateKey: KeyObject.from(serverKeys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ECDSA_P256, true, ["sign", "verify"]);
}

/** 16 random bytes in hex; the first is 40-7f, so that the number is positive and keeps its length (RFC 5280, 4.1.2.2). */
function newSerialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial.toString("hex");
}
