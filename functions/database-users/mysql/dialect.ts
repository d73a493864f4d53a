import { cachingSha2Verifier, nativeVerifier } from "./verifiers";

/** Where MySQL and MariaDB differ in what is said to them. */
export interface Dialect {
  readonly name: "mysql" | "mariadb";
  readonly sqlModes: readonly string[];
  /** The plugin by which a user proves itself with a password. */
  readonly passwordPlugin: string;
  /** A user's other proof is the password before: said to be discarded, where a new proof takes the place of all elsewhere. */
  readonly hasOldPasswords: boolean;
  /** What the server keeps of a password. It is sent in the password's place, so that the password is in no statement, and in no log. */
  readonly verifierOf: (password: string) => string;
}

/** RDS's plugin for tokens of IAM, and what it takes. source: RDS user guide, "Creating a database account using IAM authentication" */
export const IAM_PLUGIN = "AWSAuthenticationPlugin";
export const IAM_CREDENTIAL = "RDS";

/** MySQL 8.4 and newer. */
export const MYSQL: Dialect = {
  name: "mysql",
  sqlModes: ["STRICT_ALL_TABLES"],
  // the older one is off from 8.4 on, and gone from 9.0 on
  passwordPlugin: "caching_sha2_password",
  hasOldPasswords: true,
  verifierOf: cachingSha2Verifier,
};

/** MariaDB 10.11 and newer. */
export const MARIADB: Dialect = {
  name: "mariadb",
  // or a GRANT would make a user that is gone by then, without a password
  sqlModes: ["STRICT_ALL_TABLES", "NO_AUTO_CREATE_USER"],
  // ed25519 has to be installed first, and RDS does not
  passwordPlugin: "mysql_native_password",
  hasOldPasswords: false,
  verifierOf: nativeVerifier,
};
