import * as pulumi from "@pulumi/pulumi";
import type { UnmanagedWorkloadInputs } from "../provider/kinds/unmanaged-workload";
import type { Args } from "./inputs";

/**
 * A workload without an agent, with all of its labels and interfaces. One with the same external data set and reference is taken over;
 * an address of a managed workload is refused. Its `id` is its href.
 */
export class UnmanagedWorkload extends pulumi.CustomResource {
  constructor(name: string, args: Args<UnmanagedWorkloadInputs>, opts?: pulumi.CustomResourceOptions) {
    super("illumio:index:UnmanagedWorkload", name, { ...args }, opts);
  }
}
