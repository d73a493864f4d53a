import { listOf, textsOf, unless } from "../judging";
import type { ResourceRule } from "../rule";

const types = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"];

export const frontDoorRules: readonly ResourceRule[] = [
  {
    name: "load-balancer-internal",
    level: "advisory",
    row: 45,
    types,
    says: "A load balancer is inside the network, unless somebody decided otherwise",
    remedy: "Set internal to true, or know that its security group alone keeps the internet out",
    judge: (props) => unless(props, "internal", true),
  },
  {
    name: "load-balancer-security-group",
    level: "mandatory",
    row: 46,
    types,
    says: "A load balancer has a security group from its creation; a network one can get none later",
    remedy: "Set securityGroups",
    judge: (props) => (textsOf(props["securityGroups"]).length > 0 ? undefined : "securityGroups is empty or not set"),
  },
  {
    name: "load-balancer-deletion-protected",
    exception: "frontDoorDeletionProtection",
    level: "mandatory",
    row: 47,
    types,
    says: "A load balancer can't be deleted by mistake",
    remedy: "Set enableDeletionProtection to true",
    judge: (props) => unless(props, "enableDeletionProtection", true),
  },
  {
    name: "load-balancer-cross-zone",
    level: "advisory",
    row: 48,
    types,
    says: "A network load balancer reaches its target from every zone",
    remedy: "Set enableCrossZoneLoadBalancing to true",
    judge: (props) =>
      props["loadBalancerType"] === "network" ? unless(props, "enableCrossZoneLoadBalancing", true) : undefined,
  },
  {
    name: "load-balancer-two-zones",
    level: "mandatory",
    row: 49,
    types,
    says: "A load balancer outlives the loss of a zone",
    remedy: "Give it subnets in two zones at least",
    judge: (props) =>
      textsOf(props["subnets"]).length + listOf(props["subnetMappings"]).length >= 2 ? undefined : "it is in one zone",
  },
  {
    name: "endpoint-service-asks",
    level: "mandatory",
    row: 52,
    types: ["aws:ec2/vpcEndpointService:VpcEndpointService"],
    says: "An endpoint service connects only whom it names and accepts",
    remedy: "Set acceptanceRequired to true and name principals in allowedPrincipals",
    judge: (props) =>
      unless(props, "acceptanceRequired", true) ??
      (textsOf(props["allowedPrincipals"]).includes("*") ? "allowedPrincipals is everyone" : undefined),
  },
];
