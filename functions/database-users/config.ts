import { EnvironmentReader } from "../shared/environment";
import { portNumber } from "../shared/pce-environment";
import type { Engine } from "./engine";

/** The variables of the function for database users; the component that deploys it must set exactly these. */
export interface DatabaseUsersEnvironment {
  /** `postgres`, `mysql` or `mariadb`. */
  readonly DATABASE_ENGINE: string;
  /** The endpoint's name, which its certificate bears. */
  readonly DATABASE_HOST: string;
  readonly DATABASE_PORT: string;
  /** The database that was made with the instance. */
  readonly DATABASE_NAME: string;
  /** Secret whose JSON has the master user's `username` and `password`. */
  readonly MASTER_SECRET_ARN: string;
  /** The mark of users that are made here: no other stack's. */
  readonly USER_COMMENT: string;
  /** File in the code package with the certificates of RDS's authorities. */
  readonly AUTHORITIES_FILE: string;
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: string;
}

const ENGINES = ["postgres", "mysql", "mariadb"] as const satisfies readonly Engine["name"][];

/** The environment, read and checked. */
export interface DatabaseUsersConfig {
  readonly engine: Engine["name"];
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly masterSecretArn: string;
  readonly comment: string;
  readonly authoritiesFile: string;
  readonly region: string;
}

/**
 * Reads the environment. POWERTOOLS_* are Powertools' own to read.
 * @throws EnvironmentError with every problem at once.
 */
export function readConfig(source: Readonly<Record<string, string | undefined>>): DatabaseUsersConfig {
  const environment = new EnvironmentReader(source);
  const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
  const config = {
    engine: environment.required("DATABASE_ENGINE", ENGINES.join(" or "), (text) =>
      ENGINES.find((name) => name === text),
    ),
    host: environment.required("DATABASE_HOST", "a host name", matching(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i)),
    port: environment.required("DATABASE_PORT", "a port from 1 to 65535", portNumber),
    database: environment.required("DATABASE_NAME", "a database's name", matching(/^\w{1,64}$/)),
    masterSecretArn: environment.required(
      "MASTER_SECRET_ARN",
      "the ARN of a Secrets Manager secret",
      matching(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+$/),
    ),
    comment: environment.required("USER_COMMENT", "a line of text", matching(/^[\x20-\x7e]{1,200}$/)),
    authoritiesFile: environment.required(
      "AUTHORITIES_FILE",
      "the name of a file in the code package, without a folder",
      matching(/^[\w.-]+$/),
    ),
    // Lambda's own
    region: environment.required("AWS_REGION", "an AWS region", matching(/^[a-z0-9-]+$/)),
  };
  environment.throwIfInvalid();
  // it has thrown if one of them were undefined; the types cannot say so
  return Object.freeze(config) as DatabaseUsersConfig;
}
