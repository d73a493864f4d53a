"""Gives moto 5.2.5's network load balancers AWS's rules: what is refused, protected or remembered there and not here. Application load
balancers are left as moto has them.

source: ELB API reference, "Errors" and parameters of each action; Network Load Balancers user guide
"""

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer
from moto.elbv2.responses import ELBV2Response

from elb_rules import NAME, in_place_of, refuse

LOAD_BALANCER_ATTRIBUTES = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "false",
    "secondary_ips.auto_assigned.per_subnet": "0",
    "zonal_shift.config.enabled": "false",
}
ON_PRIVATE_LINK = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def subnets_of(backend, ids, scheme):
    """The subnets: one a zone, all in one VPC, which needs an internet gateway when the load balancer faces the internet."""
    found = []
    for each in ids:
        try:
            found.append(backend.ec2_backend.get_subnet(each))
        except InvalidSubnetIdError:
            refuse("SubnetNotFound", f"The subnet ID '{each}' is not found")
    if len({each.vpc_id for each in found}) > 1:
        refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
    if len({each.availability_zone for each in found}) < len(found):
        message = "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        refuse("InvalidConfigurationRequest", message)
    gateways = list(backend.ec2_backend.internet_gateways.values())
    if scheme != "internal" and not any(each.vpc and each.vpc.id == found[0].vpc_id for each in gateways):
        refuse("InvalidSubnet", f"VPC {found[0].vpc_id} has no internet gateway")
    return found


def require_groups(backend, ids, vpc_id):
    for each in ids:
        group = backend.ec2_backend.get_security_group_from_id(each)
        if group is None or group.vpc_id != vpc_id:
            refuse("InvalidConfigurationRequest", f"One or more security groups are invalid: {each}")


def place_nodes(backend, balancer):
    """A load balancer has an interface in each subnet; it holds on to subnets and security groups."""
    ec2 = backend.ec2_backend
    here = {node.subnet.id: node for node in balancer.nodes}
    wanted = {subnet.id: subnet for subnet in balancer.subnets}
    for subnet_id in here.keys() - wanted.keys():
        ec2.delete_network_interface(here.pop(subnet_id).id)
    for subnet_id in wanted.keys() - here.keys():
        description = f"ELB net/{balancer.name}/{balancer.arn.split('/')[-1]}"
        node = ec2.create_network_interface(wanted[subnet_id], None, description=description)
        node.requester_id, node.requester_managed, node.interface_type = "amazon-elb", True, "network_load_balancer"
        node.status = "in-use"
        here[subnet_id] = node
    groups = [ec2.get_security_group_from_id(each) for each in balancer.security_groups]
    for node in here.values():
        node._group_set = groups
    balancer.nodes = list(here.values())


def rename(backend, balancer, tags):
    """moto names every load balancer as an application load balancer; alarms go by this part of the ARN."""
    del backend.load_balancers[balancer.arn]
    backend.tagging_service.delete_all_tags_for_resource(balancer.arn)
    balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    balancer.dns_name = f"{balancer.name}-{balancer.arn.split('/')[-1]}.elb.{backend.region_name}.amazonaws.com"
    backend.load_balancers[balancer.arn] = balancer
    backend.tagging_service.tag_resource(balancer.arn, tags)


def services_of(ec2, arn):
    """The endpoint services that the load balancer stands behind."""
    return [each.id for each in list(ec2.configurations.values()) if arn in each.network_load_balancer_arns]


