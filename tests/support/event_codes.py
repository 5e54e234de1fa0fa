"""Codes of events as people type them at the hub, beside a browser; and what is left of each when it is good no more."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from support import web
from support.stack import Stack

from sardonyx_services.people.derived import EVENT_LINKS, SEATS, TEAM_LINKS, derived
from sardonyx_services.people.event_details import USUAL_SIGN_INS, EventDetails
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore

NO_ENTRY = "This code is not good, or its event is not on now."
XSRF = re.compile(r'name="_xsrf" value="([^"]+)"')


@dataclass(frozen=True)
class Codes:
    """The codes of a place's events."""

    place: Stack
    people: PeopleStore

    @property
    def _secret(self) -> bytes:
        return bytes.fromhex((self.place.data / "secrets" / "people-service").read_text().strip())

    def code(self, event: str, number: int, code_round: int = 1) -> str:
        """Return what stands on a card."""
        return SeatCodes(derived(self._secret, SEATS)).code(event, number, code_round)

    def proof(self, code: str) -> str:
        """Return what a card has beside its code, in its picture."""
        return SeatCodes(derived(self._secret, SEATS)).proof(code)

    def link_code(self, event: str, link_round: int) -> str:
        """Return what makes the link of an event."""
        return JoinLinks(derived(self._secret, EVENT_LINKS)).code(event, link_round)

    def team_code(self, team: str) -> str:
        """Return what makes the link by which what a team has is taken."""
        return JoinLinks(derived(self._secret, TEAM_LINKS)).code(team, 1)

    def event(self, title: str, begins: datetime, ends: datetime, accounts: int) -> str:
        """Make an event with accounts; return its id."""
        made = self.people.events.add(title, EventDetails(begins, ends, profile="python"))
        self.people.seats.add(made, accounts, lambda number: self._hash(made, number), most=accounts)
        return made

    def renew(self, event: str, number: int) -> None:
        """Give an account another code."""
        self.people.seats.renew(event, number, lambda code_round: self._hash(event, number, code_round))

    def expired(self) -> str:
        """Return a code of an event that is over."""
        now = datetime.now(UTC)
        return self.code(self.event("Yesterday", now - timedelta(days=2), now - timedelta(hours=1), 1), 1)

    def used_up(self, event: str, number: int) -> str:
        """Return a code with which somebody came in as often as they may."""
        for _time in range(USUAL_SIGN_INS):
            self.people.entries.by_code(self._hash(event, number), "")
        return self.code(event, number)

    def withdrawn(self, event: str, number: int) -> str:
        """Return a code in whose place there is another one."""
        self.renew(event, number)
        return self.code(event, number)

    def type_in(self, code: str) -> tuple[httpx.Client, httpx.Response]:
        """Type a code at the hub; return the browser, with all that it keeps then, and what it was told."""
        client = web.Client(timeout=30, follow_redirects=True)
        address = f"{self.place.url}/hub/code"
        answer = client.post(address, data={"code": code, "_xsrf": form_sign(client.get(address))})
        client.follow_redirects = False
        return client, answer

    def _hash(self, event: str, number: int, code_round: int = 1) -> str:
        return SeatCodes(derived(self._secret, SEATS)).hashed(self.code(event, number, code_round))


def form_sign(page: httpx.Response) -> str:
    """Return what the forms of a page have in them, by which it is known that they are ours."""
    found = XSRF.search(page.text)
    assert found is not None, page.text
    return found[1]
