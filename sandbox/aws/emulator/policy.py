"""Evaluates IAM policies as AWS does: default deny, explicit deny wins, an unmet or unknown condition means "does not apply".

Rules: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements".
"""

import json
import re


def statements(policy):
    """The statements of a policy given as text, as moto's policy object or as moto's inline policy record."""
    if hasattr(policy, "versions"):
        policy = next(version.document for version in policy.versions if version.is_default)
    elif isinstance(policy, dict) and "policy_document" in policy:
        policy = policy["policy_document"]
    found = json.loads(policy)["Statement"]
    return found if isinstance(found, list) else [found]


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(pattern, value, ignore_case=False):
    """`*` is any run of characters, `?` is one character; nothing else is special."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def any_match(patterns, value, ignore_case=False):
    return any(matches(pattern, value, ignore_case) for pattern in listed(patterns))


OPERATORS = {
    "StringEquals": lambda wanted, got: wanted == got,
    "StringEqualsIgnoreCase": lambda wanted, got: wanted.lower() == got.lower(),
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda wanted, got: str(wanted).lower() == got.lower(),
    "NumericLessThan": lambda wanted, got: float(got) < float(wanted),
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def condition_holds(operator, key, wanted, context):
    name = operator.removesuffix("IfExists")
    got = context.get(key.lower())
    if name == "Null":
        return (str(listed(wanted)[0]).lower() == "true") == (got is None)
    if got is None:
        return operator.endswith("IfExists") or name in NEGATED
    if name in NEGATED:
        return not any(OPERATORS[NEGATED[name]](each, got) for each in listed(wanted))
    if name not in OPERATORS:
        raise NotImplementedError(f"the sandbox does not know the condition operator {operator}; add it to {__file__}")
    return any(OPERATORS[name](each, got) for each in listed(wanted))


def applies(statement, action, resource, context):
    """Whether a statement is about this request; principals are not looked at."""
    if "Action" in statement and not any_match(statement["Action"], action, ignore_case=True):
        return False
    if "NotAction" in statement and any_match(statement["NotAction"], action, ignore_case=True):
        return False
    if "Resource" in statement and not any_match(statement["Resource"], resource):
        return False
    if "NotResource" in statement and any_match(statement["NotResource"], resource):
        return False
    conditions = statement.get("Condition", {})
    return all(
        condition_holds(operator, key, wanted, context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def effects(policies, action, resource, context):
    """The set of "Allow" and "Deny" that the policies have for this request; empty = they say nothing."""
    return {
        statement["Effect"]
        for policy in policies
        for statement in statements(policy)
        if applies(statement, action, resource, context)
    }


def own_policy_says(policy, caller_arns, root_arn, action, resource, context):
    """"Deny", "Allow" (by itself), "Delegate" (to IAM policies) or None for a key's or role's own policy and a caller of its account."""
    says = set()
    for statement in statements(policy):
        principal = statement.get("Principal", {})
        named = listed("*" if principal == "*" else principal.get("AWS", []))
        if not applies(statement, action, resource, context):
            continue
        if "*" in named or any(arn in named for arn in caller_arns):
            says.add(statement["Effect"])
        elif root_arn in named or root_arn.split(":")[4] in named:
            says.add("Deny" if statement["Effect"] == "Deny" else "Delegate")
    return next((each for each in ("Deny", "Allow", "Delegate") if each in says), None)


def says_to_everybody(policy, action, resource, context):
    """The set of "Allow" and "Deny" of a bucket's policy for whoever calls: the statements whose principal is "*"."""
    return {
        statement["Effect"]
        for statement in statements(policy)
        if statement.get("Principal") in ("*", {"AWS": "*"}) and applies(statement, action, resource, context)
    }
