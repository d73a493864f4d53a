"""How EC2 refuses: where other services say AccessDenied, it has a name of its own."""

from moto.core.exceptions import _RESTError


class UnauthorizedOperation(_RESTError):
    code = 403

    def __init__(self, message):
        super().__init__("UnauthorizedOperation", message)
