"""How much may be used: by one person, by a class, by an event, and by everybody together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan

Amount = Literal["servers", "cpu", "memory", "gpus"]
AMOUNTS: tuple[Amount, ...] = ("servers", "gpus", "memory", "cpu")
"""What is used at once; in the order in which people are told of it."""
MINUTE_S, HOUR_S = 60, 3600
Kind = Literal["person", "class", "event", "place"]


@dataclass(frozen=True)
class Quota:
    """So much may be used; None = as much as there is.

    Args:
        servers: that run at once.
        cpu: cores, of all of them.
        memory: bytes, of all of them.
        gpus: of all of them.
        hours: for which servers run, in one month.
    """

    servers: int | None = None
    cpu: float | None = None
    memory: int | None = None
    gpus: int | None = None
    hours: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether it limits anything."""
        return any(getattr(self, each.name) is not None for each in fields(self))

    def replaced_by(self, others: Iterable["Quota"]) -> "Quota":
        """Return it with what others say in its place; of several that speak of the same, the most generous counts."""
        said = list(others)
        best = {
            each.name: max((v for quota in said if (v := getattr(quota, each.name)) is not None), default=None)
            for each in fields(self)
        }
        return Quota(**{name: getattr(self, name) if more is None else more for name, more in best.items()})


@dataclass(frozen=True)
class Stored:
    """How much is in the data store, and how much may be; in bytes."""

    size: int
    limit: int


@dataclass(frozen=True)
class Claim:
    """What one server takes: from the moment in which its start is accepted until it has ended.

    Args:
        person: immutable id of its owner.
        profile: slug; that of a class or an event is its group.
        cpu: cores.
        memory: bytes.
        ends_at: seconds since the epoch; None = that is not known.
    """

    person: str
    profile: str
    servers: int = 1
    cpu: float = 0
    memory: int = 0
    gpus: int = 0
    ends_at: float | None = None

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Claim":
        """Read what an earlier hub wrote down; another version may have known more, or less."""
        known = {each.name for each in fields(cls)}
        return cls(**{"person": "", "profile": "", **{name: v for name, v in state.items() if name in known}})

    @classmethod
    def of(cls, plan: ServerPlan) -> "Claim":
        """Return what a plan will take."""
        return cls(plan.person, plan.profile, cpu=plan.cpu or 0, memory=plan.memory or 0, gpus=plan.gpus)


@dataclass(frozen=True)
class Reserved:
    """What is kept for servers of one profile, such as those of a class before its lesson.

    Args:
        count: of servers, running or not.
        each: what one of them takes.
    """

    profile: str
    count: int
    each: Claim

    def not_taken(self, claims: Iterable[Claim]) -> list[Claim]:
        """Return a claim for each of its servers that does not run."""
        running = sum(claim.profile == self.profile for claim in claims)
        return [self.each] * max(0, self.count - running)


@dataclass(frozen=True)
class Quotas:
    """All quotas of this place.

    Args:
        person: for each person.
        groups: group -> in its place for people who are in it.
        of_class: for each class, its servers together.
        of_event: for each event, the same.
        named: slug of the profile of a class or an event -> in its place for that one.
        place: for all servers together.
    """

    person: Quota = Quota()
    groups: Mapping[str, Quota] = field(default_factory=dict)
    of_class: Quota = Quota()
    of_event: Quota = Quota()
    named: Mapping[str, Quota] = field(default_factory=dict)
    place: Quota = Quota()

    def of_person(self, person: Person) -> Quota:
        """Return what holds for somebody."""
        return self.person.replaced_by(quota for group, quota in self.groups.items() if group in person.groups)

    def of_profile(self, kind: Literal["class", "event"], slug: str) -> Quota:
        """Return what holds for a class or an event.

        Args:
            slug: of its profile.
        """
        usual = self.of_class if kind == "class" else self.of_event
        return usual.replaced_by([self.named[slug]] if slug in self.named else [])


@dataclass(frozen=True)
class Account:
    """A quota, and what of it is used.

    Args:
        title: of the class or the event.
        claims: of its servers that run, or are being started.
        seconds: for which its servers ran in this month.
        reserved: claims of others' servers that do not run yet, and for which there is room all the same.
    """

    kind: Kind
    quota: Quota
    title: str = ""
    claims: Sequence[Claim] = ()
    seconds: int = 0
    reserved: Sequence[Claim] = ()

    @property
    def whose(self) -> Literal["person", "group", "place"]:
        """Of whom it is, as far as words go: classes and events are spoken of alike."""
        return self.kind if self.kind in {"person", "place"} else "group"

    def used(self, amount: Amount) -> float:
        """Return how much of an amount is used, or kept for others."""
        return float(sum(getattr(claim, amount) for claim in (*self.claims, *self.reserved)))

    def lacks(self, wanted: Claim) -> Amount | None:
        """Return of what there is not enough for one server more; None = it fits."""
        for amount in AMOUNTS:
            limit, more = getattr(self.quota, amount), getattr(wanted, amount)
            # Cores are halves and tenths, whose sums are a little off.
            if limit is not None and more and self.used(amount) + more > limit + 1e-6:
                return amount
        return None

    @property
    def left_s(self) -> int | None:
        """Seconds for which servers can still run in this month; None = as long as they like."""
        return None if self.quota.hours is None else max(0, self.quota.hours * HOUR_S - self.seconds)


def longest_life(accounts: Iterable[Account]) -> int | None:
    """Return for how many seconds a server can run, by the hours that are left; None = as long as it likes.

    In whole hours, or in whole minutes where little is left: people read it.
    """
    left = min((left for account in accounts if (left := account.left_s) is not None), default=None)
    if left is None:
        return None
    unit = HOUR_S if left >= 2 * HOUR_S else MINUTE_S
    return max(left // unit * unit, MINUTE_S)
