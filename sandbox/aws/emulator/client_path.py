"""Whether a client gets through a network load balancer to a healthy target, and if not, where it stops. Health checks don't tell: they
begin at the load balancer.

Not looked at: the client's own side (its security groups are not asked, it is an address), and how an internal load balancer is reached
from outside its VPC. A load balancer of an endpoint service is asked for clients of its endpoints: their addresses are never preserved.

source: Network Load Balancers user guide, "Security groups" and "Client IP preservation"; AWS PrivateLink guide
"""

import ipaddress

from load_balancers import services_of
from reach import group_lets, holds, where_asked, where_it_stops
from target_groups import forwards_to
from targets import balancers_of, groups, interface_with, lock, settle

CLIENT_PATH = "/sandbox/client-path"


def routes_of(ec2, subnet):
    """Those of the subnet's own route table, else of the VPC's main one."""
    tables = [table for table in list(ec2.route_tables.values()) if table.vpc_id == subnet.vpc_id]
    own = [table for table in tables if subnet.id in table._associations.values()]
    return (own or [table for table in tables if table.main_association_id is not None])[0].routes


def is_routed_to_internet(ec2, subnet, address):
    """Whether the narrowest route for the address is an internet gateway of the subnet's VPC."""
    routes = [(each, each.destination_cidr_block or each.destination_ipv6_cidr_block) for each in routes_of(ec2, subnet)]
    fitting = [(ipaddress.ip_network(cidr).prefixlen, each) for each, cidr in routes if cidr and holds(cidr, address)]
    if not fitting:
        return False
    _, narrowest = max(fitting, key=lambda each: each[0])
    gateway = ec2.internet_gateways.get(narrowest.gateway_id)
    return gateway is not None and gateway.vpc is not None and gateway.vpc.id == subnet.vpc_id


def where_it_enters(ec2, balancer, is_service, node, port, client):
    """Where a client's way to a node of the load balancer stops; None when it gets there."""
    rules = [rule for group in node.group_set for rule in group.ingress_rules]
    asks_group = bool(node.group_set)
    if is_service:
        asks_group = asks_group and balancer.enforce_security_group_inbound_rules_on_private_link_traffic != "off"
    if balancer.scheme == "internet-facing" and not is_routed_to_internet(ec2, node.subnet, client):
        return f"{node.subnet.id} of the load balancer does not route {client} to an internet gateway"
    if asks_group and not group_lets(rules, port, client, set()):
        return f"the load balancer's security group does not let {client} in on port {port}"
    # an endpoint's traffic does not enter by the subnet
    return None if is_service else where_asked(ec2, node.subnet, client, port)


def where_it_stops_at(group, balancer, listener, client):
    """Where a client of one listener stops. DNS gives it the address of any node, and a node gives it any healthy target: all must do."""
    ec2 = group.ec2_backend
    is_service = bool(services_of(ec2, balancer.arn))
    for node in balancer.nodes:
        stop = where_it_enters(ec2, balancer, is_service, node, int(listener.port), client)
        if stop is not None:
            return stop
    healthy = [each for each in group.targets_by_key.values() if each.gone_at is None and each.state == "healthy"]
    if not healthy:
        return "no target of the group is healthy"
    is_preserved = str(group.attributes["preserve_client_ip.enabled"]).lower() == "true" and not is_service
    for target in healthy:
        interface = interface_with(group, target.ip)
        if interface is None:
            return f"nothing has the address {target.ip} of the target any more"
        for node in balancer.nodes:
            stop = where_it_stops(ec2, node, interface, target.port, client if is_preserved else None)
            if stop is not None:
                return stop
    return None


def where_client_stops(group, client):
    """None when a listener lets the client through to the group."""
    settle(group)
    served = [(each, listener) for each in balancers_of(group) for listener in list(each.listeners.values())]
    served = [(balancer, listener) for balancer, listener in served if forwards_to(listener, group)]
    stops = [where_it_stops_at(group, balancer, listener, client) for balancer, listener in served]
    if not stops:
        return "no listener forwards to the target group"
    return None if None in stops else stops[0]


def tell(asked):
    """Answers GET /sandbox/client-path?from=<address>&targetGroupArn=<arn> with {stop}: a sentence, or null for a client that gets through."""
    try:
        client = ipaddress.ip_address(asked.get("from", ""))
    except ValueError:
        raise LookupError(f"from must be an IP address, got '{asked.get('from', '')}'") from None
    arn = asked.get("targetGroupArn", "")
    with lock:
        group = next((each for each in groups if each.arn == arn), None)
        if group is None:
            raise LookupError(f"targetGroupArn must be of a target group that is there, got '{arn}'")
        return [{"stop": where_client_stops(group, client)}]
