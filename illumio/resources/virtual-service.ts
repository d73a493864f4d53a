import * as pulumi from "@pulumi/pulumi";
import type { VirtualServiceInputs } from "../provider/kinds/virtual-service";
import type { Args } from "./inputs";

/**
 * The draft of a virtual service; a `PolicyProvisioning` makes it active. One with the same external data set and reference is taken over.
 * A deletion is provisioned at once. Its `id` is the href of the draft.
 */
export class VirtualService extends pulumi.CustomResource {
  /** How often it was changed: an input of its provisioning. */
  declare readonly revision: pulumi.Output<number>;

  constructor(name: string, args: Args<VirtualServiceInputs>, opts?: pulumi.CustomResourceOptions) {
    super("illumio:index:VirtualService", name, { ...args, revision: undefined }, opts);
  }
}
