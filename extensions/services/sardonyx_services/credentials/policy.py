"""What a session may do: the policy that narrows the store's role to some places."""

import json
from collections.abc import Sequence

from sardonyx_services.credentials.errors import BadRequestError
from sardonyx_services.credentials.places import Place
from sardonyx_spawner.language import _

LONGEST = 2048
"""Bytes of an inline session policy: AWS STS and every other store looked at take so much, some of characters."""

READS = ("s3:GetObject",)
DELETES = ("s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
WRITES = ("s3:PutObject", *DELETES)
LISTS = ("s3:ListBucket",)
"""Not the unfinished uploads of a bucket: MinIO refuses a policy with a prefix for these, and without one all would see all."""
LISTS_UNFINISHED = "s3:ListBucketMultipartUploads"


def session_policy(bucket: str, places: Sequence[Place]) -> str:
    """Return the policy of a session as compact JSON (Ceph RGW 16 refuses it with spaces).

    Raises:
        BadRequestError: it is longer than stores take.
    """
    arn = f"arn:aws:s3:::{bucket}"
    # The prefix without its slash too: programs look for the folder itself before they look into it.
    prefixes = [text for place in places for text in (f"{place.prefix}*", place.prefix.rstrip("/"))]
    statements = [
        _listing(arn, prefixes),
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": [arn]},
    ]
    for actions, access in ((READS, "r"), ((*READS, *WRITES), "rw"), ((*READS, *DELETES), "rd")):
        resources = [f"{arn}/{place.prefix}*" for place in places if place.access == access]
        if resources:
            statements.append({"Effect": "Allow", "Action": list(actions), "Resource": resources})
    return _compact(statements)


def clearing_policy(bucket: str, prefix: str) -> str:
    """Return the policy of a session that deletes all below a prefix, and uploads there that were never finished.

    It is for our own service alone: it sees the names of all such uploads, and can end those below the prefix.
    """
    arn = f"arn:aws:s3:::{bucket}"
    return _compact(
        [
            _listing(arn, [f"{prefix}*"]),
            {"Effect": "Allow", "Action": [LISTS_UNFINISHED], "Resource": [arn]},
            {"Effect": "Allow", "Action": list(DELETES), "Resource": [f"{arn}/{prefix}*"]},
        ]
    )


def list_policy(bucket: str, prefixes: Sequence[str]) -> str:
    """Return the policy of a session that lists what is below some prefixes, and reads nothing."""
    return _compact([_listing(f"arn:aws:s3:::{bucket}", [f"{prefix}*" for prefix in prefixes])])


def _listing(arn: str, prefixes: Sequence[str]) -> dict[str, object]:
    """Return the statement that lets a session list what is below prefixes, each as a pattern."""
    return {
        "Effect": "Allow",
        "Action": list(LISTS),
        "Resource": [arn],
        "Condition": {"StringLike": {"s3:prefix": list(prefixes)}},
    }


def _compact(statements: Sequence[object]) -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    # As it is, and not as ASCII: a sign takes three bytes then where it would take six, or twelve.
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    # A space only comes in a name. Ceph RGW 16 takes it, as a form holds it, for a plus.
    text = text.replace(" ", "\\u0020")
    if len(text.encode()) > LONGEST:
        raise BadRequestError(
            _("“prefix” is too long for the data store: letters beyond a to z take more room. Ask for a shorter one.")
        )
    return text
