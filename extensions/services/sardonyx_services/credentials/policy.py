"""What a session may do: the policy that narrows the store's role to one person."""

import json
import re

ID = re.compile(r"[a-z0-9]{8,64}")
LONGEST = 2048
"""Characters in an inline session policy: the limit of AWS STS, and of every other store looked at."""

OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
LISTS = ("s3:ListBucket", "s3:ListBucketMultipartUploads")


def home_prefix(person: str) -> str:
    """Return a person's place in the bucket.

    Raises:
        ValueError: not an id of ours; it could hold a wildcard or a slash and reach somebody else's place.
    """
    if ID.fullmatch(person) is None:
        raise ValueError(f"not a person's id: {person!r}")
    return f"home/{person}/"


def session_policy(bucket: str, person: str) -> str:
    """Return the policy of a person's session as compact JSON (Ceph RGW 16 refuses it with spaces)."""
    prefix = home_prefix(person)
    arn = f"arn:aws:s3:::{bucket}"
    statements = [
        {"Effect": "Allow", "Action": list(OBJECTS), "Resource": [f"{arn}/{prefix}*"]},
        {
            "Effect": "Allow",
            "Action": list(LISTS),
            "Resource": [arn],
            # The prefix without its slash too: programs look for the folder itself before they look into it.
            "Condition": {"StringLike": {"s3:prefix": [f"{prefix}*", prefix.rstrip("/")]}},
        },
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": [arn]},
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
    if len(text) > LONGEST:
        raise ValueError(f"the session policy has {len(text)} characters, more than {LONGEST}")
    return text
