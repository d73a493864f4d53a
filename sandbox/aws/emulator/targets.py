"""Gives moto 5.2.5's target groups of type "ip" AWS's semantics: moto keys targets by address alone, finds all of them healthy, knows no
draining, and refuses to deregister what is not there.

Every change of a target is kept with its time, so that the sandbox can say for how long a group was empty.

source: ELB API reference (RegisterTargets, DeregisterTargets, DescribeTargetHealth, TargetHealth); Network Load Balancers user guide,
"Target groups" and "Health checks"
"""

import ipaddress
import threading
import time

from moto.elbv2.exceptions import ELBClientError, TargetGroupNotFoundError
from moto.elbv2.models import ELBv2Backend, FakeTargetGroup
from reach import gets_through, holds

# How long health checks have to say the same until a target is found healthy or unhealthy: in AWS the threshold times the interval,
# at least 10 seconds; shorter here, for the tour's sake.
JUDGED_AFTER_MS = 2000
TICK_SECONDS = 0.1
CHANGES_PATH = "/sandbox/target-changes"

REASONS = {
    "initial": ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unregistered": ("Target.NotRegistered", "Target is not registered to the target group"),
    "no listener": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
    "other zone": ("Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer"),
}

lock = threading.RLock()
changes = []  # of every target of every group, in the order they were noticed
groups = []  # every group that ever had a target; moto's own tables are for one account and region each


def now_ms():
    return int(time.time() * 1000)


class Target:
    def __init__(self, group, ip, port, zone):
        self.group, self.ip, self.port, self.zone = group, ip, port, zone
        self.registered_without_port = False
        self.begin()

    def begin(self):
        self.state, self.reason = "initial", None
        self.answers, self.since = None, now_ms()
        self.gone_at = None

    def noted(self, change, at):
        entry = {"at": at, "targetGroupArn": self.group.arn, "ip": self.ip, "port": self.port, "change": change}
        changes.append(entry)

    def settle(self, now):
        """Brings the state up to `now`; false when the target is drained and gone."""
        if self.gone_at is not None:
            if now < self.gone_at:
                return True
            self.noted("gone", self.gone_at)
            return False
        balancers = balancers_of(self.group)
        unused = why_unused(balancers, self.zone)
        if unused is not None:
            self.state, self.reason, self.answers = "unused", unused, None
            return True
        if self.state == "unused":
            self.state, self.reason = "initial", None
        answers = is_reached(self.group, balancers, self.ip, self.port)
        if answers != self.answers:
            self.answers, self.since = answers, now
        verdict = "healthy" if answers else "unhealthy"
        if verdict != self.state and now >= self.since + JUDGED_AFTER_MS:
            self.state = verdict
            self.noted(verdict, self.since + JUDGED_AFTER_MS)
        return True

    def health(self):
        state = "draining" if self.gone_at is not None else self.state
        return health_of(self.ip, self.port, state, self.reason or state, self.zone)


def health_of(ip, port, state, reason, zone=None):
    code, text = REASONS.get(reason, (None, None))
    target = {"Id": ip, "Port": port} | ({"AvailabilityZone": zone} if zone else {})
    health = {"State": state} | ({"Reason": code, "Description": text} if code else {})
    return {"Target": target, "HealthCheckPort": str(port), "TargetHealth": health}


def balancers_of(group):
    from moto.elbv2.models import elbv2_backends

    balancers = elbv2_backends[group.account_id][group.region_name].load_balancers
    return [balancers[arn] for arn in group.load_balancer_arns if arn in balancers]


def why_unused(balancers, zone):
    if not balancers:
        return "no listener"
    enabled = {subnet.availability_zone for balancer in balancers for subnet in balancer.subnets}
    return None if zone == "all" or zone in enabled else "other zone"


def interface_with(group, ip):
    for interface in list(group.ec2_backend.enis.values()):
        addresses = [each["PrivateIpAddress"] for each in interface.private_ip_addresses] + interface.ipv6_addresses
        if interface.vpc_id == group.vpc_id and ip in addresses:
            return interface
    return None


def is_reached(group, balancers, ip, port):
    """Whether something has the address and every node of the load balancers gets through to it."""
    interface = interface_with(group, ip)
    if interface is None or group.health_check_protocol != "TCP":  # a database answers no HTTP
        return False
    if group.health_check_port != "traffic-port":
        port = int(group.health_check_port)
    nodes = [node for balancer in balancers for node in balancer.nodes]
    return all(gets_through(group.ec2_backend, node, interface, port) for node in nodes)


def zone_of(group, ip):
    """The zone of the subnet that holds the address; None outside the VPC."""
    address = ipaddress.ip_address(ip)
    for subnets in group.ec2_backend.subnets.values():
        for subnet in subnets.values():
            v6 = [each["ipv6CidrBlock"] for each in subnet.ipv6_cidr_block_associations.values()]
            if subnet.vpc_id == group.vpc_id and any(holds(cidr, address) for cidr in [subnet.cidr_block, *v6]):
                return subnet.availability_zone
    return None


