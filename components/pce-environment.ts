import type * as pulumi from "@pulumi/pulumi";
import type { PceEnvironment } from "../functions/shared/pce-environment";
import type { PceSettings } from "../settings";
import type { EnvironmentOf } from "./lambda-function";

const CA_FILE = "pce-ca.pem";

/** The variables by which a function finds the PCE. */
export function pceEnvironment(
  pce: PceSettings,
  credentialsSecretArn: pulumi.Input<string>,
): EnvironmentOf<PceEnvironment> {
  return {
    PCE_HOST: pce.host,
    PCE_PORT: `${pce.port}`,
    PCE_ORG_ID: `${pce.orgId}`,
    PCE_CREDENTIALS_SECRET_ARN: credentialsSecretArn,
    ...(pce.caCertificate !== undefined && { PCE_CA_FILE: CA_FILE }),
  };
}

/** The files that these variables name, for the code package. */
export function pceFiles({ caCertificate }: PceSettings): Readonly<Record<string, string>> {
  return caCertificate === undefined ? {} : { [CA_FILE]: caCertificate };
}
