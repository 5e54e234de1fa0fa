"""Tokens that are renewed while somebody else asks for one: what a forge gives once is not asked for twice."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sardonyx_services.credentials.git.oauth import EndedError, GitProvider
from sardonyx_services.credentials.git.renewal import Renewal
from sardonyx_services.people.git_accounts import GitAccounts, GitSecret
from sardonyx_services.people.store import PeopleStore

FORGE = "https://git.example.org"
LAB = GitProvider("lab", "Lab", "gitlab", FORGE, "app", "secret")


class Site:
    """A forge whose refresh tokens are good once."""

    def __init__(self) -> None:
        self.good, self.asked = "refresh-0", list[str]()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Give a token for the last refresh token, and the next of both."""
        given = httpx.QueryParams(request.content.decode())["refresh_token"]
        self.asked.append(given)
        if given != self.good:
            return httpx.Response(400, json={"error": "invalid_grant"})
        number = len(self.asked)
        self.good = f"refresh-{number}"
        return httpx.Response(
            200, json={"access_token": f"token-{number}", "refresh_token": self.good, "expires_in": 7200}
        )


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    """A people store."""
    found = PeopleStore(tmp_path / "people.sqlite")
    yield found
    found.close()


@pytest.fixture
def amina(people: PeopleStore) -> str:
    """The id of somebody."""
    return people.add_account("amina", "").id


@pytest.fixture
def accounts(people: PeopleStore, amina: str) -> GitAccounts:
    """Her token, which is over."""
    found = people.git_accounts(bytes(32))
    found.keep(amina, FORGE, GitSecret("token-0", provider="lab", refresh_token="refresh-0", ends_at=time.time() - 1))
    return found


@pytest.fixture
def read(accounts: GitAccounts, amina: str) -> GitSecret:
    """What somebody has read of it before it is renewed."""
    found = accounts.secret(amina, FORGE)
    assert found is not None
    return found


async def test_who_read_a_token_before_it_was_renewed_gets_the_new_one(
    accounts: GitAccounts, amina: str, read: GitSecret
) -> None:
    """A second try with what was good once would end the connection."""
    site = Site()
    async with httpx.AsyncClient(transport=httpx.MockTransport(site.answer)) as client:
        renewal = Renewal(accounts, {"lab": LAB}, client)
        first = await renewal.fresh(amina, FORGE, read)

        late = await renewal.fresh(amina, FORGE, read)

    assert late == first
    assert late.token == "token-1"
    assert site.asked == ["refresh-0"]


async def test_a_renewed_one_that_is_over_again_is_renewed_with_what_came_last(
    accounts: GitAccounts, amina: str, read: GitSecret
) -> None:
    """However long somebody waited with what they had read."""
    site = Site()
    async with httpx.AsyncClient(transport=httpx.MockTransport(site.answer)) as client:
        renewal = Renewal(accounts, {"lab": LAB}, client)
        first = await renewal.fresh(amina, FORGE, read)
        accounts.renew(amina, FORGE, first, replace(first, ends_at=time.time() - 1))

        late = await renewal.fresh(amina, FORGE, read)

    assert late.token == "token-2"
    assert site.asked == ["refresh-0", "refresh-1"]


async def test_a_connection_that_has_ended_is_said(accounts: GitAccounts, amina: str, read: GitSecret) -> None:
    """Once the forge gives nothing for the last one either."""
    site = Site()
    site.good = "another"
    async with httpx.AsyncClient(transport=httpx.MockTransport(site.answer)) as client:
        with pytest.raises(EndedError, match="Lab gives no token for this any more"):
            await Renewal(accounts, {"lab": LAB}, client).fresh(amina, FORGE, read)
