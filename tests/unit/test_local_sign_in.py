import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from sardonyx_hub_config.sign_in.address import LOOPBACK, client_address
from sardonyx_hub_config.sign_in.local import WRONG, LocalSignIn, SignInRefusedError
from sardonyx_hub_config.sign_in.passwords import Passwords, password_fault
from sardonyx_hub_config.sign_in.throttle import FREE
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


async def refused(sign_in: LocalSignIn, name: str, password: str = "wrong", address: str = "10.0.0.1") -> str:
    """Return the words of a refusal."""
    with pytest.raises(SignInRefusedError) as caught:
        await sign_in.check(name, password, address)
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


async def test_guessing_in_parallel_is_guessing(sign_in: LocalSignIn) -> None:
    """Who sends a hundred guesses at once gets no more of them checked than who sends them one by one."""
    said = await asyncio.gather(*(refused(sign_in, "amina", f"guess {n}") for n in range(100)))

    assert isinstance(sign_in.passwords, CountingPasswords)
    assert sign_in.passwords.checks <= FREE + 2
    assert sum("Too many tries" in words for words in said) >= 94


async def test_a_stranger_does_not_shut_somebody_out(sign_in: LocalSignIn) -> None:
    """Whose own machine is known: guesses from elsewhere do not count there."""
    await sign_in.check("amina", PASSWORD, "10.0.0.9")
    for number in range(50):
        with pytest.raises(SignInRefusedError):
            await sign_in.check("amina", "wrong", f"10.1.0.{number}")
    assert "Too many tries" in await refused(sign_in, "amina", PASSWORD, "10.2.0.1")

    assert (await sign_in.check("amina", PASSWORD, "10.0.0.9")).name == "amina"


async def test_a_crowd_is_asked_to_wait(sign_in: LocalSignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's check is queued for minutes."""
    monkeypatch.setattr("sardonyx_hub_config.sign_in.local.MOST_WAITING", 3)

    said = await asyncio.gather(*(refused(sign_in, f"name{n}") for n in range(5)))

    assert [words for words in said if words.startswith("Too many people sign in at this moment.")] == [
        said[3],
        said[4],
    ]


@pytest.mark.parametrize("password", ["", "nobody has this password", "wrong"])
async def test_nobody_signs_in_before_a_password_was_chosen(sign_in: LocalSignIn, password: str) -> None:
    """An invited person has none yet, and the words do not tell that."""
    sign_in.people.add_account("invited", "")

    assert await refused(sign_in, "invited", password) == WRONG


@pytest.mark.parametrize(
    ("forwarded", "real", "address"),
    [
        pytest.param("203.0.113.7", "", "203.0.113.7", id="our-proxy"),
        pytest.param("6.6.6.6, 203.0.113.7", "", "203.0.113.7", id="a-lie-before"),
        pytest.param("203.0.113.7", "6.6.6.6", "203.0.113.7", id="a-lie-in-another-header"),
        pytest.param("203.0.113.7, 10.0.0.5", "", "203.0.113.7", id="a-trusted-proxy"),
        pytest.param("203.0.113.7, 10.0.0.5, 127.0.0.1", "", "203.0.113.7", id="two-trusted-proxies"),
        pytest.param("", "6.6.6.6", "127.0.0.1", id="nothing"),
    ],
)
def test_the_address_is_what_trusted_proxies_say(forwarded: str, real: str, address: str) -> None:
    """Guesses are counted by it: it must not be a client's to choose."""
    told = {"Host": "hub", "X-Forwarded-For": forwarded, "X-Real-Ip": real}
    headers = HTTPHeaders({name: value for name, value in told.items() if value})
    start = RequestStartLine("POST", "/hub/login", "HTTP/1.1")
    request = HTTPServerRequest(start_line=start, headers=headers)
    request.remote_ip = "127.0.0.1"

    assert client_address(request, frozenset({"10.0.0.5", *LOOPBACK})) == address


def test_a_short_password_is_explained() -> None:
    """One rule, and a hint."""
    assert password_fault("short", 12) == "A password has at least 12 characters. A short sentence is easy to remember."
