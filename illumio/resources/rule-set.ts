import * as pulumi from "@pulumi/pulumi";
import type { RuleSetInputs } from "../provider/kinds/rule-set";
import type { Args } from "./inputs";

/**
 * The draft of a rule set with all of its rules; a `PolicyProvisioning` makes it active. One with the same external data set and
 * reference is taken over, and rules in it that are not given are deleted. A deletion is provisioned at once. Its `id` is the href of the
 * draft.
 */
export class RuleSet extends pulumi.CustomResource {
  /** How often it was changed: an input of its provisioning. */
  declare readonly revision: pulumi.Output<number>;

  constructor(name: string, args: Args<RuleSetInputs>, opts?: pulumi.CustomResourceOptions) {
    super("illumio:index:RuleSet", name, { ...args, revision: undefined }, opts);
  }
}
