"""The profiles of somebody's classes and events, from what was said of these and within what the operator allows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.people.classes import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.events import EventDetails
from sardonyx_services.people.groups import Membership, group_name
from sardonyx_services.people.lookup import looking_up
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.class_profile import Course, class_profile
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Profile

LEADS = ("assistant", "instructor", "organiser")
"""Who prepares a class or an event before it begins."""


@dataclass(frozen=True)
class Attended:
    """A class or an event that somebody is in, and the profile of its servers."""

    details: ClassDetails | EventDetails
    is_staff: bool
    profile: Profile

    def is_offered(self, now: datetime) -> bool:
        """Tell whether its servers are started now: for staff also before its first day, to prepare it."""
        begins = self.details.begins
        return self.details.is_on(now) or (self.is_staff and begins is not None and now < begins)


class ClassProfiles:
    """The profiles of classes and events; the people are asked when something of them has changed.

    Args:
        bases: what classes and events can be made from, by slug.
        place: where the people are.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        bases: Mapping[str, Profile],
        place: Place,
        people: Callable[[], PeopleStore],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bases, self._place, self._people, self._clock = bases, place, people, clock
        self._find: Callable[[str], tuple[Attended, ...]] | None = None

    def profiles_for(self, person: Person) -> Sequence[Profile]:
        """Return the profiles of what somebody is in, as long as it is on; the oldest first."""
        if self._find is None:
            # Not before: the tables have to be there.
            self._people()
            self._find = looking_up(self._place, self._attended)
        now = self._clock()
        return [each.profile for each in self._find(person.id) if each.is_offered(now)]

    def _attended(self, person: str) -> tuple[Attended, ...]:
        people = self._people()
        memberships = [each for each in people.groups.of(person) if each.kind in {"class", "event"}]
        of = {kind: [each.group for each in memberships if each.kind == kind] for kind in ("class", "event")}
        details: dict[str, ClassDetails | EventDetails] = {
            **people.classes.of_many(of["class"]),
            **people.events.of_many(of["event"]),
        }
        return tuple(
            Attended(told, each.role in LEADS, class_profile(self._bases[told.profile], _course(each, told)))
            for each in memberships
            if (told := details[each.group]).profile in self._bases
        )


def _course(membership: Membership, told: ClassDetails | EventDetails) -> Course:
    name, title = group_name(membership), membership.title
    if isinstance(told, ClassDetails):
        return Course("class", name, title, told.description, told.answers, told.repository, told.branch)
    return Course("event", name, title, told.place, told.answers, told.repository, told.branch)
