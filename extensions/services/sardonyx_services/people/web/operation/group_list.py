"""Classes and events as their operator looks for them: those with something wrong, and those with some words, the gravest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.operation.group_faults import Fault, is_over

Show = Literal["all", "on", "wrong", "leader", "stuck", "stored", "servers", "profile", "soon", "over"]
"""Which: all, those that go on, with anything wrong, with one thing wrong or that end soon (as `Matter`), and what is over."""
Act = Literal["leader", "move", "say", "stop", "end"]
"""What is done to many at once."""
SHOWS: tuple[Show, ...] = get_args(Show)
AT_ONCE = 200
"""On a page."""
LONGEST = 200
USUAL_DAYS, MOST_DAYS = 7, 366
MOST_PAGES = 10_000


@dataclass(frozen=True)
class GroupSeen:
    """A class or an event.

    Args:
        leaders: what those are called who lead it; names: all by which they are found.
        people: how many are in it; running: how many of its servers run; seconds: for how long they ran.
    """

    seen: Seen | EventSeen
    leaders: tuple[str, ...]
    names: str
    people: int
    running: int
    seconds: int
    faults: tuple[Fault, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return self.seen.group.id

    @property
    def title(self) -> str:
        """What its people call it."""
        return self.seen.group.title

    @property
    def changed(self) -> int:
        """How often it was changed when it was read."""
        return self.seen.details.changed

    @property
    def key(self) -> str:
        """What a form says of it: which it is, and as what it was seen."""
        return f"{self.id}.{self.changed}"

    @property
    def is_wrong(self) -> bool:
        """Whether something is wrong with it."""
        return any(fault.is_wrong for fault in self.faults)

    @property
    def is_over(self) -> bool:
        """Whether its servers are not started any more."""
        return is_over(self.seen)

    def is_among(self, show: Show) -> bool:
        """Tell whether it is one of those."""
        if show in {"on", "over"}:
            return self.is_over == (show == "over")
        if show == "wrong":
            return self.is_wrong
        return show == "all" or any(fault.what == show for fault in self.faults)

    def has(self, words: Iterable[str]) -> bool:
        """Tell whether its title, its id or those who lead it have all of these words, which are case-folded."""
        where = f"{self.title} {self.id} {self.names}".casefold()
        return all(word in where for word in words)


@dataclass(frozen=True)
class Wish:
    """What is looked for.

    Args:
        text: words, all of which are in a title, an id or a name; "" = no matter.
        days: what ends within so many days ends soon.
        page: which part of a long list, from 1 on.
    """

    show: Show = "all"
    text: str = ""
    days: int = USUAL_DAYS
    page: int = 1

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> "Wish":
        """Return what an address or a form says; what it says wrong is as it usually is."""
        show = typed.get("show", "")
        return cls(
            show if show in SHOWS else "all",
            typed.get("text", "").strip()[:LONGEST],
            _number(typed.get("days", ""), USUAL_DAYS, MOST_DAYS),
            _number(typed.get("page", ""), 1, MOST_PAGES),
        )

    def said(self, **other: object) -> dict[str, object]:
        """Return what an address says, with something else in it; what is as usual is left out."""
        usual = {"show": "all", "text": "", "days": USUAL_DAYS, "page": 1}
        return {name: value for name, value in {**vars(self), "page": 1, **other}.items() if value != usual[name]}


@dataclass(frozen=True)
class Found:
    """What was found.

    Args:
        groups: those of this page.
        counts: how many there are of each `Show` with these words.
        is_stored_known: how much is stored could be said.
    """

    groups: Sequence[GroupSeen]
    counts: Mapping[Show, int]
    wish: Wish
    is_stored_known: bool = True

    @property
    def has_more(self) -> bool:
        """Whether there are more after those of this page."""
        return self.counts[self.wish.show] > self.wish.page * AT_ONCE


def found(groups: Iterable[GroupSeen], wish: Wish, *, is_stored_known: bool = True) -> Found:
    """Return those that are looked for: with something wrong first, then those that go on; each as they come."""
    words = wish.text.casefold().split()
    named = [group for group in groups if group.has(words)]
    counts = {show: sum(group.is_among(show) for group in named) for show in SHOWS}
    those = sorted(
        (group for group in named if group.is_among(wish.show)), key=lambda group: (not group.is_wrong, group.is_over)
    )
    first = (wish.page - 1) * AT_ONCE
    return Found(those[first : first + AT_ONCE], counts, wish, is_stored_known)


def _number(text: str, usual: int, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 9 and int(text) else usual  # noqa: PLR2004 - what no number of days has
