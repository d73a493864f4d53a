import type * as pulumi from "@pulumi/pulumi";
import type { PceEnvironment } from "../functions/shared/pce-environment";
import type { PceSettings } from "../settings";
import type { EnvironmentOf } from "./lambda-function";

const CA_FILE = "pce-ca.pem";

/** The variables of a function that speaks to the PCE. */
export function pceVariables(
  { host, port, orgId, caCertificate }: PceSettings,
  credentialsSecretArn: pulumi.Input<string>,
): EnvironmentOf<PceEnvironment> {
  return {
    PCE_HOST: host,
    PCE_PORT: `${port}`,
    PCE_ORG_ID: `${orgId}`,
    PCE_CREDENTIALS_SECRET_ARN: credentialsSecretArn,
    ...(caCertificate !== undefined && { PCE_CA_FILE: CA_FILE }),
  };
}

/** The files beside its code that these variables name. */
export function pceFiles({ caCertificate }: PceSettings): Readonly<Record<string, string>> {
  return caCertificate === undefined ? {} : { [CA_FILE]: caCertificate };
}
