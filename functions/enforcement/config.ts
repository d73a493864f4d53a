import { EnvironmentReader, wholeNumber } from "../shared/environment";
import { type PceConfig, type PceEnvironment, portNumber, positive, readPceConfig } from "../shared/pce-environment";

/** The enforcement's environment variables; the component that deploys it must set exactly these. */
export interface EnforcementEnvironment extends PceEnvironment {
  /** Requests to the PCE that one run may make in a minute. */
  readonly PCE_REQUESTS_PER_MINUTE: string;
  /** `audit`: says what is different; `on`: makes it the same. */
  readonly ENFORCE: "audit" | "on";
  /** By which the database's virtual service and rule set are found in the PCE. */
  readonly EXTERNAL_DATA_SET: string;
  readonly EXTERNAL_DATA_REFERENCE: string;
  /** The security group that only this database has. */
  readonly DATABASE_GROUP_ID: string;
  readonly DATABASE_PORT: string;
  /** Ingress rules that a security group of the account may have, of each address family. */
  readonly RULE_QUOTA: string;
  /** What rules made here are tagged with: no other stack's. */
  readonly RULE_OWNER: string;
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: string;
}

/** The environment, read and checked. */
export interface EnforcementConfig {
  readonly pce: PceConfig;
  readonly requestsPerMinute: number;
  readonly mode: "audit" | "on";
  readonly identity: { readonly externalDataSet: string; readonly externalDataReference: string };
  readonly groupId: string;
  readonly port: number;
  readonly quota: number;
  readonly owner: string;
}

/**
 * Reads the environment. POWERTOOLS_* are Powertools' own to read.
 * @throws EnvironmentError with every problem at once.
 */
export function readConfig(source: Readonly<Record<string, string | undefined>>): EnforcementConfig {
  const environment = new EnvironmentReader(source);
  const config = {
    pce: readPceConfig(environment),
    requestsPerMinute: environment.required("PCE_REQUESTS_PER_MINUTE", "a number from 1", positive),
    mode: environment.required("ENFORCE", "audit or on", (text) =>
      text === "audit" || text === "on" ? text : undefined,
    ),
    identity: Object.freeze({
      externalDataSet: environment.required("EXTERNAL_DATA_SET", "the external data set of the stack", anyText),
      externalDataReference: environment.required("EXTERNAL_DATA_REFERENCE", "an external data reference", anyText),
    }),
    groupId: environment.required("DATABASE_GROUP_ID", "the id of a security group, such as sg-0a1b", (text) =>
      /^sg-[0-9a-z]+$/.test(text) ? text : undefined,
    ),
    port: environment.required("DATABASE_PORT", "a port from 1 to 65535", portNumber),
    quota: environment.required("RULE_QUOTA", "a number of rules from 1 to 1000", (text) =>
      wholeNumber(text, { min: 1, max: 1_000 }),
    ),
    owner: environment.required("RULE_OWNER", "a tag's value", (text) =>
      /^[\w.:/=+@-]{1,256}$/.test(text) ? text : undefined,
    ),
  };
  environment.throwIfInvalid();
  // it has thrown if one of them were undefined; the types cannot say so
  return Object.freeze(config) as EnforcementConfig;
}

function anyText(text: string): string {
  return text;
}
