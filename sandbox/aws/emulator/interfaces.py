"""Gives network interfaces addresses that nobody has: moto 5.2.5 gives random ones, taken ones and AWS's own included. And shows those
that the sandbox's RDS makes as RDS's own, which nobody else's can look like: anyone may write any description.
"""

import ipaddress
import random
import threading
from datetime import datetime, timezone
from types import SimpleNamespace

from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

import access
from elb_rules import in_place_of

# source: VPC user guide, "Subnet sizing": the first four addresses and the last are AWS's
FIRST, LAST = 4, -2

# moto serves each request in a thread: an address is free only until the next one has chosen too
choosing = threading.RLock()

RDS = "amazon-rds"
# How the sandbox's RDS begins its client tokens, in provider/rds/interfaces.ts. The sandbox's admin acts for it; anyone else who sends
# such a token gets an interface like any other.
RDS_TOKEN = "amazon-rds-"


def free_address(ec2, cidr):
    network = ipaddress.ip_network(cidr)
    taken = {each["PrivateIpAddress"] for eni in list(ec2.enis.values()) for each in eni.private_ip_addresses}
    free = [str(network[at]) for at in range(FIRST, network.num_addresses + LAST + 1) if str(network[at]) not in taken]
    return random.choice(free)


def is_asked_by_rds(response):
    # before access control is on nobody is known, and only the sandbox itself calls
    is_service = not access.control_is_on() or access.current.caller.is_service
    return is_service and str(response._get_param("ClientToken")).startswith(RDS_TOKEN)


def give_to_rds(interface):
    """source: EC2 API reference, NetworkInterface ("RequesterManaged: whether it is managed by an AWS service")"""
    interface.requester_id, interface.requester_managed = RDS, True
    interface.status = "in-use"
    # to a host of RDS's, which is no instance of this account
    interface.foreign_attachment = SimpleNamespace(
        attachment_id=interface.id.replace("eni-", "eni-attach-"),
        attach_time=datetime.now(timezone.utc),
        delete_on_termination=False,
        device_index=1,
        network_card_index=0,
        instance_owner_id=RDS,
        status="attached",
    )


def install():
    @in_place_of(EC2Backend, "create_network_interface")
    def create(original, ec2, subnet, private_ip_address=None, private_ip_addresses=None, *args, **kwargs):
        with choosing:
            if not private_ip_address and not private_ip_addresses:
                found = ec2.get_subnet(subnet) if isinstance(subnet, str) else subnet
                private_ip_address = free_address(ec2, found.cidr_block)
            return original(ec2, subnet, private_ip_address, private_ip_addresses, *args, **kwargs)

    @in_place_of(ElasticNetworkInterfaces, "create_network_interface")
    def answer_create(original, response):
        answer = original(response)
        if is_asked_by_rds(response):
            give_to_rds(answer.result["NetworkInterface"])
        return answer

    attached = NetworkInterface.attachment.fget
    NetworkInterface.foreign_attachment = None
    NetworkInterface.attachment = property(lambda interface: interface.foreign_attachment or attached(interface))
