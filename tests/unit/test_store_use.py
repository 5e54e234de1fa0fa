"""How much is stored, as the service of classes asks the keys service for it: never for long, and never in vain."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.store_use import Amount, Inventory, PlaceUse, StoreUse

KNOWN = {"class/7mw2kfqd/": {"bytes": 30, "limit": 100}, "home/d6my4m4v5pjzf9ru/": {"bytes": None, "limit": 100}}


def use(tmp_path: Path, answer: Callable[[httpx.Request], httpx.Response], *, is_limited: bool = True) -> StoreUse:
    """Return what asks a keys service that answers so."""
    (tmp_path / "token").write_text("ours\n")
    at = StorePlace(
        keys="http://keys", token=tmp_path / "token", endpoint="", region="", bucket="b", is_limited=is_limited
    )
    return StoreUse(at, httpx.AsyncClient(transport=httpx.MockTransport(answer)))


def keys(request: httpx.Request) -> httpx.Response:
    """Answer as the keys service does."""
    if (request.url.path, request.headers["Authorization"]) != ("/stored", "token ours"):
        return httpx.Response(403, json={"message": "no"})
    of = json.loads(request.content)["of"]
    return httpx.Response(200, json={name: each for name, each in KNOWN.items() if of in {"", name}})


async def test_it_is_that_of_a_class_or_of_all(tmp_path: Path) -> None:
    """Of an event that has no limit it is nothing."""
    asked = use(tmp_path, keys)

    assert await asked.of("class", "7mw2kfqd") == Amount(30, 100)
    assert await asked.of("event", "7mw2kfqd") is None
    assert await asked.all() == {"class/7mw2kfqd/": Amount(30, 100), "home/d6my4m4v5pjzf9ru/": Amount(None, 100)}


def away(_request: httpx.Request) -> httpx.Response:
    """Do not answer."""
    raise httpx.ConnectError("away")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(away, id="away"),
        pytest.param(lambda _request: httpx.Response(503, json={"message": "no"}), id="in trouble"),
        pytest.param(lambda _request: httpx.Response(200, text="<html>"), id="something else"),
    ],
)
async def test_where_it_cannot_be_said_it_is_not(
    tmp_path: Path, answer: Callable[[httpx.Request], httpx.Response]
) -> None:
    """The page is there all the same."""
    asked = use(tmp_path, answer)

    assert await asked.of("class", "7mw2kfqd") is None
    assert await asked.all() is None


async def test_nobody_asks_where_nothing_is_limited(tmp_path: Path) -> None:
    """So no page is later for it."""

    def never(_request: httpx.Request) -> httpx.Response:
        raise AssertionError

    asked = use(tmp_path, never, is_limited=False)

    assert await asked.of("class", "7mw2kfqd") is None
    assert await asked.all() == {}


@pytest.mark.parametrize(
    ("size", "is_nearly", "is_full"),
    [
        (None, False, False),
        (0, False, False),
        (79, False, False),
        (80, True, False),
        (99, True, False),
        (100, True, True),
    ],
)
def test_nearly_full_is_four_fifths(size: int | None, *, is_nearly: bool, is_full: bool) -> None:
    """What is full is nearly full, too; what was not counted yet is neither."""
    amount = Amount(size, 100)

    assert (amount.is_nearly_full, amount.is_full) == (is_nearly, is_full)


async def test_everything_is_asked_for_also_where_nothing_is_limited(tmp_path: Path) -> None:
    """With and without a limit, and when it was counted; an answer that is none is not taken for one."""
    at = "2026-11-28T10:00:00+00:00"
    places = {"class/7mw2kfqd/": {"bytes": 30, "limit": None, "at": at}}
    said: list[object] = [{"is_whole": True, "places": places}, {"is_whole": True}, ["x"], {"places": {"x": 1}}]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/inventory"
        return httpx.Response(200, json=said.pop(0))

    asked = use(tmp_path, answer, is_limited=False)

    counted = PlaceUse(30, None, datetime.fromisoformat(at))
    assert await asked.inventory() == Inventory({"class/7mw2kfqd/": counted}, is_whole=True)
    assert [await asked.inventory() for _each in range(3)] == [None, None, None]
