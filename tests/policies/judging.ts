import { violationOf } from "../../policies/rule";
import { RULES } from "../../policies/rules";
import type { RecordedResource } from "../support/pulumi-recorder";

/** A violation: the policy, and what somebody reads. */
export interface Violation {
  readonly policy: string;
  readonly level: "mandatory" | "advisory";
  readonly message: string;
}

/** What the pack says of resources, as the engine would ask it. */
export function judge(resources: readonly RecordedResource[]): readonly Violation[] {
  const judged = resources.map(({ type, name, urn, inputs }) => ({ type, name, urn, props: { ...inputs } }));
  return RULES.flatMap((rule) => {
    const wrongs =
      "judgeStack" in rule
        ? rule.judgeStack(judged)
        : judged.flatMap(({ type, props }) => (rule.types.includes(type) ? (rule.judge(props) ?? []) : []));
    return wrongs.map((wrong) => ({ policy: rule.name, level: rule.level, message: violationOf(rule, wrong) }));
  });
}

/** Names of the mandatory policies that are broken, each once, sorted. */
export function refusals(resources: readonly RecordedResource[]): readonly string[] {
  const broken = judge(resources).filter(({ level }) => level === "mandatory");
  return [...new Set(broken.map(({ policy }) => policy))].sort();
}
