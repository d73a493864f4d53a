import type { Label } from "./objects/labels";
import type { Workload } from "./objects/workload";
import { pendingByType } from "./policy/provisioning";
import type { RuleSet } from "./policy/rule-set";
import type { ServiceBinding } from "./policy/service-binding";
import type { VirtualService } from "./policy/virtual-service";
import type { World } from "./world";

/** Everything that the stand-in holds, deleted labels and workloads left out; a copy of this moment. */
export interface Holdings {
  readonly labels: readonly Label[];
  readonly unmanagedWorkloads: readonly Workload[];
  /** Those that tests planted. */
  readonly managedWorkloads: readonly Workload[];
  readonly draft: { readonly virtualServices: readonly VirtualService[]; readonly ruleSets: readonly RuleSet[] };
  /** With the hrefs of the drafts. */
  readonly active: { readonly virtualServices: readonly VirtualService[]; readonly ruleSets: readonly RuleSet[] };
  readonly serviceBindings: readonly ServiceBinding[];
  /** The hrefs of the drafts with a change that is not active yet. */
  readonly pending: readonly string[];
  /** How many objects clients have made and not taken away again, drafts and active versions of one counted once. */
  readonly made: number;
}

/** Reads everything that is held. */
export function holdingsOf(world: World): Holdings {
  const labels = world.labels.allAlive();
  const workloads = world.workloads.allAlive();
  const unmanagedWorkloads = workloads.filter(({ ven }) => ven === undefined);
  const serviceBindings = world.bindings.allAlive();
  const made = [
    labels,
    unmanagedWorkloads,
    serviceBindings,
    world.virtualServices.entries(),
    world.ruleSets.entries(),
  ].reduce((sum, objects) => sum + objects.length, 0);
  return {
    labels,
    unmanagedWorkloads,
    managedWorkloads: workloads.filter(({ ven }) => ven !== undefined),
    draft: { virtualServices: world.virtualServices.drafts(), ruleSets: world.ruleSets.drafts() },
    active: { virtualServices: world.virtualServices.active(), ruleSets: world.ruleSets.active() },
    serviceBindings,
    pending: Object.values(pendingByType(world)).flatMap((objects) => objects.map(({ href }) => href)),
    made,
  };
}
