import type { WantedUser } from "./wanted";

// What the function needs of an engine. Each engine's part, with the library that speaks to it, is in a folder of its own.

/** Where a database is, whose certificate is believed, and as whom it is asked. */
export interface ConnectionOptions {
  /** The name in its certificate. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PEM certificates of the authorities that may have signed the database's: no others. */
  readonly authorities: readonly string[];
  readonly user: string;
  readonly password: string;
}

/** Asks for rows. Values are sent beside the statement, never in it. */
export type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** One connection. */
export interface Connection {
  readonly query: Query;
  /** Runs the statements in one transaction, all of them or none; one after another where the engine knows no transactions of such. */
  runAll(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A kind of database server: how its users are made. */
export interface Engine {
  /** As RDS names it in secrets. */
  readonly name: "postgres" | "mysql" | "mariadb";
  /** Connects over TLS, or not at all: the certificate must be of one of the authorities and bear the host's name. */
  connect(options: ConnectionOptions): Promise<Connection>;
  /**
   * Makes the users of the server what the settings ask for, and takes back what they ask for no more. A run without a difference changes
   * nothing; one that failed half way is gone on with by the next.
   */
  syncUsers(users: readonly WantedUser[], parts: SyncParts): Promise<SyncResult>;
  /** Sets, as the master user, the password of a user that was made here with one. False where there is no such user: nothing is changed. */
  setPassword(connection: Connection, user: NewPassword): Promise<boolean>;
}

/** Whose password is to be another. */
export interface NewPassword {
  readonly username: string;
  readonly password: string;
  /** The mark of users that were made here. */
  readonly comment: string;
}

/** What a run takes from outside. */
export interface SyncParts {
  /** Connects to a database as the master user. */
  readonly connect: (database: string) => Promise<Connection>;
  /** The database that the stack made: runs take turns there. */
  readonly database: string;
  /** The mark of users that were made here: no other stack's. */
  readonly comment: string;
  /** The password in a secret; new where the database may not have it: when the secret held none until now, or a run failed half way. */
  readonly readPassword: (
    user: WantedUser,
    secretArn: string,
  ) => Promise<{ readonly password: string; readonly isNew: boolean }>;
}

/** What a run did, by the users' names. */
export interface SyncResult {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly locked: readonly string[];
  readonly dropped: readonly string[];
  /** Not wanted, locked, and still there, since they own something. */
  readonly kept: readonly string[];
  /** Databases in which ownership or privileges were changed. */
  readonly databases: readonly string[];
  /** Tables and sequences of wanted schemas that nobody here could give, for they are somebody else's. Always 0 where tables have no owners. */
  readonly beyondReach: number;
}
