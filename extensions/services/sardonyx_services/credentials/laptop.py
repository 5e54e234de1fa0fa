"""Keys for a person's own computer: made once, shown once, and never remembered here."""

import secrets

from sardonyx_services.credentials.audit import LAPTOP
from sardonyx_services.credentials.broker import AUDIENCE, Broker
from sardonyx_services.credentials.errors import BadRequestError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import Wish
from sardonyx_spawner.language import _

USUAL_S = 3600
NONE_HERE = _("There are no keys for one's own computer here. Work with your data in a server.")


class LaptopKeys:
    """Makes them.

    Args:
        longest_s: seconds that they may live; None = there are none.
    """

    def __init__(self, broker: Broker, longest_s: int | None) -> None:
        self._broker, self._longest_s = broker, longest_s

    async def make(self, name: str, wish: Wish) -> Keys:
        """Return new keys for a person who sits at the page “Data”.

        Args:
            name: as the hub says it, never as the request does.

        Raises:
            CredentialsError: there are none for this wish, or none now.
        """
        if self._longest_s is None:
            raise NotAllowedError(NONE_HERE)
        lifetime_s = wish.lifetime_s or min(USUAL_S, self._longest_s)
        if lifetime_s > self._longest_s:
            raise BadRequestError(
                _("Keys for one's own computer live for {count} seconds at most. Choose a shorter life.").format(
                    count=self._longest_s
                )
            )
        if self._broker.refusal:
            raise UnavailableError(self._broker.refusal)
        # No server has such a run: theirs are parts of a hash. So each is a session of its own, that can be told apart.
        caller = Caller(name, LAPTOP, f"{LAPTOP}-{secrets.token_hex(6)}", frozenset({AUDIENCE}))
        person = self._broker.person(caller)
        return await self._broker.issue(caller, self._broker.session(person, caller, wish, lifetime_s))
