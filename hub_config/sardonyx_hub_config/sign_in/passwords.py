"""Passwords: hashed with argon2id, checked off the event loop, a few at a time."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sardonyx_spawner.language import _

AT_ONCE = 2
"""A check takes 64 MiB and a core: more at once would slow down everybody else."""


class Passwords:
    """Hashes and checks; the parameters are those that argon2-cffi recommends (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(AT_ONCE)
        # Threads of their own: whatever else waits in threads, people can sign in.
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords")

    @property
    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for one of the few turns to check a password."""
        return self._turn

    def hashed(self, password: str) -> str:
        """Return the hash to keep."""
        return self._hasher.hash(password)

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password fits; where there is none (None, or not chosen yet) take as long and say no."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._verify, password, password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def nobodys_hash(self) -> str:
        """A hash of a password that nobody knows; checked so that time does not tell who exists."""
        return self._hasher.hash(secrets.token_hex())

    def _verify(self, password: str, password_hash: str | None) -> bool:
        try:
            self._hasher.verify(password_hash or self.nobodys_hash, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(password_hash)


def password_fault(password: str, minimum: int) -> str:
    """Return what is wrong with a new password, or ""."""
    if len(password) < minimum:
        return _("A password has at least {count} characters. A short sentence is easy to remember.").format(
            count=minimum
        )
    return _("A password has at most 1024 characters.") if len(password) > 1024 else ""  # noqa: PLR2004 - hashing has to end
