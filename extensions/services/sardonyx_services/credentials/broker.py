"""Keys for each server: fresh when needed, the last good ones while hub or store are away."""

import asyncio
import hashlib
import logging
import random
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.errors import BusyError, CredentialsError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.places import (
    Place,
    group_places,
    narrowed,
    own_places,
    own_until,
    seconds_left,
    wished_groups,
)
from sardonyx_services.credentials.policy import session_policy
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.credentials.stored import StoredAmounts
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.under_way import UnderWay
from sardonyx_services.credentials.wish import EVERYTHING, SHORTEST_S, Wish
from sardonyx_services.people.groups import group_names
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
AUDIENCE = "s3"
RENEW_BEFORE = timedelta(minutes=20)
"""SDKs ask again 15 minutes before the end: what they get then has to live longer than that."""
REMEMBERED = 20_000
FIRST_TEST_S = 3.0
LATE = "-late"
"""End of the names of sessions whose keys write nothing of what had to be written in time."""


class KeySource(Protocol):
    """Where keys come from."""

    async def keys(self, token: str, session: str, policy: str, lifetime_s: int) -> Keys:
        """Exchange a token for keys."""
        ...


@dataclass(frozen=True)
class Session:
    """One run of one server with some rights; another run, or other rights, are another session.

    Args:
        name: as the store knows it, so that it can refuse one session and leave others alone.
    """

    person: str
    name: str
    policy: str
    lifetime_s: int
    places: tuple[Place, ...] = field(compare=False)
    groups: tuple[str, ...] = field(compare=False)


