"""Gives moto 5.2.5's listeners of network load balancers, and the target groups behind them, AWS's rules.

source: ELB API reference (CreateListener, CreateTargetGroup, ModifyTargetGroupAttributes), parameters and "Errors" of each
"""

from moto.elbv2.models import ELBv2Backend, FakeTargetGroup

import targets
from elb_rules import NETWORK_PROTOCOLS, in_place_of, refuse, require_range

TARGET_GROUP_ATTRIBUTES = {
    "deregistration_delay.connection_termination.enabled": "false",
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "preserve_client_ip.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
DELAY = "deregistration_delay.timeout_seconds"
# (least, most) of a target group's health check
HEALTH_CHECK = {
    "healthcheck_interval_seconds": (5, 300),
    "healthcheck_timeout_seconds": (2, 120),
    "healthy_threshold_count": (2, 10),
    "unhealthy_threshold_count": (2, 10),
}


def forwarded(actions):
    """The target groups that actions of a listener forward to."""
    data = [each if isinstance(each, dict) else each.data for each in actions or []]
    weighted = [group for each in data for group in each.get("ForwardConfig", {}).get("TargetGroups", [])]
    return [each["TargetGroupArn"] for each in [*data, *weighted] if "TargetGroupArn" in each]


def require_forwarding(backend, balancer, protocol, actions):
    for arn in forwarded(actions):
        group = backend.target_groups.get(arn)
        if group is None:
            refuse("TargetGroupNotFound", f"Target group '{arn}' not found")
        if group.vpc_id != balancer.vpc_id:
            message = f"Target group '{arn}' is in {group.vpc_id}, not in the load balancer's {balancer.vpc_id}"
            refuse("InvalidConfigurationRequest", message)
        if group.protocol != protocol and not (group.protocol == "TCP_UDP" and protocol in ("TCP", "UDP")):
            message = f"The protocol {group.protocol} of target group '{arn}' does not go with the listener's {protocol}"
            refuse("IncompatibleProtocols", message)
        if any(other != balancer.arn for other in group.load_balancer_arns):
            message = f"The following target groups cannot be associated with more than one load balancer: {arn}"
            refuse("TargetGroupAssociationLimit", message)


def require_free_port(balancer, port, but=None):
    require_range("Port", port, 1, 65535)
    if any(str(each.port) == str(port) and each.arn != but for each in balancer.listeners.values()):
        refuse("DuplicateListener", f"A listener already exists on port {port} of load balancer '{balancer.arn}'")


def keep_listeners():
    @in_place_of(ELBv2Backend, "create_listener")
    def create(original, backend, load_balancer_arn, protocol, port, *args, actions, **kwargs):
        balancer = backend.load_balancers.get(load_balancer_arn)
        if balancer is not None and balancer.type == "network" and protocol in NETWORK_PROTOCOLS:
            require_free_port(balancer, port)
            require_forwarding(backend, balancer, protocol, actions)
        return original(backend, load_balancer_arn, protocol, port, *args, actions=actions, **kwargs)

    @in_place_of(ELBv2Backend, "modify_listener")
    def modify(original, backend, arn, port=None, protocol=None, ssl_policy=None, certificates=None, actions=None):
        listener = backend.describe_listeners(None, [arn])[0]
        balancer = backend.load_balancers[listener.load_balancer_arn]
        if balancer.type == "network":
            require_free_port(balancer, port or listener.port, arn)
            require_forwarding(backend, balancer, protocol or listener.protocol, actions)
        return original(backend, arn, port, protocol, ssl_policy, certificates, actions)

    @in_place_of(ELBv2Backend, "modify_listener_attributes")
    def modify_attributes(original, backend, listener_arn, attrs):
        for each in attrs:
            if each["Key"] == "tcp.idle_timeout.seconds":
                require_range(each["Key"], each["Value"], 60, 6000)
        return original(backend, listener_arn, attrs)


def forwards_to(listener, group):
    return any(group.arn in forwarded(rule.actions) for rule in list(listener.rules.values()))


def users_of(group):
    """The load balancers whose listeners forward to the group, now; moto never takes one out."""
    from moto.elbv2.models import elbv2_backends

    arns = []
    for balancer in list(elbv2_backends[group.account_id][group.region_name].load_balancers.values()):
        if any(forwards_to(listener, group) for listener in list(balancer.listeners.values())):
            arns.append(balancer.arn)
    return arns


def keep_target_groups():
    # what moto adds to the list is not kept: it is found out anew each time
    FakeTargetGroup.load_balancer_arns = property(users_of, lambda group, arns: None)

    @in_place_of(ELBv2Backend, "create_target_group")
    def create(original, backend, name, **kwargs):
        require_range("Port", kwargs.get("port"), 1, 65535)
        for key, (least, most) in HEALTH_CHECK.items():
            require_range(key, kwargs.get(key), least, most)
        group = original(backend, name, **kwargs)
        if group.protocol in NETWORK_PROTOCOLS:
            # addresses behind TCP and TLS see the load balancer unless told otherwise
            preserved = group.target_type != "ip" or group.protocol in ("UDP", "TCP_UDP")
            group.attributes = TARGET_GROUP_ATTRIBUTES | {"preserve_client_ip.enabled": str(preserved).lower()}
        return group

    @in_place_of(ELBv2Backend, "modify_target_group")
    def modify(original, backend, arn, *args, **kwargs):
        # its response gives them by position: protocol, port, path, then these four
        for given, (key, (least, most)) in zip(args[3:7], HEALTH_CHECK.items()):
            require_range(key, given, least, most)
        return original(backend, arn, *args, **kwargs)

    @in_place_of(ELBv2Backend, "modify_target_group_attributes")
    def modify_attributes(original, backend, target_group_arn, attributes):
        group = backend.target_groups.get(target_group_arn)
        if group is not None and group.protocol in NETWORK_PROTOCOLS:
            for key in attributes.keys() - TARGET_GROUP_ATTRIBUTES.keys():
                refuse("ValidationError", f"Target group attribute key '{key}' is not recognized")
            require_range(DELAY, attributes.get(DELAY), 0, 3600)
            # moto takes 3599 for the longest delay
            group.attributes |= {key: value for key, value in attributes.items() if key == DELAY}
            attributes = {key: value for key, value in attributes.items() if key != DELAY}
        original(backend, target_group_arn, attributes)

    @in_place_of(ELBv2Backend, "delete_target_group")
    def delete(original, backend, target_group_arn):
        group = original(backend, target_group_arn)
        targets.forget(group)
        return group


def install():
    keep_listeners()
    keep_target_groups()
    targets.install()
