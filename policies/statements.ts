import { listOf, textsOf } from "./judging";
import { NotKnownYet, UNKNOWN } from "./unknown";

/** A statement of an IAM document, with lists where JSON may have a single text. */
export interface Statement {
  readonly name: string;
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whom it is for: `*`, or what the principal's kinds name. Empty in a policy of an identity. */
  readonly principals: readonly string[];
  readonly conditions: readonly (readonly [operator: string, key: string, values: readonly string[]])[];
}

/** The statements of a document; none when there is no document yet. @throws SyntaxError when it is not JSON, NotKnownYet in a preview. */
export function statementsOf(document: unknown): readonly Statement[] {
  if (document === UNKNOWN) throw new NotKnownYet();
  if (document === undefined || document === null) return [];
  const { Statement: found } = (typeof document === "string" ? JSON.parse(document) : document) as {
    Statement?: unknown;
  };

  return listOf(found).map((each, at) => ({
    name: String(each["Sid"] ?? `statement ${at + 1}`),
    allows: each["Effect"] === "Allow",
    actions: textsOf(each["Action"]),
    resources: textsOf(each["Resource"]),
    principals: principalsOf(each["Principal"]),
    conditions: conditionsOf(each["Condition"]),
  }));
}

function principalsOf(principal: unknown): readonly string[] {
  if (typeof principal === "string") return [principal];
  return Object.values((principal ?? {}) as Record<string, unknown>).flatMap(textsOf);
}

function conditionsOf(condition: unknown): Statement["conditions"] {
  return Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => [operator, key, textsOf(values)] as const),
  );
}

/** The first statement that lets anyone do something without a condition; as its name. */
export function openToEveryone(document: unknown): string | undefined {
  return statementsOf(document).find(
    ({ allows, principals, conditions }) => allows && principals.includes("*") && conditions.length === 0,
  )?.name;
}

/** What is wrong with who may use a bucket, a queue or a topic: somebody without a condition, or requests without TLS. */
export function faultOfAccess(document: unknown): string | undefined {
  const open = openToEveryone(document);
  if (open !== undefined) return `statement "${open}" is for everyone`;
  return refusesPlainText(document) ? undefined : "the policy doesn't deny requests without TLS";
}

function refusesPlainText(document: unknown): boolean {
  return statementsOf(document).some(
    ({ allows, principals, conditions }) =>
      !allows &&
      principals.includes("*") &&
      conditions.some(
        ([operator, key, values]) => operator === "Bool" && isSecureTransport(key) && values.includes("false"),
      ),
  );
}

// condition keys are compared without case. source: IAM user guide, "IAM JSON policy elements: Condition"
const isSecureTransport = (key: string): boolean => key.toLowerCase() === "aws:securetransport";
