import type { HrefReference } from "../../illumio/client/hrefs";
import type { PceObjects } from "../../illumio/client/pce";
import type { Actor, Scope } from "../../illumio/client/rule-set";

/** What labels are on; of a policy object or a workload. */
interface Labelled {
  readonly labels: readonly HrefReference[];
}

/** What labels of a rule ask for: one of each group, and none of those that are excluded. */
export interface LabelCondition {
  /** By key: labels of one key are alternatives, those of different keys must all be there. */
  readonly groups: readonly (readonly string[])[];
  readonly excluded: readonly string[];
}

/** A label that a rule names is not there: nobody knows what it would mean. */
export class UnknownLabelError extends Error {
  override readonly name = "UnknownLabelError";
}

/** Reads labels of rules; a key is asked for once. */
export class LabelConditions {
  readonly #labels: PceObjects["labels"];
  readonly #keys = new Map<string, string>();

  constructor(labels: PceObjects["labels"]) {
    this.#labels = labels;
  }

  /** The key of a label. @throws UnknownLabelError when it is not there. */
  async keyOf(href: string): Promise<string> {
    const key = this.#keys.get(href) ?? (await this.#labels.get(href))?.key;
    if (key === undefined) throw new UnknownLabelError(`the label ${href} is not there`);
    this.#keys.set(href, key);
    return key;
  }

  /** @throws UnknownLabelError */
  async of(actors: readonly Actor[]): Promise<LabelCondition> {
    const groups = new Map<string, string[]>();
    const excluded: string[] = [];
    for (const { label, exclusion } of actors) {
      if (label === undefined) continue;
      if (exclusion === true) excluded.push(label.href);
      else {
        const key = await this.keyOf(label.href);
        groups.set(key, [...(groups.get(key) ?? []), label.href]);
      }
    }
    return { groups: [...groups.values()], excluded };
  }

  /** Whether labels of the actors have a key that the scope has, too. @throws UnknownLabelError */
  async repeats(actors: readonly Actor[], scope: Scope): Promise<boolean> {
    const keys = new Set<string>();
    for (const { label } of scope) if (label !== undefined) keys.add(await this.keyOf(label.href));
    for (const { label } of actors) if (label !== undefined && keys.has(await this.keyOf(label.href))) return true;
    return false;
  }
}

/** Whether the labels are what is asked for; nothing is what asks for no label. */
export function meets({ labels }: Labelled, { groups, excluded }: LabelCondition): boolean {
  const has = (href: string) => labels.some((label) => label.href === href);
  return groups.length > 0 && groups.every((group) => group.some(has)) && !excluded.some(has);
}

/** Whether something is in the scope, which has no label groups. */
export function isInScope({ labels }: Labelled, scope: Scope): boolean {
  return scope.every(
    ({ label, exclusion }) => labels.some(({ href }) => href === label?.href) !== (exclusion === true),
  );
}
