import * as pulumi from "@pulumi/pulumi";
import type { RuleSet } from "./rule-set";
import type { VirtualService } from "./virtual-service";

/** What is to be active. */
export interface PolicyProvisioningArgs {
  /** At least one. What of them is pending is provisioned together; nobody else's drafts are. */
  readonly objects: readonly (VirtualService | RuleSet)[];
  /** What the PCE's list of versions shows. */
  readonly description: pulumi.Input<string>;
}

/**
 * That policy objects are active: what is pending of them is provisioned whenever one of them changed, and what depends on this comes after
 * they are active. A refresh notices what is no longer active. When it goes nothing is undone, for each policy object provisions its own
 * deletion.
 */
export class PolicyProvisioning extends pulumi.CustomResource {
  constructor(name: string, { objects, description }: PolicyProvisioningArgs, opts?: pulumi.CustomResourceOptions) {
    const drafts = objects.map(({ id, revision }) => ({ href: id, revision }));
    super("illumio:index:PolicyProvisioning", name, { objects: drafts, description }, opts);
  }
}
