"""Whether the nodes of a load balancer get through to a network interface, and where a connection stops: what its TCP health check finds
out, and what becomes of its clients.

Security groups of both sides and network ACLs of both subnets, replies included; routes are not looked at, one VPC has them all.
"""

import ipaddress

# source: VPC user guide, "Ephemeral ports": what a load balancer's node connects from
EPHEMERAL_PORTS = (1024, 65535)


def holds(cidr, address):
    network = ipaddress.ip_network(cidr, strict=False)
    return network.version == address.version and address in network


def is_about(protocol, first, last, ports):
    """Whether a rule is about TCP and about all of `ports`, a (first, last) pair."""
    if str(protocol) in ("-1", "all"):
        return True
    return str(protocol).lower() in ("6", "tcp") and first <= ports[0] and ports[1] <= last


def group_lets(rules, port, address, groups):
    """Whether rules of security groups let `address`, which has `groups`, through on `port`."""
    for rule in rules:
        if not is_about(rule.ip_protocol, rule.from_port, rule.to_port, (port, port)):
            continue
        cidr = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6")
        if cidr and holds(cidr, address):
            return True
        if rule.source_group.get("GroupId") in groups:
            return True
    return False


def acl_lets(acl, egress, address, ports):
    """The entry with the lowest number that is about the packet decides; without one it is dropped."""
    entries = [each for each in list(acl.entries) if (str(each.egress).lower() == "true") == egress]
    for entry in sorted(entries, key=lambda each: int(each.rule_number)):
        cidr = entry.cidr_block or entry.ipv6_cidr_block
        first, last = entry.port_range_from, entry.port_range_to
        every = first is None or (str(first), str(last)) == ("-1", "-1")
        if not cidr or not holds(cidr, address):
            continue
        if is_about(entry.protocol, 0 if every else int(first), 65535 if every else int(last), ports):
            return entry.rule_action == "allow"
    return False


def acl_of(ec2, subnet_id):
    acls = list(ec2.network_acls.values())
    return next(acl for acl in acls if any(each.subnet_id == subnet_id for each in acl.associations))


def address_of(interface):
    return ipaddress.ip_address(interface.private_ip_address)


def where_asked(ec2, subnet, address, port):
    """Where the network ACL of a subnet stops a connection of `address` to a port of the subnet, or the replies; None if it doesn't."""
    acl = acl_of(ec2, subnet.id)
    if not acl_lets(acl, False, address, (port, port)):
        return f"the network ACL of {subnet.id} does not let {address} in on port {port}"
    if not acl_lets(acl, True, address, EPHEMERAL_PORTS):
        return f"the network ACL of {subnet.id} does not let replies out to {address}"
    return None


def where_asking(ec2, subnet, address, port):
    """The same for a connection from the subnet to a port of `address`."""
    acl = acl_of(ec2, subnet.id)
    if not acl_lets(acl, True, address, (port, port)):
        return f"the network ACL of {subnet.id} does not let anything out to {address} on port {port}"
    if not acl_lets(acl, False, address, EPHEMERAL_PORTS):
        return f"the network ACL of {subnet.id} does not let replies in from {address}"
    return None


def where_it_stops(ec2, node, target, port, client=None):
    """Where a connection of interface `node` to `target` on `port` stops, in one sentence; None when it gets through.

    `client` is the address that the target sees in place of the node's, where the load balancer preserves it. To security groups it has
    the node's groups then.
    """
    near, far = client or address_of(node), address_of(target)
    ours, theirs = ({group.id for group in each.group_set} for each in (node, target))
    out = [rule for group in node.group_set for rule in group.egress_rules]
    into = [rule for group in target.group_set for rule in group.ingress_rules]
    # a network load balancer without a security group filters nothing
    if ours and not group_lets(out, port, far, theirs):
        return f"the load balancer's security group does not let it out to {far} on port {port}"
    if not group_lets(into, port, near, ours):
        return f"the security groups of {far} let neither the load balancer's group nor {near} in on port {port}"
    if client is None and node.subnet.id == target.subnet.id:  # what stays in a subnet passes no ACL
        return None
    return where_asking(ec2, node.subnet, far, port) or where_asked(ec2, target.subnet, near, port)


def gets_through(ec2, node, target, port):
    """Whether a connection from interface `node` to `target` on `port` is let through."""
    return where_it_stops(ec2, node, target, port) is None
