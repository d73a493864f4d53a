import type { PceBehaviour } from "./behaviour";
import { BulkTurn } from "./objects/bulk";
import { type JobOptions, Jobs } from "./objects/jobs";
import { type Label, labelKey } from "./objects/labels";
import { ObjectStore } from "./objects/object-store";
import { addressKey, type Workload } from "./objects/workload";
import { PolicyStore } from "./policy/policy-store";
import { PolicyVersions } from "./policy/policy-versions";
import type { RuleSet } from "./policy/rule-set";
import { bindingKeys, type ServiceBinding } from "./policy/service-binding";
import type { VirtualService } from "./policy/virtual-service";

/** What a world is made of. */
export interface WorldOptions {
  readonly orgId: number;
  readonly behaviour: PceBehaviour;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The keys that a label may have. */
  readonly labelKeys: readonly string[];
  /** How long a bulk operation lasts after its last item. */
  readonly bulkMs: number;
  readonly jobOptions: JobOptions;
  /** How long policy takes to become active where it does not at once. */
  readonly provisionMs: number;
}

/** Everything that the stand-in holds, and how it behaves. */
export interface World extends WorldOptions {
  readonly labels: ObjectStore<Label>;
  readonly workloads: ObjectStore<Workload>;
  readonly virtualServices: PolicyStore<VirtualService>;
  readonly ruleSets: PolicyStore<RuleSet>;
  readonly bindings: ObjectStore<ServiceBinding>;
  readonly versions: PolicyVersions;
  readonly jobs: Jobs;
  readonly bulkTurn: BulkTurn;
  /** A number for an href that no other object has. */
  nextId(): number;
}

/** A world with nothing in it. */
export function emptyWorld(options: WorldOptions): World {
  let lastId = 0;
  return {
    ...options,
    labels: new ObjectStore((label) => [labelKey(label)]),
    workloads: new ObjectStore(({ interfaces }) => interfaces.map(({ address }) => addressKey(address))),
    virtualServices: new PolicyStore(),
    ruleSets: new PolicyStore(),
    bindings: new ObjectStore(bindingKeys),
    versions: new PolicyVersions(),
    jobs: new Jobs(),
    bulkTurn: new BulkTurn(),
    nextId() {
      lastId += 1;
      return lastId;
    },
  };
}