class Broker:
    """Hands out keys for a person's own data, and for that of their classes and teams."""

    def __init__(
        self,
        issuer: Issuer,
        source: KeySource,
        person_of: Callable[[str], Person | None],
        *,
        bucket: str,
        lifetime_s: int,
        issued: Callable[[Issued], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stored: StoredAmounts | None = None,
    ) -> None:
        self._stored = stored
        self._issuer, self._source, self._person_of, self._clock = issuer, source, person_of, clock
        self._bucket, self._lifetime_s, self._issued = bucket, lifetime_s, issued
        self._given: OrderedDict[Session, tuple[Keys, datetime]] = OrderedDict()
        self._minting: UnderWay[Session, Keys] = UnderWay()
        self.refusal: str = _("The data store was not looked at yet. Try again in a few seconds.")
        self.was_tested = asyncio.Event()
        """The first self-test is over, whatever it found."""
        self.doubt = asyncio.Event()
        """The store gave somebody no keys after the last self-test."""

    def person(self, caller: Caller) -> Person:
        """Return the person whose server it is.

        Raises:
            NotAllowedError: they were removed.
        """
        found = self._person_of(caller.name)
        if found is None:
            raise NotAllowedError(_("You are not known here any more. Sign in again."))
        return found

    async def keys_for(self, caller: Caller, wish: Wish = EVERYTHING) -> Keys:
        """Return keys that live long enough to be worth giving.

        Raises:
            CredentialsError: there are none, and no earlier ones that still live.
        """
        caller.wants(AUDIENCE)
        session = self.session(self.person(caller), caller, wish)
        given = self._given.get(session)
        if given and given[1] > self._clock():
            return given[0]
        # Just after a start all ask at once: a moment more is better than a refusal.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.was_tested.wait(), FIRST_TEST_S)
        if self.refusal:
            return self._last_good(session, UnavailableError(self.refusal))
        try:
            return await self._minting.once(session, lambda: self._mint(caller, session))
        except UnavailableError as error:
            return self._last_good(session, error)

    def last_good(self, caller: Caller, wish: Wish, error: UnavailableError) -> Keys:
        """Return keys that were given before, while the hub cannot say whether the server still runs.

        Raises:
            CredentialsError: there are none that still live.
        """
        return self._last_good(self.session(self.person(caller), caller, wish), error)

    def forget(self, name: str) -> None:
        """Give the keys of a session to nobody again: the store has ended it, and the next ones are good."""
        for session in [each for each in self._given if each.name == name]:
            del self._given[session]

    def until(self, person: Person, caller: Caller, wish: Wish = EVERYTHING) -> datetime | None:
        """Return when the keys of a server end that it has now; None = it has asked for none, or they ended."""
        given = self._given.get(self.session(person, caller, wish))
        return given[0].expires if given and given[0].expires > self._clock() else None

    async def mint(self, person: str, session: str) -> Keys:
        """Ask the store for keys to a person's own data; for the self-test."""
        policy = session_policy(self._bucket, own_places(person, is_admin=False))
        token = self._issuer.token(person, AUDIENCE, session)
        return await self._source.keys(token, session, policy, self._lifetime_s)

    def session(self, person: Person, caller: Caller, wish: Wish, longest_s: int | None = None) -> Session:
        """Return the session that a wish comes to.

        Args:
            longest_s: how long its keys may live; None = as long as those of servers.

        Raises:
            NotAllowedError: what is wished for is not theirs.
        """
        groups = wished_groups(wish, person.memberships)
        now = self._clock()
        ends = [own_until(person.memberships)]
        everything = person.own_places(now)
        longest = longest_s or self._lifetime_s
        name = f"{person.id}-{caller.run}"
        if groups:
            # Marked: usual keys are listed as such, and the store refuses them alone.
            name += f"{'_' if wish.is_usual else '-'}{groups[0].group}"
        for group in groups:
            everything = (*everything, *group_places(person.id, group, now))
            longest = SHORTEST_S if group.is_exam else longest
            ends.append(group.writes_until)
        # Whoever is made something else gets keys of a session that the store does not refuse for what was theirs before.
        name += f".{_mark_of(everything)}"
        left_s = min((left for end in ends if (left := seconds_left(end, now)) is not None), default=None)
        if left_s is not None:
            # In quarters of an hour, so that it is one session for so long: keys that write end with the time to do so.
            # Those after it are another session's: a store may refuse the one from before.
            longest = min(longest, max(SHORTEST_S, left_s - left_s % SHORTEST_S)) if left_s > 0 else longest
            name += "" if left_s > 0 else LATE
        places = narrowed(everything, wish)
        if self._stored is not None:
            places = self._stored.wanted(places)
        policy = session_policy(self._bucket, places)
        return Session(person.id, name, policy, min(longest, wish.lifetime_s or longest), places, group_names(groups))

    async def issue(self, caller: Caller, session: Session, service: str = AUDIENCE) -> Keys:
        """Get keys from the store that nobody had before, and write down that they were given.

        Args:
            service: as what.

        Raises:
            CredentialsError: the store refuses or does not answer.
        """
        token = self._issuer.token(session.person, AUDIENCE, session.name, session.groups)
        try:
            keys = await self._source.keys(token, session.name, session.policy, session.lifetime_s)
        except BusyError:
            raise
        except UnavailableError:
            self.doubt.set()
            raise
        self._issued(
            Issued(
                time=self._clock(),
                service=service,
                person=session.person,
                name=caller.name,
                server=caller.server,
                session=session.name,
                places=tuple(f"{place.prefix}:{place.access}" for place in session.places),
                until=keys.expires,
            )
        )
        return keys

    async def _mint(self, caller: Caller, session: Session) -> Keys:
        keys = await self.issue(caller, session)
        left = keys.expires - self._clock()
        # A little earlier for each in its own way: a class that started together does not ask together.
        renew = keys.expires - min(RENEW_BEFORE, left / 2) * random.uniform(1.0, 1.1)  # noqa: S311 - not a secret
        self._given[session] = (keys, renew)
        self._given.move_to_end(session)
        while len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        return keys

    def _last_good(self, session: Session, error: CredentialsError) -> Keys:
        given = self._given.get(session)
        if given is None or given[0].expires <= self._clock():
            raise error
        return given[0]


def _mark_of(places: Iterable[Place]) -> str:
    """Return a short mark of what somebody may reach: the same for the same places, whatever of them is wished for."""
    text = "\n".join(sorted(f"{place.prefix}:{place.access}" for place in places))
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()
