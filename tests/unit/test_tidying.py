"""What nobody needs any more is deleted by rounds that go on by themselves: links that are over, uploads that were forgotten."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import EndpointConnectionError
from sqlalchemy import select
from support.people_service import parts_in

from sardonyx_services.object_store import store as store_module
from sardonyx_services.object_store.configuration import ObjectStoreConfiguration
from sardonyx_services.object_store.store import Store
from sardonyx_services.people.database import Place
from sardonyx_services.people.models import LinkRow, SharedLinkRow
from sardonyx_services.people.moments import utc_now
from sardonyx_services.people.shared_links import REMEMBERED
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.02)


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Somebody, in both kinds of database."""
    store = PeopleStore(people_place)
    yield store
    store.close()


async def test_links_that_are_over_are_deleted_by_a_running_service(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are good stay, and those that have ended of late still say so."""
    amina, now = people.add_account("amina", "").id, time.time()
    for name, expires in (("old", now - 1), ("good", now + 3600)):
        people.one_time_links.replace(name, name, expires)
    ends = {"old": -REMEMBERED - timedelta(seconds=1), "ended": timedelta(days=-1), "good": timedelta(days=1)}
    with people._session() as session:
        for name, until_then in ends.items():
            made = utc_now() - timedelta(days=60)
            session.add(SharedLinkRow(token_hash=name, person=amina, key="k", made=made, ends=utc_now() + until_then))

    def left(row: Any) -> set[str]:
        with people._session() as session:
            return set(session.scalars(select(row.token_hash)))

    nothing = httpx.MockTransport(lambda _request: httpx.Response(200, json={"servers": []}))
    app = create_app(parts_in(tmp_path, people, nothing, monkeypatch))
    async with app.router.lifespan_context(app):
        await until(lambda: left(LinkRow) == {"good"} and left(SharedLinkRow) == {"ended", "good"})


class Uploads:
    """A store with an upload that was forgotten, and one of today; it does not answer the first time."""

    def __init__(self) -> None:
        self.asked, self.ended = 0, list[str]()

    def get_paginator(self, what: str) -> "Uploads":
        """Return what lists them: this one."""
        assert what == "list_multipart_uploads"
        self.asked += 1
        if self.asked == 1:
            raise EndpointConnectionError(endpoint_url="http://store")
        return self

    def paginate(self, **_asked: Any) -> list[dict[str, Any]]:
        """List them."""
        now = datetime.now(UTC)
        uploads = {"forgotten": now - timedelta(days=8), "today": now}
        return [{"Uploads": [{"Key": key, "UploadId": key, "Initiated": then} for key, then in uploads.items()]}]

    def abort_multipart_upload(self, Key: str, **_asked: Any) -> None:  # noqa: N803 - boto3's name
        """End one."""
        self.ended.append(Key)


async def test_a_running_store_ends_uploads_that_were_forgotten_day_after_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without anybody who asks for it; a day on which the store does not answer is followed by another one."""
    uploads, started = Uploads(), list[asyncio.subprocess.Process]()

    async def start(_store: Store, _lock: int) -> asyncio.subprocess.Process:
        started.append(await asyncio.create_subprocess_exec("sleep", "60", stdin=asyncio.subprocess.PIPE))
        return started[0]

    async def listen(_store: Store) -> asyncio.Server:
        return await asyncio.start_server(lambda *_ends: None, "127.0.0.1", 0)

    for name, does in (
        ("_start", start),
        ("_listen", listen),
        ("_bucket_is_there", lambda _store: True),
        ("_client", lambda _store: uploads),
    ):
        monkeypatch.setattr(Store, name, does)
    monkeypatch.setattr(store_module, "DAY_S", 0.01)
    configuration = ObjectStoreConfiguration(
        folder=tmp_path / "store",
        port=1,
        bucket="sardonyx",
        region="r",
        issuer="http://keys",
        issuer_socket=tmp_path / "issuer.sock",
        log=tmp_path / "store.log",
        without_namespaces=True,
    )
    running = asyncio.create_task(Store(configuration, tmp_path / "store.json").run())
    await until(lambda: len(uploads.ended) > 1)
    started[0].kill()

    assert await running == 1
    assert set(uploads.ended) == {"forgotten"}
    assert "Uploads that were never finished are looked for again tomorrow" in caplog.text
