// CloudWatch Logs' filter patterns, as its guide describes them ("FilterAndPatternSyntax"): a regular expression by itself, terms, and
// conditions on JSON. What the guide doesn't say is an error here.

/** True when a metric filter with this pattern counts the log event. */
export function matchesPattern(pattern: string, event: string): boolean {
  if (pattern.length > 1024)
    throw new Error(`CloudWatch Logs takes patterns of 1024 characters, got ${pattern.length}`);
  if (pattern.startsWith("%")) return regularExpression(pattern).test(event);
  if (pattern.startsWith("{")) return conditionOf(pattern)(parsed(event));
  return matchesTerms(pattern, event);
}

/** What is between two percent signs, if it is all of the dialect: no groups, no lookaround, ASCII. */
function regularExpression(pattern: string): RegExp {
  const inner = /^%(.*)%$/s.exec(pattern)?.[1];
  if (inner === undefined || inner.includes("%")) throw new Error(`not one regular expression: ${pattern}`);
  const foreign = /[^A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]/.exec(inner) ?? /\\[^.[\]\\*+?^${}|dDsSwWx-]/.exec(inner);
  if (foreign !== null) throw new Error(`CloudWatch's regular expressions know no ${JSON.stringify(foreign[0])}`);
  return new RegExp(inner);
}

// terms side by side must all be there, and none with a minus; those with a question mark stand only among their like
function matchesTerms(pattern: string, event: string): boolean {
  const terms = [...pattern.matchAll(/([?-]?)(?:"([^"]*)"|([\w ]+?))(?:\s+|$)/g)];
  if (terms.map(([whole]) => whole).join("") !== pattern) throw new Error(`not terms only: ${pattern}`);
  const found = ([, , quoted, word]: RegExpMatchArray) => event.includes(quoted ?? word ?? "");
  const signed = (sign: string) => terms.filter(([, its]) => its === sign);
  if (signed("?").length === terms.length) return terms.some(found);
  if (signed("?").length > 0) throw new Error("CloudWatch Logs ignores terms with ? beside others");
  return signed("").every(found) && !signed("-").some(found);
}

function parsed(event: string): unknown {
  try {
    return JSON.parse(event);
  } catch {
    return undefined;
  }
}

type Condition = (event: unknown) => boolean;

const TOKEN = /\s*(&&|\|\||!=|=|\(|\)|"[^"]*"|\$\.[\w.[\]*-]+|NOT EXISTS|EXISTS)/y;

// or := and { "||" and }, and := one { "&&" one }, one := "(" or ")" | selector test
function conditionOf(pattern: string): Condition {
  const tokens = tokensOf(pattern.replace(/^\{/, "").replace(/\}$/, ""));
  const take = (expected?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`expected ${expected ?? "more"}, got ${token ?? "the end"} in ${pattern}`);
    return token;
  };
  const series = (part: () => Condition, operator: string, join: (parts: Condition[]) => Condition): Condition => {
    const parts = [part()];
    while (tokens[0] === operator) {
      take();
      parts.push(part());
    }
    return join(parts);
  };
  const one = (): Condition => {
    if (tokens[0] !== "(") return test(take(), take(), take);
    take();
    const inner = or();
    take(")");
    return inner;
  };
  const and = () => series(one, "&&", (parts) => (event) => parts.every((part) => part(event)));
  const or = (): Condition => series(and, "||", (parts) => (event) => parts.some((part) => part(event)));
  const whole = or();
  if (tokens.length > 0) throw new Error(`${tokens.join(" ")} is left of ${pattern}`);
  return whole;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`not a condition: ${text.slice(at)}`);
    tokens.push(token);
  }
  return tokens;
}

function test(selector: string, operator: string, take: () => string): Condition {
  const values = (event: unknown) => valuesAt(event, selector.slice("$.".length).split(/\.|(?=\[)/));
  if (operator === "EXISTS") return (event) => values(event).length > 0;
  if (operator === "NOT EXISTS") return (event) => values(event).length === 0;
  const wanted = new RegExp(`^${take().slice(1, -1).split("*").map(literal).join(".*")}$`, "s");
  const equals = (value: unknown) => wanted.test(String(value));
  // of a key that isn't there the guide says nothing: neither test holds
  return (event) => values(event).some((value) => equals(value) === (operator === "="));
}

function literal(text: string): string {
  return text.replace(/[.[\]\\+?^${}|()]/g, "\\$&");
}

function valuesAt(value: unknown, [step, ...rest]: string[]): unknown[] {
  if (step === undefined) return typeof value === "object" ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  const key = step.replace(/^\[(.*)\]$/, "$1");
  const inner = key === "*" ? Object.values(value) : Object.hasOwn(value, key) ? [Reflect.get(value, key)] : [];
  return inner.flatMap((each) => valuesAt(each, rest));
}
