"""Which keys that were given reach more than they should by now, decided from what was written down when they were given."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.places import Place, group_places, is_written, own_places, own_until
from sardonyx_services.people.groups import Membership

SERVICE = "s3"
LONGEST_POLICY = 20_000
"""Bytes of a bucket policy: S3's limit is 20 KB."""
STATEMENT = "SardonyxRefusesSessions"
"""What is ours in it."""


@dataclass(frozen=True)
class Person:
    """Who somebody is: an immutable id, never a name that may change hands, and what they belong to now.

    Args:
        is_temporary: their account ends with an event.
    """

    id: str
    is_admin: bool = False
    memberships: tuple[Membership, ...] = ()
    is_temporary: bool = False

    def places(self, now: datetime) -> tuple[Place, ...]:
        """Return everything that keys of this person may reach."""
        of_groups = (place for membership in self.memberships for place in group_places(self.id, membership, now))
        return (*self.own_places(now), *of_groups)

    def own_places(self, now: datetime) -> tuple[Place, ...]:
        """Return what is theirs without any class or event, first their home; and what is published."""
        until = own_until(self.memberships)
        return own_places(self.id, is_admin=self.is_admin, is_over=until is not None and until <= now, event=self.event)

    @property
    def event(self) -> str:
        """Id of the event that their account ends with; "" = it lasts."""
        of = (each.group for each in self.memberships if each.role == "participant")
        return next(of, "") if self.is_temporary else ""


def given_place(text: str) -> Place:
    """Return a place as the audit log writes it: "class/7mw2kfqd/shared/:r"."""
    prefix, _, access = text.rpartition(":")
    return Place(prefix, is_writable=is_written(access))


def is_still_theirs(issued: Issued, person: Person | None, now: datetime) -> bool:
    """Tell whether everything that keys reach may still be reached by whom they were given to."""
    if person is None:
        return False
    may = person.places(now)
    return all(
        any(given.prefix.startswith(place.prefix) and place.is_writable >= given.is_writable for place in may)
        for given in map(given_place, issued.places)
    )


class Living:
    """The keys that were given and have not ended; after a restart they are read from the audit log.

    For several threads at once: some give keys while another looks which have to be refused.
    """

    def __init__(self, written: Iterable[Issued], now: datetime) -> None:
        self._given = {_key(issued): issued for issued in written if issued.until > now and issued.service == SERVICE}
        self._ended: set[str] = set()
        self._turn = Lock()

    def add(self, issued: Issued) -> None:
        """Remember keys that were just given."""
        if issued.service == SERVICE:
            with self._turn:
                self._given[_key(issued)] = issued

    def end(self, name: str, server: str) -> None:
        """Note that a server ended: what it was given until now is for nobody any more."""
        with self._turn:
            self._ended.update(
                issued.session
                for issued in self._given.values()
                if (issued.name, issued.server) == (name, server) and not issued.is_of_laptop
            )

    def of(self, person: str, now: datetime) -> tuple[Issued, ...]:
        """Return the keys of a person that still work, in the order in which they were given."""
        with self._turn:
            return tuple(
                issued
                for issued in self._given.values()
                if issued.person == person and issued.until > now and issued.session not in self._ended
            )

    def to_refuse(self, now: datetime, person_of: Callable[[str], Person | None]) -> tuple[Issued, ...]:
        """Return the sessions that the store has to refuse, each by those of its keys that were given last.

        Those of who was removed come before those of servers that ended, because a policy has room for some hundreds.
        """
        with self._turn:
            self._given = {key: issued for key, issued in self._given.items() if issued.until > now}
            living = tuple(self._given.values())
            self._ended &= {issued.session for issued in living}
            ended = frozenset(self._ended)
        people = {person: person_of(person) for person in {issued.person for issued in living}}
        found = [
            issued
            for issued in living
            if issued.session in ended or not is_still_theirs(issued, people[issued.person], now)
        ]
        found.sort(key=lambda issued: (issued.session in ended, -issued.until.timestamp(), issued.session))
        last: dict[str, Issued] = {}
        for issued in found:
            last[issued.session] = max(last.get(issued.session, issued), issued, key=lambda each: each.time)
        return tuple(last.values())


def _key(issued: Issued) -> tuple[str, tuple[str, ...]]:
    return issued.session, issued.places


def bucket_policy(bucket: str, role: str, sessions: Sequence[str], before: str = "") -> str:
    """Return the bucket policy that refuses some sessions and leaves all others alone; "" = none is needed.

    It holds as many sessions as it has room for; the keys of the rest end with their life.

    Args:
        before: the policy that the bucket has: what others wrote there stays.

    Raises:
        ValueError: `before` is none.
    """
    others = _of_others(before)
    principals: list[str] = []
    text = _policy(others) if others else ""
    for session in sessions:
        principals.append(session_arn(role, session))
        longer = _policy([*others, _refusal(bucket, principals)])
        if len(longer) > LONGEST_POLICY:
            break
        text = longer
    return text


def session_arn(role: str, session: str) -> str:
    """Return how a store names a session of a role: without the path that a role's own name may have."""
    account, _, name = role.partition("role/")
    return f"{account.replace(':iam:', ':sts:')}assumed-role/{name.rpartition('/')[2]}/{session}"


def _of_others(policy: str) -> list[Any]:
    found = json.loads(policy)["Statement"] if policy else []
    statements = found if isinstance(found, list) else [found]
    return [each for each in statements if each.get("Sid") != STATEMENT]


def _refusal(bucket: str, principals: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": STATEMENT,
        "Effect": "Deny",
        "Principal": {"AWS": list(principals)},
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }


def _policy(statements: Sequence[Any]) -> str:
    # Compact: release 16 of Ceph's gateway takes a space for a part of it.
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
