import * as pulumi from "@pulumi/pulumi";
import type { ServiceBindingInputs } from "../provider/kinds/service-binding";
import type { Args } from "./inputs";

/**
 * A virtual service bound to a workload. The virtual service must be active: let this depend on its `PolicyProvisioning`. A binding that
 * exists is taken over. Its `id` is its href.
 */
export class ServiceBinding extends pulumi.CustomResource {
  constructor(name: string, args: Args<ServiceBindingInputs>, opts?: pulumi.CustomResourceOptions) {
    super("illumio:index:ServiceBinding", name, { ...args }, opts);
  }
}
