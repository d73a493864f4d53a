"""Condition keys of single calls, for policies that name them."""

from urllib.parse import parse_qs, urlsplit


def what_is_listed(request, action):
    """The condition key of a bucket's listing; without a prefix, all of the bucket is listed."""
    if action != "s3:ListBucket":
        return None
    asked = parse_qs(urlsplit(request._path).query, keep_blank_values=True)
    return {"s3:prefix": asked.get("prefix", [""])[0]}
