import type { ExternalIdentity } from "../../illumio/client/identity";
import type { PceObjects } from "../../illumio/client/pce";
import type { Rule, RuleSet, Scope } from "../../illumio/client/rule-set";
import { type AddressRange, union } from "./address-ranges";
import { type Consumers, consumersOf } from "./consumer-side";
import { LabelConditions, UnknownLabelError } from "./labelled";
import { isPrivate } from "./private-addresses";
import { isTcpPort, type PolicyDatabase, providerSide } from "./provider-side";

/** Whom the active policy lets in to the database. */
export interface AllowedClients {
  /** Private addresses only. */
  readonly ranges: readonly AddressRange[];
  /** Addresses that no rule is made of: public ones, any, those of one machine or one link. */
  readonly unusable: readonly AddressRange[];
  /** What has no addresses that can be known here, a sentence each: those who are let in by it are not in `ranges`. */
  readonly unresolved: readonly string[];
}

/** Either whom the policy lets in, or why the PCE's answer says nothing about it. */
export type PolicyAnswer = AllowedClients | { readonly missing: string };

/** What is asked of the PCE. */
export type PolicySource = Pick<PceObjects, "labels" | "workloads" | "ipLists" | "virtualServices" | "ruleSets">;

/** Reads the active policy of the database with this identity: what is drafted only lets nobody in. */
export async function allowedClients(
  pce: PolicySource,
  identity: ExternalIdentity,
  port: number,
): Promise<PolicyAnswer> {
  const draft = await pce.virtualServices.findByReference(identity);
  const service = draft && (await pce.virtualServices.getActive(draft.href));
  if (service === undefined) return { missing: `the virtual service is ${draft ? "not provisioned" : "not there"}` };
  if (!service.servicePorts.some((each) => isTcpPort(each, port)))
    return { missing: `the virtual service is not on the database's port, TCP ${port}` };
  const draftRules = await pce.ruleSets.findByReference(identity);
  const ruleSet = draftRules && (await pce.ruleSets.getActive(draftRules.href));
  if (ruleSet === undefined) return { missing: `the rule set is ${draftRules ? "not provisioned" : "not there"}` };
  if (ruleSet.enabled === false) return { missing: "the rule set is disabled" };
  return clientsOf(ruleSet, { service, port }, pce);
}

async function clientsOf(ruleSet: RuleSet, database: PolicyDatabase, pce: PolicySource): Promise<AllowedClients> {
  const labels = new LabelConditions(pce.labels);
  // a deny rule may shut out whom another rule lets in, or not: it depends on what it overrides
  if (ruleSet.unread !== undefined)
    return { ranges: [], unusable: [], unresolved: ruleSet.unread.map((part) => `the rule set has ${part}`) };
  const ranges: AddressRange[] = [];
  const unresolved: string[] = [];
  for (const rule of ruleSet.rules.filter(({ enabled }) => enabled !== false)) {
    for (const scope of ruleSet.scopes) {
      const found = await clientsOfRule(rule, scope, database, pce, labels);
      ranges.push(...found.ranges);
      unresolved.push(...found.unresolved.map((why) => `the rule ${rule.href}: ${why}`));
    }
  }
  const all = union(ranges.filter(isPrivate));
  return {
    ranges: all,
    unusable: union(ranges.filter((range) => !isPrivate(range))),
    unresolved: distinct(unresolved),
  };
}

async function clientsOfRule(
  rule: Rule,
  scope: Scope,
  database: PolicyDatabase,
  pce: PolicySource,
  labels: LabelConditions,
): Promise<Consumers> {
  const nobody = (unresolved: readonly string[]): Consumers => ({ ranges: [], unresolved });
  try {
    const side = await providerSide(rule, scope, database, labels);
    if (side === "others") return nobody([]);
    if (side !== "database") return nobody([side.unresolved]);
    // whom it lets in is fewer or more than its consumers
    if (rule.unread !== undefined) return nobody(rule.unread.map((part) => `it has ${part}`));
    return await consumersOf(rule, scope, pce, labels);
  } catch (error) {
    if (error instanceof UnknownLabelError) return nobody([error.message]);
    throw error;
  }
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
