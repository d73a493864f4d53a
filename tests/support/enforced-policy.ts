import type { HrefReference } from "../../illumio/client/hrefs";
import type { Actor, RuleFields, Scope } from "../../illumio/client/rule-set";
import type { PceOptions } from "../../sandbox/pce/server";
import { type ClientOfStandIn, clientOfStandIn } from "./client-of-stand-in";
import { newService, newWorkload } from "./policy-of-stand-in";

/** By which the database's objects are found in the PCE. */
export const IDENTITY = {
  externalDataSet: "rds-sightline/111122223333/eu-west-1/dev",
  externalDataReference: "database",
};
export const PORT = 5432;

const LABELS = ["role=db", "role=web", "role=job", "app=shop", "app=report", "env=prod"] as const;
export type LabelText = (typeof LABELS)[number];

/** A database in a PCE stand-in as the stack makes it: labels, virtual service, rule set; nothing is provisioned yet. */
export interface EnforcedPolicy extends ClientOfStandIn {
  readonly service: HrefReference;
  readonly ruleSet: HrefReference;
  label(text: LabelText): HrefReference;
  /** Whoever has all of these labels. */
  having(...texts: readonly LabelText[]): readonly Actor[];
  workload(name: string, address: string, ...labels: readonly LabelText[]): Promise<HrefReference>;
  /** A rule to the database, consumers in any scope unless told. */
  rule(consumers: readonly Actor[], more?: Partial<RuleFields>): Promise<string>;
  provision(): Promise<void>;
}

/** Starts a stand-in with the policy in it. */
export async function enforcedPolicy(
  options: PceOptions = {},
  {
    port = PORT,
    scopes,
  }: { readonly port?: number; readonly scopes?: (label: (text: LabelText) => HrefReference) => readonly Scope[] } = {},
): Promise<EnforcedPolicy> {
  const client = await clientOfStandIn(options);
  const made = new Map<string, HrefReference>();
  for (const text of LABELS) {
    const [key = "", value = ""] = text.split("=");
    made.set(text, { href: (await client.labels.create({ key, value })).href });
  }
  const label = (text: LabelText) => made.get(text) ?? { href: "" };
  const ofDatabase = [label("role=db"), label("app=shop"), label("env=prod")];
  const service = await client.virtualServices.create({
    ...newService("orders", port),
    ...IDENTITY,
    labels: ofDatabase,
  });
  const ruleSet = await client.ruleSets.create({
    ...IDENTITY,
    name: "orders",
    scopes: scopes?.(label) ?? [[{ label: label("app=shop") }, { label: label("env=prod") }]],
  });
  const drafts = [service.href, ruleSet.href];
  return {
    ...client,
    service: { href: service.href },
    ruleSet: { href: ruleSet.href },
    label,
    having: (...texts) => texts.map((text) => ({ label: label(text) })),
    workload: async (name, address, ...labels) => {
      const { href } = await client.workloads.create(newWorkload(name, address, ...labels.map(label)));
      return { href };
    },
    rule: async (consumers, more = {}) => {
      const { href } = await client.ruleSets.createRule(ruleSet.href, {
        enabled: true,
        providers: [{ virtualService: { href: service.href } }],
        consumers,
        ingressServices: [],
        resolveLabelsAs: { providers: ["virtual_services"], consumers: ["workloads"] },
        unscopedConsumers: true,
        ...more,
      });
      return href;
    },
    provision: async () => {
      await client.provisioning.provision(drafts, "test");
      await client.provisioning.waitUntil("active", drafts);
    },
  };
}
