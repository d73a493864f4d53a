"""Who may change which security group: moto 5.2.5 asks for every one. EC2 asks for the group, and for the rule too, when a rule is tagged as
it is made, or named by its id.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2"; IAM user guide, "Tag on create".
"""

from moto.ec2.responses import EC2Response

import access

CHANGES = ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")


def resource(response):
    group = response._get_param("GroupId") if response._get_action() in CHANGES else None
    return access.arn(response, "ec2", f"security-group/{group}") if group else "*"


def require(response, action, name, context):
    caller = access.current.caller
    rule = access.arn(response, "ec2", f"security-group-rule/{name}")
    if not caller.may(action, rule, context):
        caller.refuse(action, rule)


def tagged_rules(response):
    tags = response._parse_tag_specification().get("security-group-rule", {})
    if not tags:
        return
    require(response, "ec2:AuthorizeSecurityGroupIngress", "*", {f"aws:RequestTag/{key}": tags[key] for key in tags})
    require(response, "ec2:CreateTags", "*", {"ec2:CreateAction": "AuthorizeSecurityGroupIngress"})


def named_rules(response):
    for name in response._get_param("SecurityGroupRuleIds", []):
        tags = response.ec2_backend.describe_tags(filters={"resource-id": [name]})
        context = {f"aws:ResourceTag/{tag['key']}": tag["value"] for tag in tags}
        require(response, "ec2:RevokeSecurityGroupIngress", name, context)


def install():
    EC2Response._determine_resource = resource
    access.before(EC2Response, "authorize_security_group_ingress", tagged_rules)
    access.before(EC2Response, "revoke_security_group_ingress", named_rules)
