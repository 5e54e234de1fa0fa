"""How much is stored, as the hub knows it for its form: what was said last, or nothing at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from sardonyx_hub_config.sources import stored as stored_source
from sardonyx_hub_config.sources.stored import StoredNews
from sardonyx_spawner.quotas import Stored

MINE = "home/d6my4m4v5pjzf9ru/"


class Keys:
    """A keys service: what it answers, and what it was asked; None = it says nothing."""

    def __init__(self) -> None:
        self.answer: bytes | None = self.told({MINE: {"bytes": 30, "limit": 100}})
        self.heard: list[bytes] = []

    @staticmethod
    def told(wholes: dict[str, Any]) -> bytes:
        """Return an answer."""
        body = json.dumps(wholes).encode()
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        self.heard.append(head + await reader.readexactly(length))
        if self.answer is None:
            await reader.read()
        else:
            writer.write(self.answer)
            await writer.drain()
        writer.close()


@pytest.fixture
def keys() -> Keys:
    """One that answers."""
    return Keys()


@pytest.fixture
async def news(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StoredNews]:
    """What asks it, each few hundredths of a second."""
    monkeypatch.setattr(stored_source, "EVERY_S", 0.05)
    monkeypatch.setattr(stored_source, "PATIENCE_S", 0.2)
    server = await asyncio.start_server(keys.serve, "127.0.0.1", 0)
    found = StoredNews(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/stored", "ours")
    yield found
    if found._asking is not None:
        found._asking.cancel()
    server.close()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)


async def test_who_asks_first_waits_for_nothing(keys: Keys, news: StoredNews) -> None:
    """And is told nothing; soon after that it is known, whoever it is of."""
    assert news.of(MINE) is None
    assert keys.heard == []

    await until(lambda: news.of(MINE) == Stored(30, 100))
    assert news.of("class/7mw2kfqd/") is None
    assert b"Authorization: token ours" in keys.heard[0]
    assert json.loads(keys.heard[0].partition(b"\r\n\r\n")[2]) == {"of": ""}


async def test_it_is_asked_again_for_all_at_once(keys: Keys, news: StoredNews) -> None:
    """However many forms there are."""
    for _form in range(100):
        news.of(MINE)
    await until(lambda: len(keys.heard) == 1)

    keys.answer = keys.told({MINE: {"bytes": 99, "limit": 100}})
    await until(lambda: news.of(MINE) == Stored(99, 100))
    assert len(keys.heard) < 10


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", id="in trouble"),
        pytest.param(Keys.told({MINE: "much"}), id="something else"),
        pytest.param(None, id="silent"),
    ],
)
async def test_while_it_is_away_nothing_is_said(
    keys: Keys, news: StoredNews, answer: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Rather than what was so at some time; the log says that once, and when it is back so is the figure."""
    news.of(MINE)
    await until(lambda: news.of(MINE) is not None)
    well, keys.answer = keys.answer, answer
    await until(lambda: news.of(MINE) is None)
    count = len(keys.heard)
    await until(lambda: len(keys.heard) > count + 1)
    assert caplog.text.count("The keys service does not say now how much is stored: ") == 1

    keys.answer = well
    await until(lambda: news.of(MINE) is not None)
