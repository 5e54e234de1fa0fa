"""Everybody of the place, for its administrators: looked for, and changed many at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from sardonyx_services.people.directory import Listed, Show
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Group
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.operation.overview import DAYS, by_person
from sardonyx_spawner.language import _

Act = Literal["instructor", "instructor-end", "organiser", "organiser-end", "remove", "readmit"]
"""What is done to people; so it is called where it is written down."""
AT_ONCE = 200
"""People on a page."""
LONGEST = 200


@dataclass(frozen=True)
class Page:
    """People of the list, and for how many seconds the servers of each ran of late, by id.

    Args:
        after: what comes after them; "" = nobody.
    """

    people: list[Listed]
    seconds: Mapping[str, int]
    after: str


class PeopleDesk:
    """Looks for people and changes them; only for administrators."""

    def __init__(self, people: PeopleStore) -> None:
        self._people = people

    def find(self, caller: Caller, show: str, text: str, after: str) -> Page:
        """Return people by name.

        Args:
            show: which; text: that is in a name or an address; after: as in `Page`. Each "" = no matter.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        those: Show = show if show in get_args(Show) else "all"  # type: ignore[assignment]  # as was looked
        found = self._people.directory.find(those, text.strip()[:LONGEST], after[:LONGEST], AT_ONCE + 1)
        uses = self._people.hours.since((datetime.now(UTC) - timedelta(days=DAYS)).date())
        shown = found[:AT_ONCE]
        return Page(shown, dict(by_person(uses)), shown[-1].place if len(found) > AT_ONCE else "")

    def named(self, caller: Caller, ids: Sequence[str]) -> dict[str, str]:
        """Return the names of people by their ids, also of those who were removed.

        Raises:
            RefusedError: the caller is no administrator, or somebody is not known.
        """
        need_administrator(caller)
        known = self._people.names.of(ids)
        if not ids or any(each not in known for each in ids):
            raise RefusedError(
                _("One of these people is not known here any more. Nothing was changed; load the page again.")
            )
        return {each: known[each] for each in ids}

    def left_alone(self, caller: Caller, ids: Sequence[str]) -> list[Group]:
        """Return the classes and events that nobody would lead without these people.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        return self._people.leading.by_them_alone(ids)

    def act(self, caller: Caller, act: str, ids: Sequence[str]) -> dict[str, str]:
        """Do something to people; return in words, by id, why it could not be done to some.

        Raises:
            RefusedError: the caller is no administrator, or somebody is not known, or nothing like that is done: then it is
                done to nobody.
        """
        people = self.named(caller, ids)
        if act not in get_args(Act):
            raise RefusedError(_("Choose what is to be done. Nothing was changed."))
        if act == "remove" and caller.id in people:
            raise RefusedError(_("You cannot remove yourself. Another administrator can."))
        faults = {}
        for person, name in people.items():
            try:
                self._do(act, person, name)
            except PeopleError as error:
                faults[person] = error.message
                continue
            self._people.actions.add(caller.id, act, whom=(person,))
        return faults

    def _do(self, act: str, person: str, name: str) -> None:
        people = self._people
        if act == "readmit":
            people.readmit(person)
            return
        if people.by_id(person) is None:
            raise PeopleError(_("“{name}” was removed already.").format(name=name))
        if act == "remove":
            people.remove(name)
        elif act.startswith("instructor"):
            people.set_instructor(name, is_instructor=act == "instructor")
        else:
            people.set_organiser(name, is_organiser=act == "organiser")
