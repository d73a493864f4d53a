import type { Policies, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { CONTROLS, type Row } from "./controls";
import { asFarAsKnown, withUnknowns } from "./unknown";

/** A resource as a policy sees it: its inputs before an update, which are all that a preview knows. */
export type Judged = Pick<PolicyResource, "type" | "name" | "props" | "urn">;

interface About {
  /** Unique in the pack, in kebab-case; a stack's configuration of the pack names it. */
  readonly name: string;
  /** What must hold, in a sentence. */
  readonly says: string;
  /** What to do when it does not, in a sentence. */
  readonly remedy: string;
  /** `advisory` where a checklist asks for what a sound stack may do without; such a violation is printed and stops nothing. */
  readonly level: "mandatory" | "advisory";
  /** The row of `CONTROLS` that asks for it. */
  readonly row: Row;
  /** The key of a stack file's `exceptions` whose written reason makes this policy advisory. @default - it has none */
  readonly exception?: string;
}

/** A policy that looks at each resource of its types by itself. */
export interface ResourceRule extends About {
  /** Type tokens, not classes: with them the pack needs no provider package, whose loading takes seconds. */
  readonly types: readonly string[];
  /** What is wrong with the resource; undefined when nothing is. */
  judge(props: Record<string, unknown>): string | undefined;
}

/** A policy that looks at all resources together. */
export interface StackRule extends About {
  /** What is wrong with the stack; empty when nothing is. */
  judgeStack(resources: readonly Judged[]): readonly string[];
}

export type Rule = ResourceRule | StackRule;

/** What must hold and who asks for it; the engine shows it above each violation. */
export function descriptionOf(rule: Rule): string {
  return `${rule.says} [${CONTROLS[rule.row].ids}]`;
}

/** What is wrong and what to do. */
export function violationOf(rule: Rule, wrong: string): string {
  return `${wrong}. ${rule.remedy}`;
}

/** Written reasons by key, as a stack file gives them. */
export type Exceptions = Readonly<Record<string, string>>;

/** The rules as the policies of a pack: advisory ones with the reason where the stack file gives one up. */
export function policiesOf(rules: readonly Rule[], exceptions: Exceptions): Policies {
  return rules.map((rule) => {
    const reason = rule.exception === undefined ? undefined : exceptions[rule.exception];
    const about = {
      name: rule.name,
      description: descriptionOf(rule),
      enforcementLevel: reason === undefined ? rule.level : "advisory",
      remediationSteps: rule.remedy,
    } as const;
    const tell = (wrong: string): string =>
      reason === undefined ? violationOf(rule, wrong) : `${violationOf(rule, wrong)}. Given up: ${reason}`;
    if ("judgeStack" in rule) {
      return {
        ...about,
        validateStack: ({ resources }, report) => {
          const judged = resources.map(({ type, name, urn, props }) => ({
            type,
            name,
            urn,
            props: withUnknowns(props),
          }));
          for (const wrong of asFarAsKnown(() => rule.judgeStack(judged), [])) report(tell(wrong));
        },
      };
    }
    return {
      ...about,
      validateResource: ({ type, props }: ResourceValidationArgs, report: (message: string) => void) => {
        if (!rule.types.includes(type)) return;
        const wrong = asFarAsKnown(() => rule.judge(withUnknowns(props)), undefined);
        if (wrong !== undefined) report(tell(wrong));
      },
    };
  });
}
