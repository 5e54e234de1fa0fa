"""Everything that is done with a class, but for its servers: who may is looked at here, and it is written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

from sardonyx_services.people.actions import Action, Asked
from sardonyx_services.people.class_checks import checked_title
from sardonyx_services.people.class_copy import copy_hours
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Group, Role
from sardonyx_services.people.join_link import JoinLinks, group_of
from sardonyx_services.people.leading import is_left_alone
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.checks import checked_class
from sardonyx_services.people.web.classes.seat import NO_CLASSES, Caller, Level, level_of, need, need_to_make
from sardonyx_services.people.web.errors import NoLinkError, NotThereError, RefusedError
from sardonyx_services.people.web.members import Member
from sardonyx_spawner.class_profile import repositories_of
from sardonyx_spawner.language import SaidError, _
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import Repository


@dataclass(frozen=True)
class Seen:
    """A class, as somebody meets it.

    Args:
        role: what they are in it; None = nothing, and they are an administrator.
        is_over: it was ended, or its last day is past.
    """

    group: Group
    details: ClassDetails
    role: Role | None
    level: Level
    is_over: bool

    @property
    def is_staff(self) -> bool:
        """Whether they may look after it."""
        return self.level >= Level.STAFF

    @property
    def is_instructor(self) -> bool:
        """Whether they may change it."""
        return self.level >= Level.INSTRUCTOR


class Desk:
    """The classes of this place, for one caller after the other; for several threads at once.

    Args:
        profiles: what classes can be made from.
        usual: what a new class is, if nothing is said of it.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        links: JoinLinks,
        profiles: Sequence[Profile],
        usual: ClassDetails = ClassDetails(after_end="delete"),  # noqa: B008 - frozen
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._links, self.usual, self._clock = people, links, usual, clock
        self._bases = {profile.slug: profile for profile in profiles}
        # From looking who is left to changing it: of the last two instructors only one goes at a time.
        self.turn = Lock()

    def seen(self, caller: Caller, class_id: str, level: Level) -> Seen:
        """Return a class, for something that needs a level.

        Raises:
            RefusedError: there is none for the caller, or they are less than that in it.
        """
        role = self._people.groups.role(class_id, caller.id)
        found = level_of(caller, role)
        need(level, found)
        try:
            group = self._people.groups.get("class", class_id)
        except PeopleError as error:
            raise NotThereError from error
        return self._seen(group, self._people.classes.details(class_id), role, found)

    def mine(self, caller: Caller) -> list[Seen]:
        """Return the classes that somebody is in, the latest first; for administrators, all."""
        roles = self._people.groups.roles_of(caller.id)
        groups = [group for group in self._people.groups.all("class") if caller.is_admin or group.id in roles]
        details = self._people.classes.of_many([group.id for group in groups])
        return [
            self._seen(group, details[group.id], role := roles.get(group.id), level_of(caller, role))
            for group in reversed(groups)
        ]

    def make(
        self,
        caller: Caller,
        title: str,
        details: ClassDetails,
        *,
        is_exam: bool = False,
        unread: Sequence[SaidError] = (),
    ) -> str:
        """Make a class, with the caller as its instructor; return its id.

        Args:
            is_exam: keys that reach it live for the shortest time that there is.
            unread: what of it could not be read: it is said with all else that is wrong.

        Raises:
            RefusedError: they may not.
            SaidError: it cannot be so; all of what is wrong.
        """
        need_to_make(caller, NO_CLASSES, may=caller.may_make)
        details = replace(self._checked(ClassDetails(), title, details, unread), changed=0)
        title = checked_title(title)
        made = self._people.groups.add("class", title, is_exam=is_exam)
        self._people.classes.change(made, details)
        self._people.groups.join(made, caller.id, "instructor")
        self._people.actions.add(caller.id, "make", made, detail=title)
        return made

    def copy(
        self, caller: Caller, class_id: str, title: str, details: ClassDetails, *, unread: Sequence[SaidError] = ()
    ) -> str:
        """Make a class after another one, with the caller as its instructor; return its id.

        Args:
            details: what it is to be; see `as_new`. `unread` is as `make` has it.

        Raises:
            RefusedError: they do not lead the other one, or may make none.
            PeopleError: it cannot be so.
        """
        before = self.seen(caller, class_id, Level.INSTRUCTOR)
        made = self.make(caller, title, details, is_exam=before.group.is_exam, unread=unread)
        copy_hours(self._people, class_id, made)
        return made

    def change(
        self, caller: Caller, class_id: str, title: str, details: ClassDetails, *, unread: Sequence[SaidError] = ()
    ) -> None:
        """Change a class; `unread` is as `make` has it.

        Raises:
            RefusedError: the caller may not.
            SaidError: it cannot be so, all of what is wrong; or it was changed meanwhile.
        """
        seen = self.seen(caller, class_id, Level.INSTRUCTOR)
        before = seen.details
        kept = replace(
            self._checked(before, title or seen.group.title, details, unread),
            joining=before.joining,
            join_round=before.join_round,
        )
        self._people.classes.change(class_id, kept, title=title)
        self._people.actions.add(caller.id, "change", class_id, detail=title)

    def members(self, caller: Caller, class_id: str) -> list[Member]:
        """Return who is in a class, by name."""
        self.seen(caller, class_id, Level.STAFF)
        return self.everybody_in(class_id)

    def everybody_in(self, class_id: str) -> list[Member]:
        """Return who is in a class, by name, whoever asks."""
        roles = self._people.groups.members(class_id)
        return [Member(person, roles[person.id]) for person in self._people.everybody(class_id) if person.id in roles]

    def material(self, seen: Seen) -> tuple[Repository, ...]:
        """Return what servers of a class bring: repositories of its own, then of its profile."""
        return repositories_of(seen.details.repositories, self._bases.get(seen.details.profile))

    def is_for_working_together(self, seen: Seen) -> bool:
        """Tell whether people can be let into servers of a class."""
        base = self._bases.get(seen.details.profile)
        return base is not None and base.collaboration

    def set_role(self, caller: Caller, class_id: str, name: str, role: Role) -> None:
        """Let somebody be something in a class, in which they may be already.

        Raises:
            RefusedError: the caller may not, there is nobody of that name, or no instructor would be left.
        """
        self.seen(caller, class_id, Level.INSTRUCTOR)
        person = self.person(name)
        with self.turn:
            if role != "instructor":
                self._keep_an_instructor(class_id, person, role)
            self._people.groups.join(class_id, person.id, role)
        self._people.actions.add(caller.id, "role", class_id, whom=(person.id,), detail=role)

    def remove(self, caller: Caller, class_id: str, name: str) -> None:
        """Take somebody out of a class, or leave it; what they handed in is kept.

        Raises:
            RefusedError: the caller may not, they are not in it, or no instructor would be left.
        """
        self.seen(caller, class_id, Level.MEMBER if name == caller.name else Level.INSTRUCTOR)
        person = self.person(name)
        with self.turn:
            self._keep_an_instructor(class_id, person, None)
            self._people.groups.leave(class_id, person.id)
        self._people.actions.add(caller.id, "leave", class_id, whom=(person.id,))

    def join_code(self, caller: Caller, class_id: str) -> str:
        """Return what makes the link by which people join; "" = nobody joins by one."""
        details = self.seen(caller, class_id, Level.STAFF).details
        return self._links.code(class_id, details.join_round) if details.joining else ""

    def open_link(self, caller: Caller, class_id: str, *, joining: bool, renew: bool = False) -> None:
        """Let people join by a link, or not any more; with another link than before, if wanted."""
        details = self.seen(caller, class_id, Level.INSTRUCTOR).details
        changed = replace(details, joining=joining, join_round=details.join_round + renew)
        self._people.classes.change(class_id, changed)
        what = "link-renew" if renew else "link-open" if joining else "link-close"
        self._people.actions.add(caller.id, what, class_id)

    def invited(self, caller: Caller, code: str) -> Seen:
        """Return the class into which a link leads.

        Raises:
            RefusedError: into none, or not any more: the answer is the same.
        """
        class_id = group_of(code)
        try:
            group = self._people.groups.get("class", class_id)
        except PeopleError as error:
            raise NoLinkError from error
        details = self._people.classes.details(class_id)
        role = self._people.groups.role(class_id, caller.id)
        seen = self._seen(group, details, role, level_of(caller, role))
        if not self._links.is_of(code, class_id, details.join_round) or not details.joining or seen.is_over:
            raise NoLinkError
        return seen

    def join(self, caller: Caller, code: str) -> str:
        """Join a class by its link, as a student; who is in it already stays what they are. Return its id.

        Raises:
            RefusedError: the link leads nowhere.
        """
        seen = self.invited(caller, code)
        if seen.role is None:
            self._people.groups.join(seen.group.id, caller.id, "student")
            self._people.actions.add(caller.id, "join", seen.group.id, whom=(caller.id,))
        return seen.group.id

    def collected(self, caller: Caller, class_id: str) -> None:
        """Write down that somebody has collected what was handed in."""
        self._people.actions.add(caller.id, "collect", class_id)

    def actions(self, caller: Caller, class_id: str, asked: Asked) -> list[Action]:
        """Return what was done in a class, the latest first."""
        self.seen(caller, class_id, Level.STAFF)
        return self._people.actions.of(class_id, asked)

    def _checked(
        self, before: ClassDetails, title: str, details: ClassDetails, unread: Sequence[SaidError]
    ) -> ClassDetails:
        return checked_class(self._bases, before, title, details, unread=unread, now=self._clock())

    def _seen(self, group: Group, details: ClassDetails, role: Role | None, level: Level) -> Seen:
        is_over = group.ended is not None or details.is_past(self._clock())
        return Seen(group, details, role, level, is_over)

    def person(self, name: str) -> PersonRecord:
        """Return somebody who is to have a seat in a class.

        Raises:
            RefusedError: there is nobody of that name.
        """
        person = self._people.by_name(name)
        if person is None:
            raise RefusedError(
                _("There is nobody called “{name}” here. People sign in once before they can be in a class.").format(
                    name=name[:80]
                )
            )
        return person

    def _keep_an_instructor(self, class_id: str, person: PersonRecord, role: Role | None) -> None:
        if is_left_alone(self._people.groups.members(class_id), {person.id: role}):
            raise RefusedError(
                _("{name} is the only instructor of this class. Make somebody else one first.").format(name=person.name)
            )
