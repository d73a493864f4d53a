import type { DatabaseLogKind } from "../database-log";
import type { ProtectedParameter } from "./protected-parameter";

/** How a licence is paid, where an engine has one. */
export const LICENSES = ["license-included", "bring-your-own-license"] as const;

/** A kind of licence. */
export type License = (typeof LICENSES)[number];

/** A rule for names, with the sentence that an error says of it. */
export interface NameRule {
  readonly isAllowed: (name: string) => boolean;
  readonly allowed: string;
  /** What a stack gets that names none. */
  readonly byDefault: string;
}

/** The values of one setting that an engine takes. */
export interface Choice<T> {
  readonly allowed: readonly T[];
  readonly byDefault: T;
}

/** One option of an option group, as RDS takes it. */
export interface EngineOption {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Where the option listens by itself; the database's security group is then the option's too. */
  readonly port?: number;
}

/** What the options of a stack depend on. */
export interface OptionWishes {
  /** What clients connect to. */
  readonly port: number;
  /** True: data files are encrypted by the engine, too. */
  readonly tde: boolean;
  readonly caCertificate: string;
}

/** How users of an engine are made from settings, and what they may be called. */
export interface UserRules {
  /** The folder in functions/database-users with the function that makes them. */
  readonly madeBy: "postgres" | "mysql";
  /** A database has schemas, and tables are in those; false: a schema is a database. */
  readonly hasSchemas: boolean;
  readonly longestName: number;
  /** Names that the engine or RDS keeps for itself. */
  readonly takenNames: RegExp;
}

/** What RDS knows of an engine and its edition, and what this program makes of that. Pure. */
export interface Engine {
  /** As people write it, in errors. */
  readonly title: string;
  readonly versions: Choice<string>;
  /** Why versions that people may expect are not among them. */
  readonly versionAdvice: string;
  /** The family of the parameter group for a version. */
  readonly family: (version: string) => string;
  /** What clients connect to unless the stack says otherwise. */
  readonly port: number;
  /** Where the engine listens without TLS: no rule of the stack opens it. Absent where the one port refuses what comes without. */
  readonly plainPort?: number;
  readonly instanceClass: Choice<string>;
  /** Absent: RDS makes no first database. */
  readonly databaseName?: NameRule;
  /** What a name of a parameter looks like. */
  readonly parameterName: RegExp;
  readonly defaultParameters: Readonly<Record<string, string>>;
  readonly protectedParameters: readonly ProtectedParameter[];
  /** True for a parameter that the server reads at its start only, and where in doubt: RDS takes `pending-reboot` for either. */
  readonly isStatic: (parameter: string) => boolean;
  /** For the console, what the parameter group is there for. */
  readonly parametersFor: string;
  /** What is exported to CloudWatch Logs. */
  readonly logs: readonly string[];
  /** Which of them says who connects, in a form that is watched; absent: none does. */
  readonly connectionLog?: DatabaseLogKind;
  readonly options: (wishes: OptionWishes) => readonly EngineOption[];
  /** The engine encrypts data files itself when it is asked to; absent: it can't. */
  readonly hasTde: boolean;
  readonly hasIamAuthentication: boolean;
  /** Absent: this program makes no users of it. */
  readonly users?: UserRules;
  readonly hasMultiAz: boolean;
  readonly hasBlueGreenUpdates: boolean;
  readonly hasReplicas: boolean;
  /** RDS would go on with a version after its standard support, at a price, unless it is told not to. */
  readonly hasExtendedSupport: boolean;
  /** False for classes whose memory Performance Insights would need. */
  readonly hasPerformanceInsights: (instanceClass: string) => boolean;
  /** Absent: there is none to choose. */
  readonly licenses?: Choice<License>;
  /** The character set, or collation, of an engine that fixes it for good when the instance is made. */
  readonly characterSet?: { readonly byDefault: string; readonly pattern: RegExp };
  readonly longestPassword: number;
}

/** True for `db.<generation>.<size>` of one of these generations. Which sizes there are, only RDS knows. */
export function isOfGeneration(generations: readonly string[], instanceClass: string): boolean {
  const generation = /^db\.([a-z0-9]+)\.(micro|small|medium|\d*x?large|metal)$/.exec(instanceClass)?.[1];
  return generation !== undefined && generations.includes(generation);
}
