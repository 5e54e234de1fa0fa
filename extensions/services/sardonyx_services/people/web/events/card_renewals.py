"""New cards for lost ones: whoever came in with the one of before is out at once, and the organiser is told if not."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import AwayError
from sardonyx_services.people.web.events.seat_desk import SeatDesk
from sardonyx_services.people.web.hub import Hub
from sardonyx_services.people.web.sign_in import SignIn
from sardonyx_spawner.language import _, ngettext


@dataclass(frozen=True)
class SignedOut:
    """What became of those who came in with a card.

    Args:
        is_done: they are out, of their servers too; False = the hub does not answer, and does that when it is back.
        stopped: so many of their servers did not answer, and were stopped.
    """

    is_done: bool = True
    stopped: int = 0

    @property
    def said(self) -> str:
        """What the organiser has to know of it; "" = nothing."""
        if not self.is_done:
            return _("The hub does not answer now. Whoever came in with that card is signed out when it is back.")
        if not self.stopped:
            return ""
        return ngettext(
            "Their server did not answer, and was stopped.",
            "{count} of their servers did not answer, and were stopped.",
            self.stopped,
        ).format(count=self.stopped)


class CardRenewals:
    """Replaces cards.

    Args:
        sign_in: to this service, which remembers for seconds whom the hub knows.
    """

    def __init__(self, seats: SeatDesk, people: PeopleStore, hub: Hub, sign_in: SignIn) -> None:
        self._seats, self._people, self._hub, self._sign_in = seats, people, hub, sign_in

    async def renew(self, caller: Caller, event: str, number: int, *, stop: bool = False) -> SignedOut:
        """Give an account another code, and sign out whoever came in with that of before.

        Args:
            stop: its servers are stopped, too.

        Raises:
            RefusedError: the caller may not.
            PeopleError: there is no such account, or the event is over.
        """
        seat = await run_in_threadpool(self._seats.renew, caller, event, number)
        person = await run_in_threadpool(self._people.by_id, seat) if seat else None
        if person is None:
            # Nobody has come in with it.
            return SignedOut()
        try:
            stopped = await self._hub.end_sessions(person.name)
            if stop:
                await self._stop(person.name)
            return SignedOut(stopped=stopped)
        except AwayError:
            return SignedOut(is_done=False)
        finally:
            self._sign_in.forget()

    async def _stop(self, name: str) -> None:
        why = _("The card of this account was replaced, and its servers were stopped.")
        for server in await self._hub.servers():
            if server.name == name and server.is_on:
                await self._hub.stop(name, why, server.server)
