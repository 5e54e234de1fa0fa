from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from sardonyx_hub_config.sign_in.local import LocalSignIn, SignInRefusedError
from sardonyx_hub_config.sign_in.passwords import Passwords, password_fault
from sardonyx_services.people.store import PeopleStore

PASSWORD = "correct horse battery"


class CountingPasswords(Passwords):
    """Counts the checks: equal work is what keeps time from telling who exists."""

    def __init__(self) -> None:
        # As weak as they come: the strength is the library's, and these tests are about who gets how many checks.
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.checks = 0

    def _verify(self, password: str, password_hash: str | None) -> bool:
        self.checks += 1
        return super()._verify(password, password_hash)


@pytest.fixture
def sign_in(tmp_path: Path) -> Iterator[LocalSignIn]:
    """A place where amina has an account, and a clock that stands still."""
    people = PeopleStore(tmp_path / "people.sqlite")
    passwords = CountingPasswords()
    people.add_account("amina", passwords.hashed(PASSWORD))
    yield LocalSignIn(people, passwords, clock=lambda: 0.0)
    people.close()


async def refused(sign_in: LocalSignIn, name: str, password: str = "wrong") -> str:
    """Return the words of a refusal."""
    with pytest.raises(SignInRefusedError) as caught:
        await sign_in.check(name, password, "10.0.0.1")
    return caught.value.message


async def test_the_right_password_signs_in_whatever_the_case_of_the_name(sign_in: LocalSignIn) -> None:
    """`Amina` is amina."""
    assert (await sign_in.check("Amina", PASSWORD, "10.0.0.1")).name == "amina"


async def test_nobody_learns_who_exists(sign_in: LocalSignIn) -> None:
    """A wrong password and a wrong name get the same words, and cost the same work."""
    known, unknown, impossible = [await refused(sign_in, name) for name in ("amina", "bela", "a/../b")]

    assert known == unknown == impossible == "This name and password do not fit. Look at both, and try again."
    assert isinstance(sign_in.passwords, CountingPasswords)
    assert sign_in.passwords.checks == 3


@pytest.mark.parametrize("name", ["amina", "nobody"])
async def test_guessing_is_slowed_down_for_names_that_exist_and_for_others(sign_in: LocalSignIn, name: str) -> None:
    """The wait tells nothing either."""
    for _ in range(5):
        await refused(sign_in, name)

    assert await refused(sign_in, name) == "Too many tries. Wait 2 seconds, then try again."


async def test_one_address_cannot_try_many_names(sign_in: LocalSignIn) -> None:
    """Trying one password on everybody is guessing too."""
    for number in range(31):
        await refused(sign_in, f"name{number}")

    assert "Too many tries" in await refused(sign_in, "another")


def test_a_short_password_is_explained() -> None:
    """One rule, and a hint."""
    assert password_fault("short", 12) == "A password has at least 12 characters. A short sentence is easy to remember."
