import type { Kind } from "./kind";
import { labelKind } from "./kinds/label";
import { policyProvisioningKind } from "./kinds/policy-provisioning";
import { ruleSetKind } from "./kinds/rule-set";
import { serviceBindingKind } from "./kinds/service-binding";
import { unmanagedWorkloadKind } from "./kinds/unmanaged-workload";
import { virtualServiceKind } from "./kinds/virtual-service";

/** Every kind of resource, by its name in a type token: `illumio:index:Label`. */
const KINDS = {
  Label: labelKind,
  UnmanagedWorkload: unmanagedWorkloadKind,
  VirtualService: virtualServiceKind,
  RuleSet: ruleSetKind,
  ServiceBinding: serviceBindingKind,
  PolicyProvisioning: policyProvisioningKind,
} as const;

/** The kind of the resource with this URN. @throws for a type that the package does not have. */
export function kindOf(urn: string): Kind<object> {
  // format: urn:pulumi:<stack>::<project>::<parent types>$illumio:index:Label::<name>
  const name = /illumio:index:(\w+)::/.exec(urn)?.[1] ?? "";
  if (Object.hasOwn(KINDS, name)) return KINDS[name as keyof typeof KINDS] as unknown as Kind<object>;
  throw new Error(
    `the package illumio must know the type of a resource, got "${name}" in ${urn}; it has ${Object.keys(KINDS).join(", ")}`,
  );
}
