"""Which files somebody may share by a link, and what keys for one file may do; decided without touching anything."""

import json
import re

from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError
from sardonyx_services.credentials.places import group_places, own_places
from sardonyx_services.credentials.policy import LONGEST, READS
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.people.groups import Membership
from sardonyx_spawner.language import N_, _

LONGEST_KEY = 1024
"""In bytes: that of S3."""
SHORTEST_LIFE_S = 60
"""Each link is a line in the audit log, which keeps so many: nobody shall push out what it has."""
NOT_IN_A_POLICY = re.compile(r"[*$: ]")
NOT_YOURS = N_("This is no file in a place of yours. See what you can reach on the page “Data” of the hub.")
NO_EXAM = N_("Files of an exam are not shared by links.")


def check_key(key: object) -> str:
    """Return the key of a file.

    Raises:
        BadRequestError: it is none, or could be understood as another one.
    """
    if not isinstance(key, str) or not key.isprintable() or "\\" in key or len(key.encode()) > LONGEST_KEY:
        raise BadRequestError(
            _("The name of this file cannot be shared: it is too long, or has signs that no name has.")
        )
    if any(part in {"", ".", ".."} for part in key.split("/")):
        raise BadRequestError(
            _("A link opens one file. For a folder, make an archive of it, such as a .zip, and share that.")
        )
    return key


def check_life(seconds: object, longest_s: int) -> int:
    """Return for how long a link shall work.

    Raises:
        BadRequestError: that is no number, or too much.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not SHORTEST_LIFE_S <= seconds <= longest_s:
        raise BadRequestError(
            _("“seconds” is a number from {least} to {most}: links live no longer here, and no shorter.").format(
                least=SHORTEST_LIFE_S, most=longest_s
            )
        )
    return seconds


def membership_for(key: str, person: Person) -> Membership | None:
    """Return the class or team through which somebody reaches a file; None = it is in a place of their own.

    Raises:
        NotAllowedError: they do not reach it, or it is one of an exam.
    """
    if any(key.startswith(place.prefix) for place in own_places(person.id, is_admin=person.is_admin)):
        return None
    for membership in person.memberships:
        if any(key.startswith(place.prefix) for place in group_places(person.id, membership)):
            if membership.is_exam:
                raise NotAllowedError(_(NO_EXAM))
            return membership
    raise NotAllowedError(_(NOT_YOURS))


def file_policy(bucket: str, key: str) -> str:
    """Return the policy of a session that reads one file.

    `?` stands for any one sign, also for itself. It takes the place of those that a policy understands in another way: `*` is
    any text, `$` names a variable, and Ceph takes no colon, and a space for a plus (RGW 16). What more this reaches has a
    name of the same length in the same place, and nobody is given an address for it.

    Raises:
        BadRequestError: the name is too long to stand in one.
    """
    resource = f"arn:aws:s3:::{bucket}/{NOT_IN_A_POLICY.sub('?', key)}"
    statement = {"Effect": "Allow", "Action": list(READS), "Resource": [resource]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    if len(text) > LONGEST:
        raise BadRequestError(
            _("The name of this file is too long to be shared, with those of its folders. Shorten it.")
        )
    return text
