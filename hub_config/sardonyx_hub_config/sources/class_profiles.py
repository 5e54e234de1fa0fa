"""The profiles of somebody's classes and events, from what was said of these and within what the operator allows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import STAFF, Membership, group_name
from sardonyx_services.people.lessons import NONE, WeeklyHours
from sardonyx_services.people.lookup import looking_up
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.class_profile import NOBODY, Course, class_profile
from sardonyx_spawner.closing import Closing
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.ready_made.wishes import Expected
from sardonyx_spawner.material import material_of
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.quotas import Claim, Reserved

SOON, JUST_NOW = timedelta(minutes=10), timedelta(minutes=15)
"""People come so long before something begins, and after that."""
LEADS = ("assistant", "instructor", "organiser")
"""Who prepares a class or an event before it begins."""


@dataclass(frozen=True)
class Attended:
    """A class or an event that somebody is in, and the profile of its servers."""

    details: ClassDetails | EventDetails
    is_staff: bool
    profile: Profile
    hours: WeeklyHours = NONE

    def volumes(self, now: datetime) -> tuple[GroupVolume, ...]:
        """Return what its servers have of its files now: of a class until that has ended, of a team while the event is on."""
        is_there = isinstance(self.details, ClassDetails) or self.is_offered(now)
        return self.profile.volumes if is_there else ()

    def is_offered(self, now: datetime) -> bool:
        """Tell whether its servers are started now: for staff also before its first day, and outside of its lessons."""
        if self.is_staff:
            begins = self.details.begins
            return self.details.is_on(now) or (begins is not None and now < begins)
        return self.details.is_on(now) and (
            not isinstance(self.details, ClassDetails) or self.hours.is_open(self.details, now)
        )


class ClassProfiles:
    """The profiles of classes and events; the people are asked when something of them has changed.

    Args:
        bases: what classes and events can be made from, by slug.
        place: where the people are.
        clock: returns the moment that it is, with its time zone.
        mirrored: what addresses of repositories begin with of which the hub keeps a copy.
    """

    def __init__(
        self,
        bases: Mapping[str, Profile],
        place: Place,
        people: Callable[[], PeopleStore],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        mirrored: Sequence[str] = (),
    ) -> None:
        self._bases, self._place, self._people, self._clock = bases, place, people, clock
        self._mirrored = mirrored
        self._find: Callable[[str], tuple[Attended, ...]] | None = None

    def profiles_for(self, person: Person) -> Sequence[Profile]:
        """Return the profiles of what somebody is in, as long as it is on; the oldest first."""
        now = self._clock()
        return [each.profile for each in self._all_of(person.id) if each.is_offered(now)]

    def volumes_of(self, person: str, profile: str) -> tuple[GroupVolume, ...]:
        """Return what somebody's server has now of the files of a class or a team.

        Args:
            person: their id.
            profile: slug of what the server is.

        Raises:
            PeopleError: the people are away.
        """
        now = self._clock()
        return next((each.volumes(now) for each in self._all_of(person) if each.profile.slug == profile), ())

    def reserved(self) -> list[Reserved]:
        """Return what is kept for lessons that are on, or before which servers are started."""
        people, now, found = self._people(), self._clock(), []
        hours = {group: each for group, each in people.lessons.all().items() if each.ahead_min}
        titles = {each.id: each.title for each in people.groups.all("class") if each.ended is None and each.id in hours}
        for group, details in people.classes.of_many(list(titles)).items():
            hour = hours[group].next(details, now)
            if hour is None or hour.begins - hours[group].ahead > now or details.profile not in self._bases:
                continue
            plan = self._usual(Membership("class", group, "student", titles[group]), details)
            ends_at = hour.ends.timestamp()
            found.append(Reserved(plan.profile, self._students(group), replace(Claim.of(plan), ends_at=ends_at)))
        return found

    def expected(self) -> list[Expected]:
        """Return who will want a server soon: people of lessons and events that begin now."""
        people, now = self._people(), self._clock()
        hours = people.lessons.all()
        titles = {each.id: each.title for each in people.groups.all("class") if each.ended is None and each.id in hours}
        found = []
        for group, details in people.classes.of_many(list(titles)).items():
            hour = hours[group].next(details, now)
            if hour is not None and _begins(hour.begins, now) and details.profile in self._bases:
                plan = self._usual(Membership("class", group, "student", titles[group]), details)
                found.append(Expected(plan, self._students(group)))
        for event, of_it in people.events.going_on().items():
            if of_it.closed is None and _begins(of_it.begins, now) and of_it.profile in self._bases:
                plan = self._usual(Membership("event", event, "participant", ""), of_it)
                seats = people.seats.of(event)
                found.append(Expected(plan, len(seats), in_teams=sum(bool(seat.team) for seat in seats)))
        return found

    def copied(self) -> set[str]:
        """Return the addresses in classes and events that go on of which the hub keeps a copy."""
        people = self._people()
        ids = [each.id for each in people.groups.all("class") if each.ended is None]
        named = [each.repositories for each in people.classes.of_many(ids).values()]
        named += [each.repositories for each in people.events.going_on().values()]
        found = (each for materials in named for each in material_of(materials, self._mirrored))
        return {each.url for each in found if each.is_mirrored}

    def _all_of(self, person: str) -> tuple[Attended, ...]:
        if self._find is None:
            # Not before: the tables have to be there.
            self._people()
            self._find = looking_up(self._place, self._attended)
        return self._find(person)

    def _usual(self, membership: Membership, details: ClassDetails | EventDetails) -> ServerPlan:
        """Return what a server is of somebody who is there, as it is usually started."""
        profile = self._profile(membership, details)
        return plan_server(profile, Choice(profile.slug, {}), NOBODY)

    def _profile(self, membership: Membership, details: ClassDetails | EventDetails, team: str = "") -> Profile:
        return class_profile(self._bases[details.profile], _course(membership, details, team), self._mirrored)

    def _students(self, group: str) -> int:
        return sum(role not in STAFF for role in self._people().groups.members(group).values())

    def _attended(self, person: str) -> tuple[Attended, ...]:
        people = self._people()
        everything = people.groups.of(person)
        memberships = [each for each in everything if each.kind in {"class", "event"}]
        teams = {each.within: each.group for each in everything if each.kind == "team"}
        of = {kind: [each.group for each in memberships if each.kind == kind] for kind in ("class", "event")}
        details: dict[str, ClassDetails | EventDetails] = {
            **people.classes.of_many(of["class"]),
            **people.events.of_many(of["event"]),
        }
        hours = people.lessons.of_many(of["class"])
        return tuple(
            Attended(
                told,
                each.role in LEADS,
                self._profile(each, told, teams.get(each.group, "")),
                hours.get(each.group, NONE),
            )
            for each in memberships
            if (told := details[each.group]).profile in self._bases
        )


def _begins(moment: datetime, now: datetime) -> bool:
    return moment - SOON <= now < moment + JUST_NOW


def _course(membership: Membership, told: ClassDetails | EventDetails, team: str = "") -> Course:
    name, title = group_name(membership), membership.title
    if isinstance(told, ClassDetails):
        files = GroupVolume("class", membership.group, is_writable=membership.role in STAFF)
        said = (told.description, told.answers, told.repositories, (files,))
        return Course("class", name, title, *said, limits=told.limits, closing=_class_closing(told))
    of_team = (GroupVolume("team", team, is_writable=True),) if team else ()
    closing = Closing("event", told.ends, told.goes, told.zone, is_deleted=True)
    of_it = (told.place, told.answers, told.repositories, of_team)
    return Course("event", name, title, *of_it, told.ends.timestamp(), told.limits, closing)


def _class_closing(told: ClassDetails) -> Closing | None:
    if told.ends is None or told.closes is None:
        return None
    return Closing("class", told.ends, told.closes, told.zone, is_deleted=told.after_end == "delete")
