"""What is to be done with each token that was given, decided without touching anything."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

GRACE_S = 120.0
"""So long is the token before a newer one good beside it: the newer one may be lost on its way."""
RENEWED_PER_LIFE = 3
SPREAD = 0.1
"""Renewals of a class that started at once come apart by so much of their interval."""


@dataclass(frozen=True)
class Lease:
    """A token that some server has; the token itself is nowhere here.

    Args:
        accessor: what Vault renews and ends it by.
        person: the immutable id.
        name: how the person was called.
        server: name of the server; "" = the default one.
        run: which run of it.
        groups: what the token reaches beside the person's own secrets.
        issued: when it was made.
        renewed: when it was made or renewed last.
        life_s: for how long it is good after that.
        ending: why it is to end; "" = it is not.
    """

    accessor: str
    person: str
    name: str
    server: str
    run: str
    groups: tuple[str, ...]
    issued: float
    renewed: float
    life_s: float
    ending: str = ""

    @property
    def until(self) -> float:
        """When Vault ends it by itself."""
        return self.renewed + self.life_s

    @property
    def renew_at(self) -> float:
        """When it is time to renew it."""
        # The same after a restart, and another one for each token.
        part = hashlib.sha256(self.accessor.encode()).digest()[0] / 255
        return self.renewed + self.life_s / RENEWED_PER_LIFE * (1 - SPREAD * part)


@dataclass(frozen=True)
class Look:
    """What hub and people's database said.

    Args:
        began: when the hub was asked; what came later it may not have told.
        running: (name, server) -> since when.
        people_began: when the people's database was asked.
        people: name -> id and groups; who is not here was removed.
    """

    began: float = float("-inf")
    running: Mapping[tuple[str, str], float] = field(default_factory=dict)
    people_began: float = float("-inf")
    people: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


Action = Literal["leave", "renew", "revoke", "forget"]


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a token, and for a revocation why."""

    action: Action
    why: str = ""


LEAVE, RENEW, FORGET = Verdict("leave"), Verdict("renew"), Verdict("forget")
STOPPED, REMOVED, CHANGED, REPLACED = (
    "its server has stopped",
    "the person was removed",
    "memberships changed",
    "a newer one took its place",
)


def judge(lease: Lease, look: Look, replaced: float | None, now: float) -> Verdict:
    """Decide about one token.

    Args:
        look: the last one that there was.
        replaced: when a newer token of the same server was issued; None = there is none.
    """
    if now >= lease.until:
        return FORGET
    why = lease.ending or _why_to_end(lease, look, replaced, now)
    if why:
        return Verdict("revoke", why)
    # A hub that is away says nothing about who runs: after one life of silence, tokens end by themselves.
    if now < lease.renew_at or now - look.began > lease.life_s:
        return LEAVE
    return RENEW


def _why_to_end(lease: Lease, look: Look, replaced: float | None, now: float) -> str:
    if replaced is not None and now - replaced > GRACE_S:
        return REPLACED
    if lease.issued < look.began:
        since = look.running.get((lease.name, lease.server))
        if since is None or since > lease.issued:
            return STOPPED
    if lease.issued >= look.people_began:
        return ""
    person, groups = look.people.get(lease.name, ("", ()))
    if person != lease.person:
        return REMOVED
    return "" if groups == lease.groups else CHANGED


def successors(leases: Iterable[Lease]) -> dict[str, float]:
    """Return, for each token that is not the newest of its server, when the next one was issued."""
    found: dict[str, float] = {}
    last: dict[tuple[str, str], Lease] = {}
    for lease in sorted(leases, key=lambda lease: lease.issued):
        earlier = last.get((lease.name, lease.server))
        if earlier is not None:
            found[earlier.accessor] = lease.issued
        last[lease.name, lease.server] = lease
    return found
