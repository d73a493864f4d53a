import type { PceBehaviour } from "./behaviour";
import { BulkTurn } from "./objects/bulk";
import { type JobOptions, Jobs } from "./objects/jobs";
import { type Label, labelKey } from "./objects/labels";
import { ObjectStore } from "./objects/object-store";
import { addressKey, type Workload } from "./objects/workload";

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
}

/** Everything that the stand-in holds, and how it behaves. */
export class World {
  readonly orgId: number;
  readonly behaviour: PceBehaviour;
  readonly now: () => number;
  readonly labelKeys: readonly string[];
  readonly bulkMs: number;
  readonly jobOptions: JobOptions;

  readonly labels = new ObjectStore<Label>((label) => [labelKey(label)]);
  readonly workloads = new ObjectStore<Workload>(({ interfaces }) =>
    interfaces.map(({ address }) => addressKey(address)),
  );
  readonly jobs = new Jobs();
  readonly bulkTurn = new BulkTurn();
  #lastId = 0;

  constructor(options: WorldOptions) {
    this.orgId = options.orgId;
    this.behaviour = options.behaviour;
    this.now = options.now;
    this.labelKeys = options.labelKeys;
    this.bulkMs = options.bulkMs;
    this.jobOptions = options.jobOptions;
  }

  /** A number for an href that no other object has. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** The href of something that has the label; `undefined` when nothing has. */
  labelUser(href: string): string | undefined {
    return this.workloads.allAlive().find(({ labels }) => labels.some((label) => label.href === href))?.href;
  }

  /** The href of something that names the workload. */
  workloadUser(_href: string): string | undefined {
    return undefined;
  }

  unbind(_workload: string): void {}
}
