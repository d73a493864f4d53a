"""Completes the access control of moto 5.2.5, which knows the resource of S3, SQS, IAM and STS calls only.

For every other service moto asks whether the caller may act on "*", so a least-privilege policy is denied everything. Here each call
names its resource, conditions are evaluated, and a service that decrypts for its caller asks KMS as that caller, key policy included.
A role is assumed by who its trust policy names, and a session ends with its role: one that came again by the same name is another.
A call this file has no resource for is still judged against "*": too strict, never too lax.
"""

import sys
import threading

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import JsonRESTError, _RESTError
from moto.elbv2.responses import ELBV2Response
from moto.iam.access_control import IAMRequestBase, PermissionResult
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse
from moto.kms.utils import _deserialize_ciphertext_blob
from moto.logs.responses import LogsResponse
from moto.rds.responses import RDSResponse
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sns.responses import SNSResponse
from moto.sqs.responses import SQSResponse
from moto.utilities.utils import get_partition

import roles
from conditions import what_is_listed
from ec2_refusal import UnauthorizedOperation
from policy import effects, own_policy_says, says_to_everybody
from roles import role_named, role_of_session

# The permission a call needs, where it is not named like the call (Service Authorization Reference).
PERMISSIONS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
# The IAM prefix, where it is not the name that requests are signed for.
PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}

# Services that speak JSON name these errors differently; moto answers them in XML, which an AWS client can not read.
JSON_ERRORS = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}

# The admin of the sandbox also acts for services, log delivery for one: those judge their own permissions before they call.
SERVICES = "sandbox-admin"

current = threading.local()  # the request that this thread serves; moto serves each in one thread


def control_is_on():
    return ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT


def permission_of(signed_action):
    prefix, _, name = signed_action.partition(":")
    action = f"{PREFIXES.get(prefix, prefix)}:{name}"
    return PERMISSIONS.get(action, action)


def in_the_words_of(headers, check):
    """Runs `check` and turns a refusal into one that the caller's protocol can carry."""
    try:
        check()
    except _RESTError as error:
        if "X-Amz-Target" not in headers:
            raise
        raise JsonRESTError(JSON_ERRORS.get(error.error_type, error.error_type), error.message) from error


class Caller:
    def __init__(self, request):
        self.request = request
        self.account = request.account_id
        self.region = request._region
        self.partition = get_partition(self.region)
        self.root = f"arn:{self.partition}:iam::{self.account}:root"
        key = request._access_key
        self.arns = [key.arn]
        if hasattr(key, "_owner_role_name"):
            role = role_of_session(self.account, self.partition, key._access_key_id)
            if role is None:
                in_the_words_of(request._headers, lambda: request._raise_invalid_access_key("InvalidToken"))
            self.arns.append(role.arn)
        self.policies = key.collect_policies()

    def may(self, action, resource, context=None):
        said = effects(self.policies, action, resource, self.context(context))
        return "Deny" not in said and "Allow" in said

    def may_use_key(self, action, key, context):
        """A key is open to who its policy names, or to who IAM allows when the policy delegates to the account."""
        return self.may_through(key.policy, action, key.arn, context)

    def may_assume(self, role):
        """So is a role, by its trust policy; moto's own check breaks on one that names services only."""
        return self.may_through(role.assume_role_policy_document, "sts:AssumeRole", role.arn, {})

    def may_through(self, policy, action, resource, context):
        full = self.context(context)
        said = effects(self.policies, action, resource, full)
        by_policy = own_policy_says(policy, self.arns, self.root, action, resource, full)
        if "Deny" in said or by_policy in (None, "Deny"):
            return False
        return by_policy == "Allow" or "Allow" in said

    @property
    def is_service(self):
        return self.arns[0] == f"arn:{self.partition}:iam::{self.account}:user/{SERVICES}"

    def context(self, more):
        known = {
            "aws:principalaccount": self.account,
            "aws:resourceaccount": self.account,
            "aws:principalarn": self.arns[-1],
            "aws:requestedregion": self.region,
            "aws:securetransport": "true",
            "kms:calleraccount": self.account,
        }
        return known | {name.lower(): value for name, value in (more or {}).items()}

    def refuse(self, action, resource):
        # startMoto reads these lines: a failing step can say which permission is missing
        print(f"sandbox: denied {action} on {resource} for {self.arns[0]}", file=sys.stderr, flush=True)
        self.request._action = action
        if action.startswith("ec2:"):
            raise UnauthorizedOperation(f"You are not authorized to perform {action} on {resource}")
        in_the_words_of(self.request._headers, self.request._raise_access_denied)


def check_action_permitted(request, resource):
    action = permission_of(request._action)
    if action == "sts:GetCallerIdentity":  # always allowed, even against an explicit deny
        return
    current.caller = caller = Caller(request)
    if action.startswith("kms:") and ":key/" in resource:
        key = kms_backends[caller.account][caller.region].keys.get(resource.split("/")[-1])
        if key is not None and not caller.may_use_key(action, key, {}):
            caller.refuse(action, resource)
    elif action == "sts:AssumeRole" and not caller.is_service:
        role = role_named(caller.account, caller.partition, resource)
        # AWS does not tell whether a role is there to who may not assume it
        if role is None or not caller.may_assume(role):
            caller.refuse(action, resource)
    elif not caller.may(action, resource, what_is_listed(request, action)):
        caller.refuse(action, resource)


authorize = ActionAuthenticatorMixin._authenticate_and_authorize_action


def authorize_action(response, request_class, resource="*"):
    in_the_words_of(response.headers, lambda: authorize(response, request_class, resource))


