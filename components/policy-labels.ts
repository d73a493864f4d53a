import type { LabelSettings } from "../settings";

/** A label's key and value. */
export interface LabelName {
  readonly key: string;
  readonly value: string;
}

/** What a policy says, before any label exists: everything by key and value. */
export interface PolicyPlan {
  /** Every label that is needed, each once. */
  readonly labels: readonly LabelName[];
  /** Of the database. */
  readonly database: readonly LabelName[];
  /** What the rule set is about: the database's, without its role, which a scope must not have. */
  readonly scope: readonly LabelName[];
  /** Of those who may connect, a rule for each. */
  readonly clients: readonly (readonly LabelName[])[];
}

/**
 * The labels of the policy. A client's entry is completed by the database's own app, env and loc: `{"role": "web"}` means the web servers
 * of this application, here.
 */
export function planPolicy(database: LabelSettings, clients: readonly LabelSettings[]): PolicyPlan {
  const { role: _, ...own } = database;
  const completed = clients.map((client) => labelNames({ ...own, ...client }));
  const all = [...labelNames(database), ...completed.flat()];
  return {
    labels: all.filter((each, index) => all.findIndex((other) => isSame(each, other)) === index),
    database: labelNames(database),
    scope: labelNames(own),
    clients: completed,
  };
}

function labelNames(labels: LabelSettings): readonly LabelName[] {
  return Object.entries(labels).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

function isSame(one: LabelName, other: LabelName): boolean {
  return one.key === other.key && one.value === other.value;
}
