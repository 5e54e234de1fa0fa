"""Who comes into a class by a list or by name, also before they have ever signed in: who may let them is looked at here."""

from sardonyx_services.people.enrolment import Enrolment, enrol
from sardonyx_services.people.groups import Role
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.leading import is_left_alone
from sardonyx_services.people.roster import read_roster
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError, invited_name
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.language import _


class Enrolling:
    """Lets people into classes; for several threads at once.

    Args:
        invites: people sign in with a provider, which makes them known here: until then they are invited. Accounts are
            the operator's to make.
    """

    def __init__(self, desk: Desk, people: PeopleStore, *, invites: bool) -> None:
        self._desk, self._people, self.invites = desk, people, invites

    def look(self, caller: Caller, class_id: str, data: bytes) -> Enrolment:
        """Return what a roster would change, and change nothing.

        Raises:
            RefusedError: the caller may not.
            PeopleError: it is no roster.
        """
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        members = self._people.groups.members(class_id)
        invited = {each.who: each for each in self._people.invitations.of(class_id)} if self.invites else None
        return enrol(read_roster(data), self._people.everybody(), members, "student", None, invited=invited)

    def bring_in(self, caller: Caller, class_id: str, data: bytes) -> Enrolment:
        """Let everybody in a roster join who can, and invite the others; return what became of each line.

        Raises:
            RefusedError: the caller may not.
            PeopleError: it is no roster.
        """
        found = self.look(caller, class_id, data)
        places, invited = found.of("joins", "changes"), found.of("invited")
        with self._desk.turn:
            roles = self._people.groups.members(class_id)
            if is_left_alone(roles, {place.person: place.role for place in places}):
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
        return found

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
        who = _checked(name)
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
            raise RefusedError(
                _("Nobody signs in with a provider here, so nobody can be invited before they are known.")
            )
        who = _checked(invitation.who)
        if self._people.by_name(who) is not None:
            raise RefusedError(_("{name} is known here already: put them into the class.").format(name=who))
        mail = _checked(invitation.mail) if invitation.mail else ""
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


def _checked(name: str) -> str:
    try:
        return invited_name(name)
    except NameRefusedError as error:
        raise RefusedError(error.message) from error
