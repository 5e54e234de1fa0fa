"""Sign-in with a name and a password of this place."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sardonyx_hub_config.sign_in.passwords import Passwords
from sardonyx_hub_config.sign_in.throttle import FREE, FREE_PER_ADDRESS, Throttle
from sardonyx_hub_config.sign_in.usernames import NameRefusedError, local_name
from sardonyx_services.people.store import PeopleStore, PersonRecord

WRONG = "This name and password do not fit. Look at both, and try again."


class SignInRefusedError(Exception):
    """A sign-in that cannot be, in words for the person; `wait_s` > 0 = too many tries."""

    def __init__(self, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.message = message
        self.wait_s = wait_s


@dataclass
class LocalSignIn:
    """Checks names and passwords, slower and slower for who guesses."""

    people: PeopleStore
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], float] = time.monotonic
    by_name: Throttle = field(default_factory=lambda: Throttle(FREE))
    by_address: Throttle = field(default_factory=lambda: Throttle(FREE_PER_ADDRESS))

    async def check(self, name: str, password: str, address: str) -> PersonRecord:
        """Return the person if name and password fit.

        Raises:
            SignInRefusedError: they do not, or it was tried too often; the same words whether the name exists or not.
        """
        key = name.strip().lower()[:100]
        wait = max(self.by_name.wait_s(key, self.clock()), self.by_address.wait_s(address, self.clock()))
        if wait > 0:
            raise SignInRefusedError(f"Too many tries. Wait {_say_wait(wait)}, then try again.", wait)
        try:
            account = self.people.account(local_name(name))
        except NameRefusedError:
            account = None
        if not await self.passwords.is_right(password, account.password_hash if account else None) or account is None:
            self.by_name.failed(key, self.clock())
            self.by_address.failed(address, self.clock())
            raise SignInRefusedError(WRONG)
        self.by_name.succeeded(key)
        self.by_address.succeeded(address)
        if self.passwords.is_outdated(account.password_hash):
            self.people.set_password(account.person.name, self.passwords.hashed(password))
        return account.person


def _say_wait(seconds: float) -> str:
    if seconds <= 90:  # noqa: PLR2004 - a minute and a half is still said in seconds
        whole = max(1, round(seconds))
        return "1 second" if whole == 1 else f"{whole} seconds"
    return f"{round(seconds / 60)} minutes"
