/** Judges what a resource's own policy (bucket, queue, key, role trust) lets an AWS service do. Pure. */

/** A call that an AWS service makes on its own behalf. */
export interface ServiceCall {
  /** For example `delivery.logs.amazonaws.com`. */
  readonly service: string;
  /** For example `s3:PutObject`. */
  readonly action: string;
  /** The ARN of what it is about. */
  readonly resource: string;
  /** Condition keys the service sends, for example `aws:SourceAccount`; `aws:SecureTransport` is always true. */
  readonly context: Readonly<Record<string, string>>;
}

/** The verdict and, for a refusal, the reason in one clause. */
export interface Verdict {
  readonly allowed: boolean;
  readonly because: string;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | { readonly Service?: OneOrMany; readonly AWS?: OneOrMany };
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}
type OneOrMany = string | boolean | readonly (string | boolean)[];

/**
 * Default deny, an explicit deny wins, an unmet or unknown condition means that the statement does not apply.
 * Throws for a condition operator it does not know: guessing would be worse.
 * Source: IAM user guide, "Policy evaluation logic".
 */
export function judge(policy: string | undefined, call: ServiceCall): Verdict {
  if (policy === undefined || policy === "") return { allowed: false, because: "there is no policy" };
  const { Statement: found = [] } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
  const statements: readonly Statement[] = Array.isArray(found) ? found : [found as Statement];
  const named = statements.filter((each) => isAbout(each, call));
  const applying = named.filter((each) => unmet(each, call) === undefined);

  const denied = applying.find((each) => each.Effect === "Deny");
  if (denied) return { allowed: false, because: `statement ${denied.Sid ?? "without Sid"} denies it` };
  if (applying.some((each) => each.Effect === "Allow")) return { allowed: true, because: "a statement allows it" };

  const near = named.find((each) => each.Effect === "Allow");
  const because = near
    ? `condition ${unmet(near, call)} is not met`
    : `no statement lets ${call.service} do ${call.action} on ${call.resource}`;
  return { allowed: false, because };
}

function isAbout(statement: Statement, call: ServiceCall): boolean {
  const { Principal: principal, Action, NotAction, Resource, NotResource } = statement;
  const services = principal === "*" ? ["*"] : [...list(principal?.Service), ...list(principal?.AWS).filter(isStar)];
  if (!services.some((each) => each === "*" || each === call.service)) return false;
  if (Action !== undefined && !list(Action).some((each) => like(each, call.action, "i"))) return false;
  if (NotAction !== undefined && list(NotAction).some((each) => like(each, call.action, "i"))) return false;
  if (Resource !== undefined && !list(Resource).some((each) => like(each, call.resource))) return false;
  return NotResource === undefined || !list(NotResource).some((each) => like(each, call.resource));
}

/** The first condition that does not hold, as text; undefined when all do. */
function unmet(statement: Statement, call: ServiceCall): string | undefined {
  const context = new Map(
    Object.entries({ "aws:SecureTransport": "true", ...call.context }).map(([key, value]) => [
      key.toLowerCase(),
      value,
    ]),
  );
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (!holds(operator, list(wanted), context.get(key.toLowerCase()))) return `${operator} ${key}`;
    }
  }
  return undefined;
}

const OPERATORS: Readonly<Record<string, (wanted: string, got: string) => boolean>> = {
  StringEquals: (wanted, got) => wanted === got,
  StringLike: (wanted, got) => like(wanted, got),
  ArnEquals: (wanted, got) => like(wanted, got),
  ArnLike: (wanted, got) => like(wanted, got),
  Bool: (wanted, got) => wanted.toLowerCase() === got.toLowerCase(),
  NumericLessThan: (wanted, got) => Number(got) < Number(wanted),
};

function holds(operator: string, wanted: readonly string[], got: string | undefined): boolean {
  const optional = operator.endsWith("IfExists");
  const name = optional ? operator.slice(0, -"IfExists".length) : operator;
  if (name === "Null") return (wanted[0] === "true") === (got === undefined);
  const negated = name.includes("Not");
  const compare = OPERATORS[name.replace("Not", "")];
  if (compare === undefined) {
    throw new Error(`The sandbox does not know the condition operator ${operator}; add it to resource-policy.ts`);
  }
  if (got === undefined) return optional || negated;
  return wanted.some((each) => compare(each, got)) !== negated;
}

/** `*` is any run of characters, `?` is one character; nothing else is special. */
function like(pattern: string, value: string, flags = ""): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, `s${flags}`).test(value);
}

const isStar = (each: string): boolean => each === "*";

const list = (value: OneOrMany | undefined): readonly string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
