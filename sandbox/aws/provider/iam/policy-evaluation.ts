/**
 * Whether a policy document lets a request through, for the checks that AWS makes and the emulator does not.
 *
 * source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators"
 */

/** A request as a policy sees it. */
export interface PolicyRequest {
  /** A service (`s3.amazonaws.com`) or an ARN; absent for identity policies, which name no principal. */
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys, for example `aws:SourceArn`; upper and lower case are the same. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | boolean | number | readonly string[]>>>
  >;
}

/** True when a statement of these documents allows the request and none denies it. */
export function allows(documents: readonly string[], request: PolicyRequest): boolean {
  const matching = documents.flatMap(statementsOf).filter((statement) => matches(statement, request));
  return (
    matching.some((statement) => statement.Effect === "Allow") &&
    !matching.some((statement) => statement.Effect === "Deny")
  );
}

/** The ARNs of roles that a document names as principals. */
export function rolePrincipals(document: string): readonly string[] {
  return statementsOf(document)
    .flatMap(({ Principal: principal }) => (typeof principal === "object" ? list(principal["AWS"]) : []))
    .filter((arn) => arn.includes(":role/"));
}

function statementsOf(document: string): readonly Statement[] {
  const { Statement: statements } = JSON.parse(document) as { Statement?: Statement | readonly Statement[] };
  return statements === undefined ? [] : list(statements);
}

function matches(statement: Statement, request: PolicyRequest): boolean {
  return (
    matchesPrincipal(statement, request.principal) &&
    matchesPattern(statement.Action, statement.NotAction, request.action.toLowerCase(), true) &&
    matchesPattern(statement.Resource, statement.NotResource, request.resource, false) &&
    matchesConditions(statement, request.context ?? {})
  );
}

function matchesPrincipal({ Principal: principal, NotPrincipal: not }: Statement, asking: string | undefined): boolean {
  if (not !== undefined) throw new Error("NotPrincipal is not understood by the sandbox; name the principals");
  if (principal === undefined || asking === undefined) return principal === undefined && asking === undefined;
  if (principal === "*") return true;
  if (typeof principal === "string") return false;
  return Object.values(principal)
    .flatMap(list)
    .some((each) => each === "*" || each === asking || isRootOf(each, asking));
}

// "arn:aws:iam::<account>:root" or the bare account stand for every identity of the account
function isRootOf(principal: string, asking: string): boolean {
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(principal)?.[1];
  return account !== undefined && asking.startsWith(`arn:aws:iam::${account}:`);
}

function matchesPattern(
  wanted: string | readonly string[] | undefined,
  not: string | readonly string[] | undefined,
  value: string,
  anyCase: boolean,
): boolean {
  const hit = (pattern: string): boolean => like(anyCase ? pattern.toLowerCase() : pattern, value);
  if (not !== undefined) return !list(not).some(hit);
  // a trust policy has no resource
  return wanted === undefined || list(wanted).some(hit);
}

function matchesConditions({ Condition: conditions = {}, Effect: effect }: Statement, context: Record<string, string>) {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(conditions).every(([operator, tests]) =>
    Object.entries(tests).every(([key, values]) => {
      const found = known.get(key.toLowerCase());
      const wanted = list(values).map(String);
      return holds(operator, found, wanted, effect);
    }),
  );
}

function holds(
  operator: string,
  found: string | undefined,
  wanted: readonly string[],
  effect: "Allow" | "Deny",
): boolean {
  const bare = operator.replace(/^ForA(ny|ll)Value[s]?:/, "").replace(/IfExists$/, "");
  if (bare === "Null") return wanted.includes(String(found === undefined));
  const negative = bare.includes("Not");
  if (found === undefined) return operator.endsWith("IfExists") || negative;
  switch (bare) {
    case "StringEquals":
    case "ArnEquals":
    case "ArnLike":
    case "StringLike":
      return wanted.some((each) => like(each, found));
    case "StringNotEquals":
    case "ArnNotEquals":
    case "ArnNotLike":
    case "StringNotLike":
      return !wanted.some((each) => like(each, found));
    case "StringEqualsIgnoreCase":
      return wanted.some((each) => each.toLowerCase() === found.toLowerCase());
    case "Bool":
      return wanted.includes(found);
    case "NumericLessThan":
      return wanted.some((each) => Number(found) < Number(each));
    default:
      throw new Error(`the sandbox does not understand the condition operator ${operator} (${effect})`);
  }
}

/** `*` stands for any characters, `?` for one. */
function like(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
