// IAM, key, queue, topic and bucket policies as data. Pure: tested without Pulumi, and the only place that writes policy JSON.

/** Who a statement of a resource policy or a trust policy is about. `everyone` is for Deny only. */
export type Principal = { readonly service: string } | { readonly aws: string } | "everyone";

/** Condition operators, each with its keys: `{ StringEquals: { "aws:SourceAccount": "123456789012" } }`. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Every resource, and why no narrower one will do. */
export interface AnyResource {
  readonly because: string;
}

/** One statement of a policy. */
export interface Statement {
  /** Unique in its document; letters and digits, which is all that IAM takes. */
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /** Absent in a role's own policy, where the role is meant. */
  readonly principal?: Principal;
  readonly actions: readonly string[];
  /** ARNs; `anyResource(because)` for all; absent in a trust policy, where the role is meant. */
  readonly resources?: readonly string[] | AnyResource;
  readonly conditions?: Conditions;
}

/** `*` as the resource, at the price of a written reason. */
export function anyResource(because: string): AnyResource {
  return { because };
}

/** Throws for a document that AWS would refuse, or that would let in more than it says: see `problemOf`. */
export function policyDocument(statements: readonly Statement[]): string {
  const sids = statements.map(({ sid }) => sid);
  const problems = statements.flatMap((statement) => problemOf(statement) ?? []);
  if (new Set(sids).size !== sids.length) problems.push(`sids must differ, got ${sids.join(", ")}`);
  if (problems.length > 0) throw new Error(`a policy document cannot be written: ${problems.join("; ")}`);
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.map(toJson) });
}

function problemOf({ sid, effect = "Allow", principal, actions, resources }: Statement): string | undefined {
  if (!/^[A-Za-z0-9]+$/.test(sid)) return `the sid "${sid}" must be letters and digits`;
  if (actions.length === 0) return `${sid} must name an action`;
  if (principal === "everyone" && effect === "Allow") return `${sid} must name whom it allows`;
  if (effect === "Allow" && actions.some((action) => /^(\*|\w+:\*)$/.test(action))) {
    return `${sid} must name the actions it allows, got ${actions.join(", ")}`;
  }
  if (resources === undefined) return undefined;
  if ("because" in resources)
    return resources.because.length < 10 ? `${sid} must say why it needs every resource` : undefined;
  if (resources.length === 0) return `${sid} must name a resource`;
  return resources.includes("*") ? `${sid} must use anyResource(because) for every resource` : undefined;
}

function toJson({ sid, effect = "Allow", principal, actions, resources, conditions }: Statement): object {
  return {
    Sid: sid,
    Effect: effect,
    ...(principal && { Principal: toPrincipal(principal) }),
    Action: actions,
    ...(resources && { Resource: "because" in resources ? "*" : resources }),
    ...(conditions && { Condition: conditions }),
  };
}

function toPrincipal(principal: Principal): object | string {
  if (principal === "everyone") return "*";
  return "service" in principal ? { Service: principal.service } : { AWS: principal.aws };
}

/**
 * Against the confused deputy: the service acts for this account, and for this resource of it.
 * `sourceArn` may hold `*`.
 */
export function onBehalfOf(accountId: string, sourceArn: string): Conditions {
  return { StringEquals: { "aws:SourceAccount": accountId }, ArnLike: { "aws:SourceArn": sourceArn } };
}

/** The trust policy of a role that only this service may assume. */
export function trustOf(service: string, conditions?: Conditions): string {
  return policyDocument([
    { sid: "Assume", principal: { service }, actions: ["sts:AssumeRole"], ...(conditions && { conditions }) },
  ]);
}

/** Denies the actions to everyone who comes without TLS. */
export function denyWithoutTls(actions: readonly string[], resources: readonly string[]): Statement {
  return {
    sid: "DenyWithoutTls",
    effect: "Deny",
    principal: "everyone",
    actions,
    resources,
    conditions: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * The policy of an interface endpoint: whatever the service can do, for this account's identities, whose own policies say what. AWS's default
 * lets in everybody's. Not written by `policyDocument`, which refuses such an Allow for what it means everywhere else.
 */
export function onlyIdentitiesOf(accountId: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OwnIdentities",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
      },
    ],
  });
}
