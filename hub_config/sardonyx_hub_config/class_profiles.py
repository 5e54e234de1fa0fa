"""The profiles of somebody's classes, from what their instructors said and within what the operator allows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.people.classes import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.groups import STAFF, Membership, group_name
from sardonyx_services.people.lookup import looking_up
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.class_profile import Course, class_profile
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Profile


@dataclass(frozen=True)
class Attended:
    """A class that somebody is in, and the profile of its servers."""

    details: ClassDetails
    is_staff: bool
    profile: Profile

    def is_offered(self, now: datetime) -> bool:
        """Tell whether its servers are started now: for staff also before its first day, to prepare it."""
        begins = self.details.begins
        return self.details.is_on(now) or (self.is_staff and begins is not None and now < begins)


class ClassProfiles:
    """The profiles of classes; the people are asked when something of them has changed.

    Args:
        bases: what classes can be made from, by slug.
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
        """Return the profiles of the classes that somebody is in, as long as they are on; the oldest class first."""
        if self._find is None:
            # Not before: the tables have to be there.
            self._people()
            self._find = looking_up(self._place, self._attended)
        now = self._clock()
        return [each.profile for each in self._find(person.id) if each.is_offered(now)]

    def _attended(self, person: str) -> tuple[Attended, ...]:
        people = self._people()
        memberships = [each for each in people.groups.of(person) if each.kind == "class"]
        details = people.classes.of_many([each.group for each in memberships])
        return tuple(
            Attended(told, each.role in STAFF, class_profile(self._bases[told.profile], _course(each, told)))
            for each in memberships
            if (told := details[each.group]).profile in self._bases
        )


def _course(membership: Membership, told: ClassDetails) -> Course:
    return Course(
        group_name(membership), membership.title, told.description, told.answers, told.repository, told.branch
    )