def install():
    FakeLoadBalancer.nodes = ()
    FakeLoadBalancer.enforce_security_group_inbound_rules_on_private_link_traffic = None

    @in_place_of(ELBv2Backend, "create_load_balancer")
    def create(original, backend, name, security_groups, subnet_ids, subnet_mappings=None, scheme=None, **kwargs):
        if not NAME.match(name):
            refuse("ValidationError", f"Load balancer name '{name}' is not valid: up to 32 letters, digits and hyphens")
        if any(each.name == name for each in backend.load_balancers.values()):
            refuse("DuplicateLoadBalancerName", f"A load balancer with the name '{name}' already exists")
        ids = [*subnet_ids, *(each["SubnetId"] for each in subnet_mappings or [])]
        scheme = scheme or "internet-facing"
        subnets = subnets_of(backend, ids, scheme) if ids else []
        if subnets:
            require_groups(backend, security_groups, subnets[0].vpc_id)
        balancer = original(backend, name, security_groups, subnet_ids, subnet_mappings, scheme, **kwargs)
        if balancer.type == "network":
            rename(backend, balancer, kwargs.get("tags"))
            balancer.attrs = dict(LOAD_BALANCER_ATTRIBUTES)
            if security_groups:
                balancer.enforce_security_group_inbound_rules_on_private_link_traffic = "on"
            place_nodes(backend, balancer)
        return balancer

    @in_place_of(ELBv2Backend, "delete_load_balancer")
    def delete(original, backend, arn):
        balancer = backend.load_balancers.get(arn)
        if balancer is None:  # AWS: it succeeds
            return
        if str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
            message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            refuse("OperationNotPermitted", message)
        if services_of(backend.ec2_backend, arn):
            message = f"Load balancer '{arn}' cannot be deleted because it is currently associated with another service"
            refuse("ResourceInUse", message)
        original(backend, arn)
        for node in balancer.nodes:
            backend.ec2_backend.delete_network_interface(node.id)

    @in_place_of(ELBv2Backend, "set_security_groups")
    def set_groups(original, backend, arn, sec_groups):
        balancer = backend.load_balancers.get(arn)
        if balancer is not None and balancer.type == "network":
            if bool(balancer.security_groups) != bool(sec_groups):
                message = "A network load balancer has security groups from its creation on, or never"
                refuse("InvalidConfigurationRequest", message)
            require_groups(backend, sec_groups, balancer.vpc_id)
        original(backend, arn, sec_groups)
        if balancer.type == "network":
            place_nodes(backend, balancer)

    @in_place_of(ELBV2Response, "set_security_groups")
    def answer_set_groups(original, response):
        answer = original(response)
        asked = response._get_param(ON_PRIVATE_LINK)
        if asked is not None:
            balancer = response.elbv2_backend.load_balancers[response._get_param("LoadBalancerArn")]
            balancer.enforce_security_group_inbound_rules_on_private_link_traffic = asked
        return answer

    @in_place_of(ELBv2Backend, "set_subnets")
    def set_subnets(original, backend, arn, subnets, subnet_mappings):
        balancer = backend.load_balancers.get(arn)
        if balancer is None or balancer.type != "network":
            return original(backend, arn, subnets, subnet_mappings)
        found = subnets_of(backend, [*subnets, *(each["SubnetId"] for each in subnet_mappings)], balancer.scheme)
        if found[0].vpc_id != balancer.vpc_id:
            refuse("InvalidConfigurationRequest", f"Subnets must be in VPC {balancer.vpc_id} of the load balancer")
        if services_of(backend.ec2_backend, arn) and not {each.id for each in balancer.subnets} <= {each.id for each in found}:
            message = "Availability Zones cannot be removed from a load balancer of an endpoint service"
            refuse("OperationNotPermitted", message)
        balancer.subnets = found
        place_nodes(backend, balancer)
        return balancer.availability_zones

    @in_place_of(ELBv2Backend, "modify_load_balancer_attributes")
    def modify(original, backend, arn, attrs):
        balancer = backend.load_balancers.get(arn)
        if balancer is not None and balancer.type == "network":
            for key in attrs.keys() - LOAD_BALANCER_ATTRIBUTES.keys():
                message = f"Load balancer attribute key '{key}' is not supported on network load balancers"
                refuse("InvalidConfigurationRequest", message)
        return original(backend, arn, attrs)
