/**
 * Judges what policies let a request do: a resource's own policy (bucket, queue, topic, key, role trust) or the policies of an identity.
 * For the checks that AWS makes and the emulator does not. Pure.
 *
 * source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators"
 */

/** A request as a policy sees it. */
export interface PolicyRequest {
  /** A service (`s3.amazonaws.com`) or an ARN; absent for identity policies, which name no principal. */
  readonly principal?: string;
  /** For example `s3:PutObject`. */
  readonly action: string;
  /** The ARN of what it is about. */
  readonly resource: string;
  /** Condition keys, for example `aws:SourceArn`; upper and lower case are the same. `aws:SecureTransport` is true unless given. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The verdict and the reason for it in one clause. */
export interface Verdict {
  readonly allowed: boolean;
  readonly because: string;
}

/** What is refused of several requests. */
export interface Refusal {
  readonly actions: readonly string[];
  /** The reasons, each once, as one clause. */
  readonly because: string;
}

type OneOrMany = Scalar | readonly Scalar[];
type Scalar = string | boolean | number;
type Compare = (wanted: string, found: string) => boolean;

interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: string | Readonly<Record<string, OneOrMany>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

/**
 * Default deny, an explicit deny wins, and a statement with an unmet condition does not apply.
 * Throws for NotPrincipal and for a condition operator that it does not know: guessing would be worse.
 * @param documents JSON; an absent or empty one is no policy
 */
export function judge(documents: readonly (string | undefined)[], request: PolicyRequest): Verdict {
  const given = documents.filter((text): text is string => text !== undefined && text !== "");
  if (given.length === 0) return { allowed: false, because: "there is no policy" };
  const context = contextOf(request);
  const named = given
    .flatMap((text) => statementsOf(text))
    .filter((statement) => isAbout(statement, request))
    .map((statement) => ({ ...statement, unmet: unmetCondition(statement, context) }));
  const applying = named.filter(({ unmet }) => unmet === undefined);

  const denial = applying.find(({ Effect: effect }) => effect === "Deny");
  if (denial) return { allowed: false, because: `statement ${denial.Sid ?? "without Sid"} denies it` };
  if (applying.length > 0) return { allowed: true, because: "a statement allows it" };

  const near = named.find(({ Effect: effect }) => effect === "Allow");
  const { principal = "it", action, resource } = request;
  const because = near
    ? `condition ${near.unmet} is not met`
    : `no statement lets ${principal} do ${action} on ${resource}`;
  return { allowed: false, because };
}

/** True when a statement of these documents allows the request and none denies it; throws as `judge` does. */
export const allows = (documents: readonly (string | undefined)[], request: PolicyRequest): boolean =>
  judge(documents, request).allowed;

/** What the documents refuse of the requests; undefined when they allow all. Throws as `judge` does. */
export function refusalOf(
  documents: readonly (string | undefined)[],
  requests: readonly PolicyRequest[],
): Refusal | undefined {
  const refused = requests
    .map((request) => ({ action: request.action, ...judge(documents, request) }))
    .filter(({ allowed }) => !allowed);
  if (refused.length === 0) return undefined;
  const reasons = new Set(refused.map(({ because }) => because));
  return { actions: refused.map(({ action }) => action), because: [...reasons].join(", ") };
}

/** The ARNs of roles that a document names as principals. */
export function rolePrincipals(document: string): readonly string[] {
  return statementsOf(document)
    .flatMap(({ Principal: principal }) => (typeof principal === "object" ? list(principal["AWS"]) : []))
    .filter((arn) => arn.includes(":role/"));
}

function statementsOf(document: string): readonly Statement[] {
  const { Statement: found = [] } = JSON.parse(document) as { Statement?: Statement | readonly Statement[] };
  return Array.isArray(found) ? (found as readonly Statement[]) : [found as Statement];
}

function isAbout(statement: Statement, { principal, action, resource }: PolicyRequest): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const isAction = (pattern: string): boolean => like(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string): boolean => like(pattern, resource);
  return (
    isBy(statement, principal) &&
    (Action === undefined || list(Action).some(isAction)) &&
    (NotAction === undefined || !list(NotAction).some(isAction)) &&
    // a trust policy has no resource
    (Resource === undefined || list(Resource).some(isResource)) &&
    (NotResource === undefined || !list(NotResource).some(isResource))
  );
}

function isBy({ Principal: principal, NotPrincipal: not }: Statement, asking: string | undefined): boolean {
  if (not !== undefined) throw new Error("NotPrincipal is not understood by the sandbox; name the principals");
  if (principal === undefined || asking === undefined) return principal === undefined && asking === undefined;
  if (typeof principal === "string") return principal === "*";
  const [kind, other] = asking.startsWith("arn:") ? ["AWS", "Service"] : ["Service", "AWS"];
  return (
    list(principal[kind]).some((each) => each === "*" || each === asking || isRootOf(each, asking)) ||
    list(principal[other]).includes("*")
  );
}

// "arn:aws:iam::<account>:root" or the bare account stand for every identity of the account
function isRootOf(principal: string, asking: string): boolean {
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(principal)?.[1];
  return account !== undefined && asking.startsWith(`arn:aws:iam::${account}:`);
}

const contextOf = ({ context = {} }: PolicyRequest): ReadonlyMap<string, string> =>
  new Map([
    ["aws:securetransport", "true"],
    ...Object.entries(context).map(([key, value]): [string, string] => [key.toLowerCase(), value]),
  ]);

/** The first condition that does not hold, as text; undefined when all do. */
function unmetCondition({ Condition: conditions = {} }: Statement, context: ReadonlyMap<string, string>) {
  for (const [operator, keys] of Object.entries(conditions)) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (!holds(operator, list(wanted), context.get(key.toLowerCase()))) return `${operator} ${key}`;
    }
  }
  return undefined;
}

const OPERATORS: ReadonlyMap<string, Compare> = new Map<string, Compare>(
  Object.entries({
    StringEquals: (wanted, found) => found === wanted,
    StringEqualsIgnoreCase: (wanted, found) => found.toLowerCase() === wanted.toLowerCase(),
    StringLike: like,
    // AWS makes no difference between the two
    ArnEquals: like,
    ArnLike: like,
    Bool: (wanted, found) => found.toLowerCase() === wanted.toLowerCase(),
    NumericEquals: (wanted, found) => Number(found) === Number(wanted),
    NumericLessThan: (wanted, found) => Number(found) < Number(wanted),
    NumericLessThanEquals: (wanted, found) => Number(found) <= Number(wanted),
    NumericGreaterThan: (wanted, found) => Number(found) > Number(wanted),
    NumericGreaterThanEquals: (wanted, found) => Number(found) >= Number(wanted),
  }),
);
const NEGATED = /^(String|Arn|Numeric)Not(?=Equals|Like)/;

function holds(operator: string, wanted: readonly string[], found: string | undefined): boolean {
  if (operator === "Null") return wanted.includes(String(found === undefined));
  const [, set, bare = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const negated = NEGATED.test(bare);
  const compare = OPERATORS.get(bare.replace(NEGATED, "$1"));
  if (compare === undefined) {
    throw new Error(`the sandbox does not know the condition operator ${operator}; add it to policy-evaluation.ts`);
  }
  // a key that is not there: no value fails "all of them", and none is "any of them"
  if (found === undefined) return ifExists !== undefined || set === "ForAllValues" || (negated && set === undefined);
  return wanted.some((each) => compare(each, found)) !== negated;
}

/** `*` is any run of characters, `?` is one character; nothing else is special. */
function like(pattern: string, value: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(value);
}

const list = (value: OneOrMany | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat().map(String);
