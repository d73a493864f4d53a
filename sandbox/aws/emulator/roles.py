"""Which role a session is of. moto 5.2.5 knows it by its name only, and would keep a session for another role of the same name."""

from moto.iam.models import iam_backends
from moto.sts.models import STSBackend, sts_backends


def role_named(account, partition, role_arn):
    return next((role for role in iam_backends[account][partition].roles.values() if role.arn == role_arn), None)


def role_of_session(account, partition, access_key_id):
    """None when the role is gone, also when another one has its name now."""
    sessions = sts_backends[account][partition].assumed_roles
    session = next(each for each in sessions if each.access_key_id == access_key_id)
    role = role_named(account, partition, session.role_arn)
    return role if role is not None and role.id == session.role_id else None


assume_role = STSBackend.assume_role


def assume_role_by_id(backend, *args, role_arn, **kwargs):
    session = assume_role(backend, *args, role_arn=role_arn, **kwargs)
    role = role_named(backend.account_id, backend.partition, role_arn)
    session.role_id = role.id if role is not None else None
    return session


def install():
    STSBackend.assume_role = assume_role_by_id
