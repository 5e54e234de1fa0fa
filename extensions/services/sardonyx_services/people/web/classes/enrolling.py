"""Who comes into a class by a list or by name, also before they have ever signed in: who may let them is looked at here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sardonyx_services.people.enrolment import Enrolment, Newcomers, enrol
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Role
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.leading import is_left_alone
from sardonyx_services.people.roster import Entry, Fault, Roster, read_pasted, read_roster
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import invited_name
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.seat import Caller, Level, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.operation.account_desk import AccountDesk, NewAccount
from sardonyx_spawner.language import SaidError, _


@dataclass(frozen=True)
class BroughtIn:
    """What became of each line of a list, and the accounts that were made for it, with their links."""

    found: Enrolment
    accounts: tuple[NewAccount, ...] = ()


class Enrolling:
    """Lets people into classes; for several threads at once.

    Who is not known here is invited until they are: until their first sign-in with a provider, or until an administrator
    makes an account for them. A list that an administrator brings in makes it at once.

    Args:
        accounts: makes accounts, for administrators alone.
        newcomers: what becomes of who is not known here.
    """

    def __init__(self, desk: Desk, people: PeopleStore, accounts: AccountDesk, newcomers: Newcomers) -> None:
        self._desk, self._people, self._accounts = desk, people, accounts
        self._newcomers = newcomers
        self.invites = newcomers != "unknown"
        # Who is to get an account here has a name: an address would never let them in.
        self._who = accounts.new_name if newcomers == "accounts" else invited_name

    def makes_accounts(self, caller: Caller) -> bool:
        """Tell whether somebody's list makes accounts for who has none."""
        return self._newcomers == "accounts" and caller.is_admin

    def look(self, caller: Caller, class_id: str, data: bytes | str) -> Enrolment:
        """Return what a roster would change, and change nothing.

        Args:
            data: the file, or what somebody has typed or pasted.

        Raises:
            RefusedError: the caller may not.
            PeopleError: it is no roster.
        """
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        roster = read_pasted(data) if isinstance(data, str) else read_roster(data)
        return self._look(caller, class_id, roster)

    def bring_in(self, caller: Caller, class_id: str, data: bytes | str) -> BroughtIn:
        """Let everybody in a roster join who can; the others are invited, or get an account; return what became of each line.

        Raises:
            RefusedError: the caller may not, or too many would get an account.
            PeopleError: it is no roster.
        """
        return self._carry_out(caller, class_id, self.look(caller, class_id, data))

    def make_accounts(self, caller: Caller, class_id: str) -> BroughtIn:
        """Make an account for everybody who is invited into a class and has none, which lets them in.

        Raises:
            RefusedError: the caller may not, or too many would get one.
        """
        if not self.makes_accounts(caller):
            raise RefusedError(_("This is for administrators of this place. Ask one of them."))
        waiting = enumerate(self.invited(caller, class_id), 1)
        roster = Roster(tuple(Entry(line, each.who, each.mail, each.role) for line, each in waiting), ())
        return self._carry_out(caller, class_id, self._look(caller, class_id, roster))

    def unused(self, caller: Caller, class_id: str) -> list[str]:
        """Return who in a class has chosen no password yet, by name, for who may give them links again; [] for all others."""
        self._desk.seen(caller, class_id, Level.STAFF)
        return self._accounts.unused(caller, class_id)

    def links_again(self, caller: Caller, class_id: str) -> tuple[NewAccount, ...]:
        """Return new links for all in a class who have chosen no password yet.

        Raises:
            RefusedError: as `AccountDesk.links_again` does, or there is no such class.
        """
        need_administrator(caller)
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        return self._accounts.links_again(caller, class_id)

    def _look(self, caller: Caller, class_id: str, roster: Roster) -> Enrolment:
        members = self._people.groups.members(class_id)
        invited = {each.who: each for each in self._people.invitations.of(class_id)} if self.invites else None
        new_name = self._accounts.new_name if self.makes_accounts(caller) else None
        everybody = self._people.everybody()
        return enrol(roster, everybody, members, "student", new_name, invited=invited, invited_as=self._who)

    def _carry_out(self, caller: Caller, class_id: str, found: Enrolment) -> BroughtIn:
        places, invited = found.of("joins", "changes"), found.of("invited")
        with self._desk.turn:
            roles = self._people.groups.members(class_id)
            new = {place.name: place.role for place in found.new}
            if is_left_alone(roles, {place.person: place.role for place in places} | new):
                raise RefusedError(_("No instructor would be left. Nothing was changed."))
            self._people.invitations.invite(
                class_id, [Invitation(place.name, place.role, place.entry.mail) for place in invited]
            )
            for place in places:
                self._people.groups.join(class_id, place.person, place.role)
        if places:
            self._people.actions.add(caller.id, "import", class_id, whom=[place.person for place in places])
        if invited:
            # Who they are is in the list of those who are invited for as long as they are: what is written down here stays.
            self._people.actions.add(caller.id, "invite", class_id, detail=str(len(invited)))
        return self._make_accounts(caller, class_id, found) if found.new else BroughtIn(found)

    def _make_accounts(self, caller: Caller, class_id: str, found: Enrolment) -> BroughtIn:
        new = found.new
        made, roles, faults = self._accounts.make(caller, new), {place.name: place for place in new}, []
        for account in made.accounts:
            place = roles[account.name]
            try:
                self._people.groups.join(class_id, account.person, place.role)
            except PeopleError as error:
                # It has ended meanwhile; the account is there, and its link is shown.
                faults.append(Fault(place.entry.line, error.message))
        self._people.actions.add(caller.id, "import", class_id, whom=[each.person for each in made.accounts])
        faults = sorted((*found.faults, *made.faults, *faults), key=lambda fault: fault.line)
        failed = {fault.line for fault in faults}
        stay = tuple(place for place in found.places if place.entry.line not in failed)
        return BroughtIn(replace(found, places=stay, faults=tuple(faults)), made.accounts)

    def invited(self, caller: Caller, class_id: str) -> list[Invitation]:
        """Return who is invited into a class and has not come yet, by name.

        Raises:
            RefusedError: the caller may not.
        """
        self._desk.seen(caller, class_id, Level.STAFF)
        return self._people.invitations.of(class_id)

    def put(self, caller: Caller, class_id: str, name: str, role: Role) -> None:
        """Let somebody be something in a class; who is not known here yet is invited, where people can be.

        Raises:
            RefusedError: as `Desk.set_role` and `invite` do.
            PeopleError: it is no role.
        """
        if not self.invites or self._people.by_name(name) is not None:
            self._desk.set_role(caller, class_id, name, role)
            return
        who = _checked(self._who, name)
        if self._people.by_name(who) is not None:
            self._desk.set_role(caller, class_id, who, role)
        else:
            self.invite(caller, class_id, Invitation(who, role))

    def invite(self, caller: Caller, class_id: str, invitation: Invitation) -> None:
        """Invite somebody into a class; who is invited already has the new role.

        Raises:
            RefusedError: the caller may not, it is no name, they are known here already, or nobody can be invited.
            PeopleError: it is no role.
        """
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        if not self.invites:
            raise RefusedError(_("Nobody can be invited here before they have signed in once."))
        who = _checked(self._who, invitation.who)
        if self._people.by_name(who) is not None:
            raise RefusedError(_("{name} is known here already: put them into the class.").format(name=who))
        mail = _checked(invited_name, invitation.mail) if invitation.mail else ""
        self._people.invitations.invite(class_id, [Invitation(who, invitation.role, mail)])
        self._people.actions.add(caller.id, "invite", class_id, detail="1")

    def withdraw(self, caller: Caller, class_id: str, who: str) -> None:
        """Invite somebody no more; nothing happens if they were not, or have come.

        Raises:
            RefusedError: the caller may not.
        """
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        if self._people.invitations.withdraw(class_id, who):
            self._people.actions.add(caller.id, "uninvite", class_id)


def _checked(check: Callable[[str], str], name: str) -> str:
    try:
        return check(name)
    except SaidError as error:
        raise RefusedError(error.message) from error