def is_in_vpc(group, ip):
    address = ipaddress.ip_address(ip)
    vpc = group.ec2_backend.get_vpc(group.vpc_id)
    cidrs = [each["cidr_block"] for v6 in (False, True) for each in vpc.get_cidr_block_association_set(ipv6=v6)]
    return any(holds(cidr, address) for cidr in cidrs)


def checked(group, asked):
    """(address, port, zone) of a target to register, or AWS's refusal."""
    ip, port, zone = asked["Id"], int(asked.get("Port") or group.port), asked.get("AvailabilityZone")
    try:
        family = f"ipv{ipaddress.ip_address(ip).version}"
    except ValueError:
        raise ELBClientError("ValidationError", f"The IP address '{ip}' is not a valid IP address") from None
    if family != (group.ip_address_type or "ipv4"):
        raise ELBClientError("ValidationError", f"The IP address '{ip}' is not a valid {group.ip_address_type} address")
    if not 1 <= port <= 65535:
        raise ELBClientError("ValidationError", f"Port '{port}' is not valid; it must be from 1 to 65535")
    if is_in_vpc(group, ip):
        return ip, port, zone_of(group, ip) or zone
    if zone is None:
        message = f"The Availability Zone is required for IP address '{ip}' because it is not in the VPC"
        raise ELBClientError("ValidationError", message)
    if not ipaddress.ip_address(ip).is_private:
        raise ELBClientError("ValidationError", f"The IP address '{ip}' is publicly routable")
    return ip, port, zone


def settle(group):
    now = now_ms()
    group.targets_by_key = {key: each for key, each in group.targets_by_key.items() if each.settle(now)}


def register(group, targets):
    wanted = [(checked(group, asked), "Port" in asked) for asked in targets]  # all or none
    settle(group)
    for (ip, port, zone), has_port in wanted:
        found = group.targets_by_key.get((ip, port))
        if found is not None and found.gone_at is None:
            continue
        if found is None:
            found = group.targets_by_key[(ip, port)] = Target(group, ip, port, zone)
        else:
            found.begin()
        found.registered_without_port = not has_port
        found.noted("register", now_ms())
    settle(group)


def deregister(group, targets):
    settle(group)
    delay = int(group.attributes["deregistration_delay.timeout_seconds"]) * 1000
    for asked in targets:
        found = group.targets_by_key.get((asked["Id"], int(asked.get("Port") or group.port)))
        # a target that is not there is no error, nor is one that was registered with a port and is named without
        if found is None or found.gone_at is not None or not (found.registered_without_port or asked.get("Port")):
            continue
        now = now_ms()
        found.gone_at = now + delay
        found.noted("deregister", now)
    settle(group)


def describe(group, targets):
    settle(group)
    if not targets:
        return [each.health() for each in group.targets_by_key.values()]
    asked = [(each["Id"], int(each.get("Port") or group.port)) for each in targets]
    known = group.targets_by_key
    return [known[key].health() if key in known else health_of(*key, "unused", "unregistered") for key in asked]


def for_addresses(name, own):
    """Replaces a call of the backend for groups of addresses; moto's stays for those of instances, functions and load balancers."""
    original = getattr(ELBv2Backend, name)

    def call(backend, target_group_arn, targets):
        group = backend.target_groups.get(target_group_arn)
        if group is None:
            raise TargetGroupNotFoundError()
        if group.target_type != "ip":
            return original(backend, target_group_arn, targets)
        with lock:
            return own(group, targets)

    setattr(ELBv2Backend, name, call)


def forget(group):
    """What becomes of the targets when their group is deleted."""
    with lock:
        for target in group.targets_by_key.values():
            target.noted("gone", now_ms())
        group.targets_by_key = {}
        if group in groups:
            groups.remove(group)


def keep_watch():
    while True:
        time.sleep(TICK_SECONDS)
        with lock:
            for group in groups:
                settle(group)


def tell_changes(asked):
    """Answers GET /sandbox/target-changes: {at, targetGroupArn, ip, port, change} of every change, by time."""
    with lock:
        for group in groups:
            settle(group)
        return sorted(changes, key=lambda each: each["at"])


def install():
    create = FakeTargetGroup.__init__

    def create_with_targets(group, *args, **kwargs):
        create(group, *args, **kwargs)
        group.targets_by_key = {}
        with lock:
            groups.append(group)

    FakeTargetGroup.__init__ = create_with_targets
    for_addresses("register_targets", register)
    for_addresses("deregister_targets", deregister)
    for_addresses("describe_target_health", describe)
