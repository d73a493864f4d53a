// Physical names that the program chooses itself, because a policy or a person needs them before the resource exists. Everything else
// is named by Pulumi: its random ending lets a replacement stand beside what it replaces.

interface NameRule {
  readonly longest: number;
  readonly pattern: RegExp;
  readonly allowed: string;
}

const RDS_NAME = {
  pattern: /^[a-z](-?[a-z0-9])*$/,
  allowed: "small letters, digits and single hyphens, a letter first, no hyphen last",
};

/** AWS's limits, from each service's API reference. */
export const NAME_RULES = {
  "database identifier": { longest: 63, ...RDS_NAME },
  "final snapshot": { longest: 255, ...RDS_NAME },
  "log group": { longest: 512, pattern: /^[a-zA-Z0-9_\-/.#]+$/, allowed: "letters, digits and _-/.#" },
  function: { longest: 64, pattern: /^[a-zA-Z0-9_-]+$/, allowed: "letters, digits, _ and -" },
  "event rule": { longest: 64, pattern: /^[a-zA-Z0-9._-]+$/, allowed: "letters, digits, ., _ and -" },
  "state machine": { longest: 80, pattern: /^[a-zA-Z0-9_-]+$/, allowed: "letters, digits, _ and -" },
  policy: { longest: 128, pattern: /^[\w+=,.@-]+$/, allowed: "letters, digits and _+=,.@-" },
  document: { longest: 128, pattern: /^[a-zA-Z0-9_.-]{3,}$/, allowed: "letters, digits, _, . and -" },
  trail: {
    longest: 128,
    pattern: /^[a-zA-Z0-9]([._-]?[a-zA-Z0-9])*$/,
    allowed: "letters, digits and single ., _ and -",
  },
  dashboard: { longest: 255, pattern: /^[a-zA-Z0-9_-]+$/, allowed: "letters, digits, _ and -" },
  alarm: { longest: 255, pattern: /^[\x20-\x7e]+$/, allowed: "printable ASCII" },
  "key alias": {
    longest: 256,
    pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/,
    allowed: "alias/, then letters, digits, /, _ and -",
  },
} as const satisfies Record<string, NameRule>;

/** Throws when AWS would refuse the name. */
export function checkName(kind: keyof typeof NAME_RULES, name: string): string {
  const { longest, pattern, allowed } = NAME_RULES[kind];
  if (name.length <= longest && pattern.test(name)) return name;
  throw new Error(
    `the ${kind} "${name}" (${name.length} characters) must be at most ${longest} characters of ${allowed}; shorten or change the stack's name`,
  );
}

/** The names of one stack. Two stacks of different names never share one. */
export class StackNames {
  /** What all of them, and nothing of another stack, begin with. */
  readonly prefix: string;

  constructor(stack: string) {
    this.prefix = `rds-sightline-${stack}`;
  }

  /** The RDS instance. The suffix keeps the names of two lives of a stack, and of their snapshots, apart. */
  databaseIdentifier(suffix: string): string {
    return checkName("database identifier", `${this.prefix}-${suffix}`);
  }

  /** The snapshot that is taken when the instance with this identifier is destroyed. */
  finalSnapshot(identifier: string): string {
    return checkName("final snapshot", `${identifier}-final`);
  }

  /** A read replica of the instance with this identifier, from 1 on. */
  readReplica(identifier: string, number: number): string {
    return checkName("database identifier", `${identifier}-r${number}`);
  }

  /** Where RDS exports a log of the instance to. RDS fixes the format. */
  databaseLogGroup(identifier: string, log: string): string {
    return checkName("log group", `/aws/rds/instance/${identifier}/${log}`);
  }

  /** A Lambda function, by its folder in functions/. */
  lambdaFunction(folder: string): string {
    return checkName("function", `${this.prefix}-${folder}`);
  }

  /** The log group of the function with this name. */
  functionLogGroup(functionName: string): string {
    return checkName("log group", `/aws/lambda/${functionName}`);
  }

  /** The log group that flow logs are kept in. */
  get flowLogGroup(): string {
    return checkName("log group", `${this.prefix}/flow-logs`);
  }

  /** The log group that people's ways in write to: sessions of the bastion, or connections to the VPN. */
  peopleLogGroup(what: "sessions" | "vpn"): string {
    return checkName("log group", `${this.prefix}/${what}`);
  }

  /** A rule of EventBridge, on the account's default bus. */
  eventRule(what: string): string {
    return checkName("event rule", `${this.prefix}-${what}`);
  }

  /** A state machine of Step Functions. */
  stateMachine(what: string): string {
    return checkName("state machine", `${this.prefix}-${what}`);
  }

  /**
   * The log group of the state machine with this name. By the beginning of the name CloudWatch Logs keeps delivery to it out of the account's
   * resource policies, of which there are ten at most (Step Functions guide, "cw-logs").
   */
  stateMachineLogGroup(stateMachineName: string): string {
    return checkName("log group", `/aws/vendedlogs/states/${stateMachineName}`);
  }

  /** A managed policy of IAM: permission sets know it by its name. */
  policy(what: string): string {
    return checkName("policy", `${this.prefix}-${what}`);
  }

  /** A document of Systems Manager: people name it when they start a session. */
  document(what: string): string {
    return checkName("document", `${this.prefix}-${what}`);
  }

  /** The trail of CloudTrail: its bucket's and its key's policy must name it before it exists. */
  get trail(): string {
    return checkName("trail", `${this.prefix}-audit`);
  }

  /** The log group that the trail is delivered to. */
  get trailLogGroup(): string {
    return checkName("log group", `${this.prefix}/audit-trail`);
  }

  get dashboard(): string {
    return checkName("dashboard", this.prefix);
  }

  /** An alarm: its name is the subject of the mail, so it says the stack. */
  alarm(what: string): string {
    return checkName("alarm", `${this.alarmPrefix}${what}`);
  }

  /** What the names of the stack's alarms begin with, as a policy needs it. */
  get alarmPrefix(): string {
    return `${this.prefix}/`;
  }

  /** A key's name for people. */
  keyAlias(use: string): string {
    return checkName("key alias", `alias/${this.prefix}/${use}`);
  }
}
