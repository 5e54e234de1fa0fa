"""Accounts with a password, which administrators make: their people choose it by a link."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sardonyx_services.people.enrolment import Place, account_name, enrol
from sardonyx_services.people.errors import InUseError, PeopleError
from sardonyx_services.people.records import LOCAL, PersonRecord
from sardonyx_services.people.roster import Fault, read_pasted
from sardonyx_services.people.sign_in_links import HAND_OUT_S, LIFE_S, new_link
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import local_name
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.language import _

MOST_AT_ONCE = 1_000
"""New accounts: their links are on one page."""


@dataclass(frozen=True)
class NewAccount:
    """An account that was made, and the link with which its person chooses a password: shown once.

    Args:
        person: its id.
        mail: as the list says it; "" = it does not.
    """

    person: str
    name: str
    mail: str
    link: str


@dataclass(frozen=True)
class Made:
    """What became of a list: the accounts, and what is wrong with lines of which none was made."""

    accounts: tuple[NewAccount, ...] = ()
    faults: tuple[Fault, ...] = ()


class AccountDesk:
    """Makes accounts and links; only for administrators.

    Args:
        hub: its address as people open it, with a slash at its end.
        has_passwords: people sign in with passwords here.
        administrators: names whose accounts are those of administrators: a list makes none of them.
    """

    def __init__(
        self, people: PeopleStore, hub: str, *, has_passwords: bool, administrators: Collection[str] = ()
    ) -> None:
        self._people, self._hub, self._has_passwords = people, hub, has_passwords
        self._administrators = administrators

    @property
    def address(self) -> str:
        """Where people sign in, as somebody types it."""
        parts = urlsplit(self._hub)
        return f"{parts.netloc}{parts.path.removesuffix('hub/').rstrip('/')}"

    def add(self, caller: Caller, name: str, *, is_instructor: bool) -> dict[str, str]:
        """Make an account; return the link with which its person chooses a password, by name.

        Raises:
            RefusedError: the caller is no administrator, or nobody signs in with a password here.
            NameRefusedError: nobody can be called so.
            PeopleError: somebody is called so.
        """
        self._check(caller)
        account = self._made(local_name(name), is_instructor=is_instructor)
        self._note(caller, [account], is_instructor=is_instructor)
        return {account.name: account.link}

    def add_list(self, caller: Caller, text: str, *, is_instructor: bool) -> Made:
        """Make an account for everybody in a list of names; what is wrong with other lines is said.

        Raises:
            RefusedError: as `make` does.
            PeopleError: it is no list.
        """
        self._check(caller)
        found = enrol(read_pasted(text), self._people.everybody(), {}, "student", self.new_name)
        taken = [Fault(place.entry.line, InUseError(place.name).message) for place in found.of("joins")]
        made = self.make(caller, found.new, is_instructor=is_instructor)
        faults = sorted((*found.faults, *taken, *made.faults), key=lambda fault: fault.line)
        return Made(made.accounts, tuple(faults))

    def make(self, caller: Caller, places: Sequence[Place], *, is_instructor: bool = False) -> Made:
        """Make an account for each line of a list whose name is new; nobody gets a link to an account that was there before.

        Raises:
            RefusedError: the caller is no administrator, nobody signs in with a password here, or these are too many.
        """
        self._check(caller)
        if len(places) > MOST_AT_ONCE:
            raise RefusedError(_("No more than 1,000 accounts are made at once. Nothing was changed; split the list."))
        made, faults = [], []
        for place in places:
            try:
                made.append(self._made(place.name, place.entry.mail, is_instructor=is_instructor))
            except PeopleError as error:
                # Somebody else has made it since it was looked.
                faults.append(Fault(place.entry.line, error.message))
        self._note(caller, made, is_instructor=is_instructor)
        return Made(tuple(made), tuple(faults))

    def waiting(self, caller: Caller) -> list[str]:
        """Return by what all those are invited into classes whom nobody here is called.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        return self._people.invitations.unknown()

    def new_name(self, name: str) -> str:
        """Check the name of a new account in a list, as `account_name` does."""
        return account_name(self._administrators, name)

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

    def unused(self, caller: Caller, class_id: str) -> list[str]:
        """Return the names of those in a class to whom `links_again` gives links; [] also for who is no administrator."""
        return [name for _person, name in self._unused(class_id)] if caller.is_admin and self._has_passwords else []

    def links_again(self, caller: Caller, class_id: str) -> tuple[NewAccount, ...]:
        """Return new links for all in a class who have chosen no password yet; those that they had are good no more.

        Whose account is in use already gets none, nor who is an administrator.

        Raises:
            RefusedError: the caller is no administrator, nobody signs in with a password here, or all have chosen theirs.
        """
        self._check(caller)
        found = self._unused(class_id)
        if not found:
            raise RefusedError(_("Everybody in this class who has an account with a password has chosen it."))
        self._people.actions.add(caller.id, "password", class_id, whom=[person for person, _name in found])
        links = ((person, name, new_link(self._people, person, self._hub, HAND_OUT_S)) for person, name in found)
        return tuple(NewAccount(person, name, "", link) for person, name, link in links)

    def _unused(self, class_id: str) -> list[tuple[str, str]]:
        found = self._people.directory.without_password(class_id)
        return [(person, name) for person, name in found if name not in self._administrators]

    def _check(self, caller: Caller) -> None:
        need_administrator(caller)
        if not self._has_passwords:
            raise RefusedError(_("Nobody signs in with a password here."))

    def _made(self, name: str, mail: str = "", *, is_instructor: bool) -> NewAccount:
        person = self._people.add_account(name, "")
        if is_instructor:
            self._people.set_instructor(person.name, is_instructor=True)
        return NewAccount(person.id, person.name, mail, self._link(person, HAND_OUT_S))

    def _note(self, caller: Caller, accounts: Sequence[NewAccount], *, is_instructor: bool) -> None:
        for what in ("account", "instructor") if is_instructor else ("account",):
            self._people.actions.add(caller.id, what, whom=[each.person for each in accounts])

    def _link(self, person: PersonRecord, life_s: float = LIFE_S) -> str:
        return new_link(self._people, person.id, self._hub, life_s)
