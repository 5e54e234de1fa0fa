"""Accounts with a password, which administrators make: their people choose it by a link."""

from collections.abc import Sequence

from sardonyx_services.people.records import LOCAL, PersonRecord
from sardonyx_services.people.sign_in_links import new_link
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import local_name
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.language import _


class AccountDesk:
    """Makes accounts and links; only for administrators.

    Args:
        hub: its address as people open it, with a slash at its end.
        has_passwords: people sign in with passwords here.
    """

    def __init__(self, people: PeopleStore, hub: str, *, has_passwords: bool) -> None:
        self._people, self._hub, self._has_passwords = people, hub, has_passwords

    def add(self, caller: Caller, name: str, *, is_instructor: bool) -> dict[str, str]:
        """Make an account; return the link with which its person chooses a password, by name.

        Raises:
            RefusedError: the caller is no administrator, or nobody signs in with a password here.
            NameRefusedError: nobody can be called so.
            PeopleError: somebody is called so.
        """
        self._check(caller)
        person = self._people.add_account(local_name(name), "")
        self._people.actions.add(caller.id, "account", whom=(person.id,))
        if is_instructor:
            self._people.set_instructor(person.name, is_instructor=True)
            self._people.actions.add(caller.id, "instructor", whom=(person.id,))
        return {person.name: self._link(person)}

    def links(self, caller: Caller, ids: Sequence[str]) -> dict[str, str]:
        """Return links by name with which people choose another password; until they do, theirs counts.

        Raises:
            RefusedError: the caller is no administrator, or one of them signs in with no password here.
        """
        self._check(caller)
        people = [self._people.by_id(each) for each in ids]
        there = [each for each in people if each is not None and each.provider == LOCAL]
        if not there or len(there) < len(ids):
            raise RefusedError(_("One of these people has no password here. Nothing was changed."))
        self._people.actions.add(caller.id, "password", whom=[each.id for each in there])
        return {each.name: self._link(each) for each in there}

    def _check(self, caller: Caller) -> None:
        need_administrator(caller)
        if not self._has_passwords:
            raise RefusedError(_("Nobody signs in with a password here."))

    def _link(self, person: PersonRecord) -> str:
        return new_link(self._people, person.id, self._hub)