def needs_key(action, key_id, service, context=None):
    """Asks KMS, as a service does for its caller; keys that AWS manages are open to the account."""
    if not control_is_on() or not key_id or "alias/aws/" in key_id:
        return
    caller = current.caller
    if caller.is_service:
        return
    backend = kms_backends[caller.account][caller.region]
    key = backend.keys[backend.any_id_to_key_id(key_id)]
    via = {"kms:ViaService": f"{service}.{caller.region}.amazonaws.com"}
    if not caller.may_use_key(action, key, via | (context or {})):
        caller.refuse(action, key.arn)


def arn(response, service, resource):
    return f"arn:{get_partition(response.region)}:{service}:{response.region}:{response.current_account}:{resource}"


def logs_resource(response):
    # a policy needs `log-group:<name>:*`: without the trailing part AWS refuses stream calls too
    group = response._get_param("logGroupName")
    stream = response._get_param("logStreamName")
    return arn(response, "logs", f"log-group:{group}:log-stream:{stream or ''}") if group else "*"


def secret_resource(response):
    secret = response._get_param("SecretId")
    try:
        return response.backend.describe_secret(secret).arn if secret else "*"
    except Exception:  # not there: judged by the name that was asked for, then answered by moto
        return secret if secret.startswith("arn:") else arn(response, "secretsmanager", f"secret:{secret}-??????")


def key_resource(response):
    backend = response.kms_backend
    key_id = response._get_param("KeyId")
    if key_id is None and response._get_param("CiphertextBlob"):
        key_id = _deserialize_ciphertext_blob(response._get_param("CiphertextBlob")).key_id
    if not isinstance(key_id, str):
        return "*"
    found = backend.keys.get(backend.any_id_to_key_id(key_id))
    return found.arn if found is not None else arn(response, "kms", f"key/{key_id}")


def load_balancer_resource(response):
    # Describe* calls have no resource-level permissions
    if response._get_action().startswith("Describe"):
        return "*"
    names = ("TargetGroupArn", "ListenerArn", "RuleArn", "LoadBalancerArn")
    return next((found for found in map(response._get_param, names) if found), "*")


def database_resource(response):
    name = response._get_param("DBInstanceIdentifier")
    if name or response._get_action() == "DescribeDBInstances":
        return arn(response, "rds", f"db:{name or '*'}")
    return "*"


def before(kind, name, check):
    """Runs `check(response)` before a handler of moto's."""
    original = getattr(kind, name)

    def checked(response, *args, **kwargs):
        if control_is_on():
            check(response)
        return original(response, *args, **kwargs)

    setattr(kind, name, checked)


def read_object(response):
    bucket_arn = f"arn:{get_partition(response.region)}:s3:::{response.bucket_name}"
    key_name = response.parse_key_name()
    found = response.backend.get_object(response.bucket_name, key_name)
    if found is None:
        # S3 hides whether a key exists from who may not list the bucket: 403 in place of 404
        if not current.caller.may("s3:ListBucket", bucket_arn, {"s3:prefix": key_name}):
            current.caller.refuse("s3:ListBucket", bucket_arn)
    elif found.encryption == "aws:kms":
        context = bucket_arn if found.bucket_key_enabled else f"{bucket_arn}/{key_name}"
        needs_key("kms:Decrypt", found.kms_key_id, "s3", {"kms:EncryptionContext:aws:s3:arn": context})


def write_object(response):
    bucket = response.backend.get_bucket(response.bucket_name)
    default = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    key_id = response.headers.get("x-amz-server-side-encryption-aws-kms-key-id") or default.get("KMSMasterKeyID")
    needs_key("kms:GenerateDataKey", key_id, "s3")


def queue_key(*actions):
    def check(response):
        queue = response.sqs_backend.get_queue(response._get_queue_name())
        for action in actions:
            needs_key(action, queue.kms_master_key_id, "sqs", {"kms:EncryptionContext:aws:sqs:arn": queue.queue_arn})

    return check


def read_secret(response):
    try:
        secret = response.backend.describe_secret(response._get_param("SecretId"))
    except Exception:  # not there: moto answers that itself
        return
    needs_key("kms:Decrypt", secret.kms_key_id, "secretsmanager", {"kms:EncryptionContext:SecretARN": secret.arn})


def bucket_says(bucket, action, resource):
    """moto asks a bucket's policy before it knows the caller, and leaves out the conditions: a rule against HTTP shuts everybody out."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    # the sandbox speaks HTTP on loopback and counts it as TLS
    context = {"aws:securetransport": "true", "s3:tlsversion": "1.3"}
    said = says_to_everybody(bucket.policy.decode(), action, resource, context)
    if "Deny" in said:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in said else PermissionResult.NEUTRAL


def install():
    FakeBucket.get_permission = bucket_says
    ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize_action
    IAMRequestBase.check_action_permitted = check_action_permitted
    roles.install()
    LogsResponse._determine_resource = logs_resource
    SecretsManagerResponse._determine_resource = secret_resource
    KmsResponse._determine_resource = key_resource
    ELBV2Response._determine_resource = load_balancer_resource
    RDSResponse._determine_resource = database_resource
    SNSResponse._determine_resource = lambda response: response._get_param("TopicArn") or "*"
    before(S3Response, "get_object", read_object)
    before(S3Response, "put_object", write_object)
    before(SQSResponse, "receive_message", queue_key("kms:Decrypt"))
    before(SQSResponse, "send_message", queue_key("kms:GenerateDataKey", "kms:Decrypt"))
    before(SecretsManagerResponse, "get_secret_value", read_secret)
