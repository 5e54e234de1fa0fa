"""The way in with the code on a card, or the link, of an event: slower and slower for who guesses."""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sardonyx_hub_config.sign_in.local import SignInRefusedError, say_wait
from sardonyx_hub_config.sign_in.throttle import FORGIVEN, FREE_PER_ADDRESS, Throttle
from sardonyx_services.people.derived import EVENT_LINKS, SEATS, derived
from sardonyx_services.people.entries import Entry, FullError, NoEntryError
from sardonyx_services.people.event_details import MOST_SIGN_INS
from sardonyx_services.people.join_link import SIGNS as LINK_SIGNS
from sardonyx_services.people.join_link import JoinLinks, group_of
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import _

LONGEST_WAIT_S = 60.0
"""A whole event is behind one address: somebody who plays there keeps nobody out for long. A guess a minute finds nothing."""
NETWORK_BITS = 64
"""Of an IPv6 address: whoever has one has all with the same ones."""


@dataclass
class Door:
    """Lets people into events.

    Failures count for an address, and not for a code: a code that is guessed is another one each time.

    Args:
        secret: of this place, from which codes and links are made.
        most_sign_ins: no code lets anybody in more often, whatever its event says.
    """

    people: PeopleStore
    secret: bytes
    clock: Callable[[], float] = time.monotonic
    most_sign_ins: int = MOST_SIGN_INS
    by_address: Throttle = field(default_factory=lambda: Throttle(FREE_PER_ADDRESS, LONGEST_WAIT_S))

    def __post_init__(self) -> None:
        """Know codes and links again."""
        self._codes = SeatCodes(derived(self.secret, SEATS))
        self._links = JoinLinks(derived(self.secret, EVENT_LINKS))

    @property
    def is_open(self) -> bool:
        """Whether a code could be good now."""
        return self.people.entries.is_any_on()

    def enter(self, code: str, shown_name: str, address: str, proof: str = "") -> Entry:
        """Let somebody in.

        Who has the link, or the picture on a card, has what nobody guesses: they do not wait for who guesses beside them.

        Args:
            code: of a card, or of a link, as it was typed.
            shown_name: how others see them; "" = nothing is said.
            proof: what the picture on a card has beside its code; "" = that was typed.

        Raises:
            SignInRefusedError: it is not good, or it was tried too often.
        """
        code, network = code.strip(), network_of(address)
        link_round = self._link_round(code)
        is_guessable = not link_round and not self._codes.is_proven(code, proof)
        if is_guessable and (wait := self.by_address.wait_s(network, self.clock())) > 0:
            raise SignInRefusedError(
                _("Too many tries. Wait {duration}, then try again.").format(duration=say_wait(wait)), wait
            )
        try:
            entry = self._entry(code, link_round, shown_name)
        except FullError as error:
            raise SignInRefusedError(error.message) from error
        except NoEntryError as error:
            if is_guessable:
                self.by_address.failed(network, self.clock())
            raise SignInRefusedError(error.message) from error
        self.by_address.forgive(network, FORGIVEN)
        return entry

    def _link_round(self, code: str) -> int:
        """Return of which round a link is that lets people in now; 0 = it is none."""
        event = group_of(code)
        if len(code) != len(event) + 1 + LINK_SIGNS:
            return 0
        now = self.people.entries.round_of(event)
        return now if now and self._links.is_of(code, event, now) else 0

    def _entry(self, code: str, link_round: int, shown_name: str) -> Entry:
        if not link_round:
            return self.people.entries.by_code(self._codes.hashed(code), shown_name, most=self.most_sign_ins)
        event = group_of(code)

        def hash_of(number: int, code_round: int) -> str:
            return self._codes.hashed(self._codes.code(event, number, code_round))

        return self.people.entries.by_link(event, link_round, shown_name, hash_of)


def network_of(address: str) -> str:
    """Return by what tries from an address are counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - of the protocol
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, NETWORK_BITS), strict=False))
