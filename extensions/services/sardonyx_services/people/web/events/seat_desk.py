"""The accounts of an event: their cards, who has them, and the link into the next free one."""

from collections import Counter
from dataclasses import dataclass, replace

from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.seats import Seat, Team
from sardonyx_services.people.sign_in_links import new_link
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import NoEventError, NotOpenError, RefusedError
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.events.new_seats import Again, NewSeats, Wanted
from sardonyx_spawner.language import _


@dataclass(frozen=True)
class SeatSeen:
    """An account of an event, and who has it.

    Args:
        person: None = nobody yet.
        place: which of its team it is, from 1; of all, where there are no teams.
        places: how many there are of these.
        is_used_up: its code has let somebody in as often as it may.
    """

    seat: Seat
    team: Team | None
    person: PersonRecord | None
    place: int
    places: int
    is_used_up: bool = False

    @property
    def shown_name(self) -> str:
        """What people call who has it; "" = nobody has."""
        return (self.person.full_name or self.person.name) if self.person is not None else ""


@dataclass(frozen=True)
class Card:
    """What lets somebody in: a secret.

    Args:
        link: with the code in it.
    """

    of: SeatSeen
    code: str
    link: str


class SeatDesk:
    """The accounts of events; who may is asked of the desk.

    Args:
        links: that lead into the next free account.
        hub: address of the hub, as people open it, with a slash at its end.
    """

    def __init__(self, desk: EventDesk, people: PeopleStore, seats: NewSeats, links: JoinLinks, hub: str) -> None:
        self._desk, self._people, self._seats, self._links, self._hub = desk, people, seats, links, hub

    def seats(self, caller: Caller, event: str) -> list[SeatSeen]:
        """Return the accounts of an event, by number."""
        self._desk.seen(caller, event, Level.INSTRUCTOR)
        return self._all(event)

    def add_seats(self, caller: Caller, event: str, wanted: Wanted) -> None:
        """Make more accounts.

        Raises:
            RefusedError: the caller may not.
            PeopleError: these are too many, or it is over.
        """
        self._desk.seen(caller, event, Level.INSTRUCTOR)
        self._seats.check(wanted)
        self._seats.add(event, wanted)
        self._people.actions.add(caller.id, "seats", event, detail=str(wanted.count))

    def again(self, caller: Caller, event: str) -> Again:
        """Return what `double` would make."""
        self._desk.seen(caller, event, Level.INSTRUCTOR)
        return self._seats.again(event)

    def double(self, caller: Caller, event: str, there: int | None = None) -> int:
        """Make as many accounts as there are once more, in teams of the same sizes, as far as there may be; return how many.

        Args:
            there: so many are there, as far as the caller knows; None = they do not say.

        Raises:
            RefusedError: the caller may not.
            PeopleError: there is no room, or it is over, or there are others by now.
        """
        self._desk.seen(caller, event, Level.INSTRUCTOR)
        made = self._seats.double(event, there)
        self._people.actions.add(caller.id, "seats", event, detail=str(made))
        return made

    def code(self, caller: Caller, seat: Seat) -> str:
        """Return the code of an account, for its card; it is kept nowhere.

        Args:
            caller: an organiser of its event, or who has the account.

        Raises:
            RefusedError: they are neither.
        """
        if seat.person != caller.id:
            self._desk.seen(caller, seat.event, Level.INSTRUCTOR)
        return self._seats.codes.code(seat.event, seat.number, seat.code_round)

    def cards(self, caller: Caller, event: str, number: int = 0) -> list[Card]:
        """Return the cards of an event, by number.

        Args:
            number: of the only one that is wanted; 0 = all are.

        Raises:
            RefusedError: the caller may not, or there is no such account.
        """
        found = []
        seats = [each for each in self.seats(caller, event) if number in {0, each.seat.number}]
        if number and not seats:
            raise NoEventError
        self._people.actions.add(caller.id, "codes", event)
        for each in seats:
            code = self._seats.codes.code(event, each.seat.number, each.seat.code_round)
            found.append(Card(each, code, self.card_address(code)))
        return found

    def code_address(self, code: str) -> str:
        """Return where a code is typed in already; behind the "#" no server and no log sees it."""
        return f"{self._hub}code#{code}"

    def card_address(self, code: str) -> str:
        """Return the same for a card: with what proves that its code was not guessed, so that nobody waits for who guesses."""
        return self.code_address(f"{code}.{self._seats.codes.proof(code)}")

    @property
    def said_address(self) -> str:
        """Where a code is typed in, as people type that."""
        return self.code_address("").rstrip("#").partition("://")[2]

    def renew(self, caller: Caller, event: str, number: int) -> str:
        """Give an account another code, because its card was lost; return the id of whose sessions end by that, "" = nobody's.

        Raises:
            RefusedError: the caller may not.
            PeopleError: there is no such account, or the event is over.
        """
        self._desk.seen(caller, event, Level.INSTRUCTOR)

        def hash_of(code_round: int) -> str:
            return self._seats.hash_of(event, number, code_round)

        person = self._people.seats.renew(event, number, hash_of)
        self._people.actions.add(caller.id, "card", event, detail=str(number))
        return person

    def keep(self, caller: Caller, event: str, number: int) -> str:
        """Make a lasting account of one that somebody has; return the link with which they choose a password.

        Raises:
            RefusedError: the caller or the operator does not allow it.
            PeopleError: nobody has it, or it lasts already.
        """
        self._desk.seen(caller, event, Level.INSTRUCTOR)
        if not self._desk.rules.keep_accounts:
            raise NotOpenError(_("Accounts of events do not last here. Ask the people who run this place."))
        person = self._people.seats.keep(event, number)
        self._people.actions.add(caller.id, "keep", event, whom=(person,))
        return new_link(self._people, person, self._hub)

    def rename_team(self, caller: Caller, event: str, team: str, title: str) -> None:
        """Call a team otherwise.

        Raises:
            RefusedError: the caller may not.
            PeopleError: it is no name, or there is no such team.
        """
        self._desk.seen(caller, event, Level.INSTRUCTOR)
        self._people.seats.rename_team(event, team, title)
        self._people.actions.add(caller.id, "team-rename", event, detail=title)

    def rename(self, caller: Caller, event: str, name: str) -> None:
        """Call the caller otherwise, who has an account of an event: its people and organisers see it so.

        Raises:
            RefusedError: they have none, or the event is not on.
            PeopleError: it is no name.
        """
        seen = self._desk.seen(caller, event, Level.MEMBER)
        if not caller.is_temporary or self.own_seat(caller, event) is None:
            raise NoEventError
        if seen.state != "on":
            raise RefusedError(_("Names are changed while the event is on."))
        self._people.actions.add(caller.id, "own-name", event, detail=self._people.seats.rename(event, caller.id, name))

    def open_link(self, caller: Caller, event: str, *, sharing: bool, renew: bool = False) -> None:
        """Let people in by one link, or not any more; by another link than before, if wanted."""
        details = self._desk.seen(caller, event, Level.INSTRUCTOR).details
        changed = replace(details, sharing=sharing, link_round=details.link_round + renew)
        self._people.events.change(event, changed)
        what = "link-renew" if renew else "link-open" if sharing else "link-close"
        self._people.actions.add(caller.id, what, event)

    def link(self, caller: Caller, event: str) -> str:
        """Return the link that leads each into the next free account; "" = none does."""
        details = self._desk.seen(caller, event, Level.INSTRUCTOR).details
        return self.code_address(self._links.code(event, details.link_round)) if details.sharing else ""

    def own_seat(self, caller: Caller, event: str) -> SeatSeen | None:
        """Return the account that the caller has in an event; None = they came in otherwise."""
        return self.own_team(caller, event)[0]

    def own_team(self, caller: Caller, event: str) -> tuple[SeatSeen | None, list[SeatSeen]]:
        """Return the account that the caller has, as `own_seat` does, and who is in their team by now; [] = they are in none."""
        self._desk.seen(caller, event, Level.MEMBER)
        seats = self._all(event)
        own = next((each for each in seats if each.seat.person == caller.id), None)
        team = own.team.id if own is not None and own.team is not None else ""
        return own, [each for each in seats if team and each.seat.team == team and each.person is not None]

    def _all(self, event: str) -> list[SeatSeen]:
        seats = self._people.seats.of(event)
        most = min(self._people.events.details(event).sign_ins, self._desk.rules.most_sign_ins)
        teams = {team.id: team for team in self._people.seats.teams(event)}
        people = {person.id: person for person in self._people.everybody(event)}
        places, before = Counter(seat.team for seat in seats), Counter[str]()
        found = []
        for seat in seats:
            before[seat.team] += 1
            person = people.get(seat.person or "")
            of = teams.get(seat.team), person, before[seat.team], places[seat.team]
            found.append(SeatSeen(seat, *of, is_used_up=seat.sign_ins >= most))
        return found
