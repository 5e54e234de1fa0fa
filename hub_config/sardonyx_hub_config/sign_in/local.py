"""Sign-in with a name and a password of this place."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sardonyx_hub_config.sign_in.passwords import Passwords
from sardonyx_hub_config.sign_in.throttle import (
    FORGIVEN,
    FREE,
    FREE_PER_ADDRESS,
    FREE_PER_NAME,
    LONGEST_PER_NAME_S,
    REMEMBERED,
    Throttle,
)
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError, local_name
from sardonyx_spawner.language import SaidError, _, ngettext

MOST_WAITING = 200
"""Two checks a tenth of a second each at once: who waits behind so many waits for ten seconds."""
WRONG = _("This name and password do not fit. Look at both, and try again.")


class SignInRefusedError(SaidError):
    """A sign-in that cannot be, in words for the person; `wait_s` > 0 = too many tries."""

    def __init__(self, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass
class LocalSignIn:
    """Checks names and passwords, slower and slower for who guesses.

    Failures count for a name from one address, for an address, and for a name from everywhere. The last does not hold
    up somebody at an address from which they have signed in before: a stranger must not be able to shut them out.
    """

    people: PeopleStore
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], float] = time.monotonic
    by_both: Throttle = field(default_factory=lambda: Throttle(FREE))
    by_address: Throttle = field(default_factory=lambda: Throttle(FREE_PER_ADDRESS))
    by_name: Throttle = field(default_factory=lambda: Throttle(FREE_PER_NAME, LONGEST_PER_NAME_S))
    familiar: OrderedDict[str, None] = field(default_factory=OrderedDict)
    waiting: int = 0

    async def check(self, name: str, password: str, address: str) -> PersonRecord:
        """Return the person if name and password fit.

        Raises:
            SignInRefusedError: they do not, or it was tried too often; the same words whether the name exists or not.
        """
        if self.waiting >= MOST_WAITING:
            raise SignInRefusedError(
                _("Too many people sign in at this moment. Wait 10 seconds, then try again."), 10.0
            )
        self.waiting += 1
        try:
            async with self.passwords.turn:
                # Looked at when it is their turn: who guesses in parallel has failed meanwhile.
                return await self._check(name, password, address)
        finally:
            self.waiting -= 1

    async def _check(self, name: str, password: str, address: str) -> PersonRecord:
        key = name.strip().lower()[:100]
        both = f"{address} {key}"
        waits = [self.by_both.wait_s(both, self.clock()), self.by_address.wait_s(address, self.clock())]
        if both not in self.familiar:
            waits.append(self.by_name.wait_s(key, self.clock()))
        if (wait := max(waits)) > 0:
            raise SignInRefusedError(
                _("Too many tries. Wait {duration}, then try again.").format(duration=say_wait(wait)), wait
            )
        try:
            account = self.people.account(local_name(name))
        except NameRefusedError:
            account = None
        if not await self.passwords.is_right(password, account.password_hash if account else None) or account is None:
            for throttle, about in ((self.by_both, both), (self.by_address, address), (self.by_name, key)):
                throttle.failed(about, self.clock())
            raise SignInRefusedError(WRONG)
        self.welcome(account.person.name, address)
        if self.passwords.is_outdated(account.password_hash):
            self.people.renew_hash(account.person.id, self.passwords.hashed(password))
        return account.person

    def welcome(self, name: str, address: str) -> None:
        """Forget the failures of somebody who has shown who they are, and remember where they were."""
        both = f"{address} {name}"
        self.by_both.succeeded(both)
        self.by_address.forgive(address, FORGIVEN)
        self.by_name.succeeded(name)
        self.familiar.pop(both, None)
        self.familiar[both] = None
        while len(self.familiar) > REMEMBERED:
            self.familiar.popitem(last=False)


def say_wait(seconds: float) -> str:
    """Say how long to wait, in seconds or minutes."""
    if seconds <= 90:  # noqa: PLR2004 - a minute and a half is still said in seconds
        whole = max(1, round(seconds))
        return ngettext("{count} second", "{count} seconds", whole).format(count=whole)
    minutes = round(seconds / 60)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
