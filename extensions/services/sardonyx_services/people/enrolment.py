"""What a roster would change in a class: decided before anything is changed, so that it can be shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Role
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.roster import Entry, Fault, Roster
from sardonyx_services.people.usernames import invited_name, local_name
from sardonyx_spawner.language import SaidError, _

Step = Literal["joins", "changes", "stays", "is new", "invited", "waits"]
Newcomers = Literal["accounts", "invited", "unknown"]
"""What becomes of somebody in a list who is not known here: an account with a password is made for them, they sign in
with a provider and are invited until then, or neither."""


class Known(Protocol):
    """Somebody who is known here."""

    @property
    def id(self) -> str:
        """Their immutable id."""

    @property
    def name(self) -> str:
        """Under which they sign in."""

    @property
    def mail(self) -> str:
        """Their address, "" = not known."""


@dataclass(frozen=True)
class Place:
    """What becomes of one line.

    Args:
        step: they join, get another role, or are in the class already; they get an account; they are invited, or have
            been and have not come.
        person: id; "" = nobody is known here by that name.
        name: under which they sign in, or will.
        role: what they will be in the class.
    """

    entry: Entry
    step: Step
    person: str
    name: str
    role: Role


@dataclass(frozen=True)
class Enrolment:
    """All lines that can be used, in their order, and what is wrong with the others."""

    places: tuple[Place, ...]
    faults: tuple[Fault, ...]

    def of(self, *steps: Step) -> list[Place]:
        """Return the lines of which something becomes."""
        return [place for place in self.places if place.step in steps]

    @property
    def new(self) -> list[Place]:
        """The lines whose people get an account."""
        return self.of("is new")


def enrol(
    roster: Roster,
    people: Sequence[Known],
    members: Mapping[str, Role],
    usual: Role,
    new_name: Callable[[str], str] | None,
    *,
    invited: Mapping[str, Invitation] | None = None,
    invited_as: Callable[[str], str] = invited_name,
) -> Enrolment:
    """Decide what becomes of each line.

    Somebody is found by name alone: an address is what a provider tells of them, and some let people write any there.
    Where both are known and differ, it is not the one who is meant. A role in the roster counts more than the usual
    one; without one in the roster, whoever is in the class already keeps theirs.

    Args:
        people: everybody here.
        members: who is in the class, by id.
        new_name: checks the name of a new account, and returns it as it is kept; None = accounts are not made here.
        invited: who is invited into the class, by name; None = nobody can be.
        invited_as: checks by what somebody is invited, and returns it as it is kept.
    """
    by_name = {person.name: person for person in people}
    places, faults = [], list(roster.faults)
    for entry in roster.entries:
        try:
            known = by_name.get(entry.name)
            place = (
                _place(entry, known, members, usual)
                if known
                else _newcomer(entry, usual, new_name, invited, invited_as)
            )
            places.append(place)
        except SaidError as error:
            faults.append(Fault(entry.line, error.message))
    return Enrolment(tuple(places), tuple(sorted(faults, key=lambda fault: fault.line)))


def account_name(administrators: Collection[str], name: str) -> str:
    """Check the name of a new account in a list, and return it as it is kept.

    Args:
        administrators: names whose accounts are those of administrators.

    Raises:
        PeopleError: nobody can have it, or whoever has it is an administrator: a list makes none.
    """
    if "@" in name:
        said = _(
            "“{name}” is a mail address. Write the name with which they are to sign in before it, such as: amina, {name}"
        )
        raise PeopleError(said.format(name=name))
    try:
        found = local_name(name)
    except SaidError as error:
        raise PeopleError(error.message) from error
    if found in administrators:
        said = _("{name} would be an administrator. Make this account with: sardonyx user add {name}")
        raise PeopleError(said.format(name=found))
    return found


def _newcomer(
    entry: Entry,
    usual: Role,
    new_name: Callable[[str], str] | None,
    invited: Mapping[str, Invitation] | None,
    invited_as: Callable[[str], str],
) -> Place:
    wanted: Role = entry.role or usual  # type: ignore[assignment]  # what `read_roster` returns
    if new_name is not None:
        name = new_name(entry.name)
        expected = (invited or {}).get(name)
        return Place(entry, "is new", "", name, expected.role if expected and not entry.role else wanted)
    if invited is None:
        raise PeopleError(_("{name} is not known here: they sign in once first.").format(name=entry.name))
    who = invited_as(entry.name)
    before = invited.get(who)
    if before is None:
        return Place(entry, "invited", "", who, wanted)
    role = wanted if entry.role else before.role
    is_same = role == before.role and entry.mail in {"", before.mail}
    return Place(entry, "waits" if is_same else "invited", "", who, role)


def _place(entry: Entry, person: Known, members: Mapping[str, Role], usual: Role) -> Place:
    wanted: Role = entry.role or usual  # type: ignore[assignment]  # what `read_roster` returns
    if entry.mail and person.mail and entry.mail != person.mail.lower():
        said = _("{name} has another address here: is it somebody else? Without the address the name counts.")
        raise PeopleError(said.format(name=entry.name))
    has = members.get(person.id)
    if has is None:
        return Place(entry, "joins", person.id, person.name, wanted)
    if not entry.role or has == wanted:
        return Place(entry, "stays", person.id, person.name, has)
    return Place(entry, "changes", person.id, person.name, wanted)
