"""What a session may do: the policy that narrows the store's role to some places."""

import json
from collections.abc import Sequence

from sardonyx_services.credentials.places import Place

LONGEST = 2048
"""Characters in an inline session policy: the limit of AWS STS, and of every other store looked at."""

READS = ("s3:GetObject",)
DELETES = ("s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
WRITES = ("s3:PutObject", *DELETES)
LISTS = ("s3:ListBucket",)
"""Not the unfinished uploads of a bucket: MinIO refuses a policy with a prefix for these, and without one all would see all."""


def session_policy(bucket: str, places: Sequence[Place]) -> str:
    """Return the policy of a session as compact JSON (Ceph RGW 16 refuses it with spaces).

    Raises:
        ValueError: it is longer than stores take.
    """
    arn = f"arn:aws:s3:::{bucket}"
    # The prefix without its slash too: programs look for the folder itself before they look into it.
    prefixes = [text for place in places for text in (f"{place.prefix}*", place.prefix.rstrip("/"))]
    statements = [
        {
            "Effect": "Allow",
            "Action": list(LISTS),
            "Resource": [arn],
            "Condition": {"StringLike": {"s3:prefix": prefixes}},
        },
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": [arn]},
    ]
    for actions, access in ((READS, "r"), ((*READS, *WRITES), "rw"), ((*READS, *DELETES), "rd")):
        resources = [f"{arn}/{place.prefix}*" for place in places if place.access == access]
        if resources:
            statements.append({"Effect": "Allow", "Action": list(actions), "Resource": resources})
    return _compact(statements)


def list_policy(bucket: str, prefixes: Sequence[str]) -> str:
    """Return the policy of a session that lists what is below some prefixes, and reads nothing."""
    condition = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
    statement = {
        "Effect": "Allow",
        "Action": list(LISTS),
        "Resource": [f"arn:aws:s3:::{bucket}"],
        "Condition": condition,
    }
    return _compact([statement])


def _compact(statements: Sequence[object]) -> str:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    if len(text) > LONGEST:
        raise ValueError(f"the session policy has {len(text)} characters, more than {LONGEST}")
    return text
