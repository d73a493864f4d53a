import * as pulumi from "@pulumi/pulumi";
import type { LabelInputs } from "../provider/kinds/label";
import type { Args } from "./inputs";

/**
 * A label. One that exists with this key and value is used as it is, and stays when this goes; so does one that
 * workloads have, or that the PCE refuses to delete. Its `id` is its href.
 */
export class Label extends pulumi.CustomResource {
  /** Whether it was there before. */
  declare readonly adopted: pulumi.Output<boolean>;

  constructor(name: string, args: Args<LabelInputs>, opts?: pulumi.CustomResourceOptions) {
    super("illumio:index:Label", name, { ...args, adopted: undefined }, opts);
  }
}
