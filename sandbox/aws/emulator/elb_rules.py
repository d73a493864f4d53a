"""What the modules that complete moto's load balancing share."""

import re

from moto.elbv2.exceptions import ELBClientError

NETWORK_PROTOCOLS = ("TCP", "TLS", "UDP", "TCP_UDP")
NAME = re.compile(r"^(?!-)(?!internal-)[A-Za-z0-9-]{1,32}(?<!-)$")


def refuse(code, message):
    raise ELBClientError(code, message)


def require_range(what, value, least, most):
    if value is not None and not least <= int(value) <= most:
        refuse("ValidationError", f"{what} '{value}' must be between {least} and {most} inclusive")


def in_place_of(kind, name):
    """Replaces a method of moto's; the new one is given the old one first."""

    def replace(own):
        original = getattr(kind, name)
        setattr(kind, name, lambda self, *args, **kwargs: own(original, self, *args, **kwargs))
        return own

    return replace
