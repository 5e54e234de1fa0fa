"""What a roster would change in a class: decided before anything is changed, so that it can be shown."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Role
from sardonyx_services.people.roster import Entry, Fault, Roster
from sardonyx_spawner.language import _

Step = Literal["joins", "changes", "stays", "is new"]


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
        person: id; "" = there is no account yet.
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


def enrol(
    roster: Roster,
    people: Sequence[Known],
    members: Mapping[str, Role],
    usual: Role,
    new_name: Callable[[str], str] | None,
) -> Enrolment:
    """Decide what becomes of each line.

    Somebody is found by name, else by address. A role in the roster counts more than the usual one; without one in the
    roster, whoever is in the class already keeps theirs.

    Args:
        people: everybody here.
        members: who is in the class, by id.
        new_name: checks the name of a new account, and returns it as it is kept; None = accounts are not made here.
    """
    by_name = {person.name: person for person in people}
    by_mail: defaultdict[str, list[Known]] = defaultdict(list)
    for person in people:
        if person.mail:
            by_mail[person.mail.lower()].append(person)
    places, faults, taken = [], list(roster.faults), dict[str, int]()
    for entry in roster.entries:
        try:
            known = by_name.get(entry.name) if entry.name else _only(by_mail[entry.mail], entry.mail)
            place = _place(entry, known, members, usual, new_name)
        except PeopleError as error:
            faults.append(Fault(entry.line, error.message))
            continue
        before = taken.setdefault(place.name, entry.line)
        if before == entry.line:
            places.append(place)
        else:
            said = _("{name} stands in line {line} already.").format(name=place.name, line=before)
            faults.append(Fault(entry.line, said))
    return Enrolment(tuple(places), tuple(sorted(faults, key=lambda fault: fault.line)))


def _only(found: Sequence[Known], mail: str) -> Known | None:
    if len(found) > 1:
        raise PeopleError(
            _("More than one person here has the address {mail}: write the name instead.").format(mail=mail)
        )
    return found[0] if found else None


def _place(
    entry: Entry, person: Known | None, members: Mapping[str, Role], usual: Role, new_name: Callable[[str], str] | None
) -> Place:
    wanted: Role = entry.role or usual  # type: ignore[assignment]  # what `read_roster` returns
    if person is None:
        return Place(entry, "is new", "", _name_of_new(entry, new_name), wanted)
    has = members.get(person.id)
    if has is None:
        return Place(entry, "joins", person.id, person.name, wanted)
    if not entry.role or has == wanted:
        return Place(entry, "stays", person.id, person.name, has)
    return Place(entry, "changes", person.id, person.name, wanted)


def _name_of_new(entry: Entry, new_name: Callable[[str], str] | None) -> str:
    if not entry.name:
        raise PeopleError(
            _("Nobody here has the address {mail}. Write the name under which they sign in.").format(mail=entry.mail)
        )
    if new_name is None:
        raise PeopleError(_("{name} is not known here: they sign in once first.").format(name=entry.name))
    return new_name(entry.name)
