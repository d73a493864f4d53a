import { activeHref, checkHref, type HrefReference } from "./hrefs";
import { type ExternalIdentity, exactly, findByIdentity, named, onlyOne } from "./identity";
import type { Labels } from "./labels";
import { InvalidRequestError } from "./pce-errors";
import type { PceRequests, Query } from "./pce-requests";
import { checkRule, checkRuleInScopes, checkScopes, type KeyOfLabel, labelsIn } from "./rule-checks";
import {
  isSameRule,
  type NewRuleSet,
  type Rule,
  type RuleFields,
  type RuleSet,
  type RuleSetChanges,
  readRule,
  readRuleSet,
  type Scope,
} from "./rule-set";

/**
 * The rule sets of an organisation and their rules. All changes are made to the draft, and take effect when the rule set
 * is provisioned. What a PCE would refuse or silently ignore is refused before it is asked.
 */
export class RuleSets {
  readonly #pce: PceRequests;
  readonly #path: string;
  readonly #labels: Labels;
  /** The key of a label never changes. */
  readonly #keys = new Map<string, string>();

  constructor(pce: PceRequests, labels: Labels) {
    this.#pce = pce;
    this.#path = `${pce.org}/sec_policy/draft/rule_sets`;
    this.#labels = labels;
  }

  /** The draft with its rules; undefined when there is none. One whose deletion is pending is there, and says so. */
  get(href: string): Promise<RuleSet | undefined> {
    return this.#pce.get(`the rule set ${href}`, this.#check(href), (body) => readRuleSet(body));
  }

  /** What is active of it, by the href of the draft; undefined before it is provisioned, and after its deletion is. */
  getActive(href: string): Promise<RuleSet | undefined> {
    const active = activeHref(this.#check(href));
    return this.#pce.get(`the rule set ${active}`, active, (body) => readRuleSet(body, "active"));
  }

  /** The draft with exactly this name; not one whose deletion is pending. */
  async findByName(name: string): Promise<RuleSet | undefined> {
    return onlyOne(exactly(await this.#list({ name }), { name }), `the rule set "${name}"`);
  }

  /** The draft with this external data set and reference; not one whose deletion is pending. */
  findByReference(identity: ExternalIdentity): Promise<RuleSet | undefined> {
    return findByIdentity(identity, "rule set", (query) => this.#list(query));
  }

  /** Creates a draft without rules, once, also when an answer is lost. It does not look for one that is there before. */
  async create(ruleSet: NewRuleSet): Promise<RuleSet> {
    checkScopes(ruleSet.scopes, await this.#keysOf(ruleSet.scopes.flat()));
    return this.#pce.send("POST", {
      what: `the creation of the rule set ${named(ruleSet)}`,
      path: this.#path,
      body: () => ({ enabled: true, ...ruleSet }),
      read: ({ body }) => readRuleSet(body),
      lookFirst: () => this.findByReference(ruleSet),
    });
  }

  /** Changes the fields that are given. New scopes must suit the rules that are there. */
  async update(href: string, changes: RuleSetChanges): Promise<void> {
    this.#check(href);
    if (changes.scopes !== undefined) await this.#checkScopes(href, changes.scopes);
    await this.#pce.put(`the update of the rule set ${href}`, href, changes);
  }

  /** Deletes the draft; one that is gone is no failure. What is active stays until the deletion is provisioned. */
  async delete(href: string): Promise<void> {
    await this.#pce.delete(`the deletion of the rule set ${href}`, this.#check(href));
  }

  /** Creates a rule in the set, once, also when an answer is lost. */
  async createRule(ruleSetHref: string, rule: RuleFields): Promise<Rule> {
    await this.#checkRule(await this.#existing(ruleSetHref), rule);
    return this.#pce.send("POST", {
      what: `the creation of a rule in ${ruleSetHref}`,
      path: `${ruleSetHref}/sec_rules`,
      body: () => ({ enabled: true, unscopedConsumers: false, ...rule }),
      read: ({ body }) => readRule(body),
      // a rule has no name: two that say the same are one
      lookFirst: async () => (await this.get(ruleSetHref))?.rules.find((each) => isSameRule(each, rule)),
    });
  }

  /** Changes the fields of a rule that are given; what it is then must be a rule that the PCE takes. */
  async updateRule(href: string, changes: Partial<RuleFields>): Promise<void> {
    checkHref(href, "draft rule", this.#pce.org);
    const ruleSet = await this.#existing(href.replace(/\/sec_rules\/[^/]+$/, ""));
    const rule = ruleSet.rules.find((each) => each.href === href);
    if (rule === undefined) {
      throw new InvalidRequestError(`the rule ${href} must exist to be changed, got a rule set without it; create it`);
    }
    await this.#checkRule(ruleSet, { ...rule, ...changes });
    await this.#pce.put(`the update of the rule ${href}`, href, changes);
  }

  /** Deletes the rule; one that is gone is no failure. */
  async deleteRule(href: string): Promise<void> {
    await this.#pce.delete(`the deletion of the rule ${href}`, checkHref(href, "draft rule", this.#pce.org));
  }

  async #existing(href: string): Promise<RuleSet> {
    const ruleSet = await this.get(href);
    if (ruleSet !== undefined) return ruleSet;
    throw new InvalidRequestError(
      `the rule set ${href} must exist to have rules, got none at this href; create it first`,
    );
  }

  async #checkScopes(href: string, scopes: readonly Scope[]): Promise<void> {
    const { rules } = await this.#existing(href);
    const keyOf = await this.#keysOf([...scopes.flat(), ...rules.flatMap(actorsOf)]);
    checkScopes(scopes, keyOf);
    for (const rule of rules) checkRuleInScopes(rule, scopes, keyOf);
  }

  async #checkRule({ scopes }: RuleSet, rule: RuleFields): Promise<void> {
    checkRule(rule);
    checkRuleInScopes(rule, scopes, await this.#keysOf([...scopes.flat(), ...actorsOf(rule)]));
  }

  async #keysOf(items: readonly { readonly label?: HrefReference }[]): Promise<KeyOfLabel> {
    for (const { href } of labelsIn(items)) {
      if (this.#keys.has(href)) continue;
      const label = await this.#labels.get(href);
      if (label === undefined) {
        throw new InvalidRequestError(
          `the label ${href} of a rule set must exist, got none at this href; create it first`,
        );
      }
      this.#keys.set(href, label.key);
    }
    return ({ href }) => this.#keys.get(href) ?? "";
  }

  #check(href: string): string {
    return checkHref(href, "draft rule set", this.#pce.org);
  }

  async #list(query: Query): Promise<readonly RuleSet[]> {
    const found = await this.#pce.list("the list of rule sets", this.#path, query, (item) => readRuleSet(item));
    return found.filter(({ pending }) => pending !== "delete");
  }
}

function actorsOf({ providers, consumers }: RuleFields) {
  return [...providers, ...consumers];
}
