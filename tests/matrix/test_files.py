"""What the file browser asks of a store is answered by each of them: the requests are ours, and no SDK evens out what differs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from matrix.conftest import Front
from support.places import BUCKET, REGION

from sardonyx_singleuser.keys_service import KeysService
from sardonyx_singleuser.storage.changes import Changes
from sardonyx_singleuser.storage.errors import StorageError
from sardonyx_singleuser.storage.files import Files
from sardonyx_singleuser.storage.keyring import Keyring
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.storage.signature import object_url
from sardonyx_singleuser.storage.store import Store

STORES = ("seaweedfs", "radosgw", "minio")
NAMES = ["a name with spaces", "100%", "a#b&c=d+e", "été ☕", ".hidden", "it's", "(x)~y!", "a;b,c:d@e"]
PART = bytes(5 << 20)
Do = Callable[[Files, Changes, Reach], Awaitable[None]]


@pytest.fixture(params=STORES)
def front(request: pytest.FixtureRequest) -> Front:
    """A store."""
    found: Front = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def run(front: Front, tmp_path: Path) -> Callable[[Do], None]:
    """A way to do something as petra's server does it."""
    petra = front.place.person("petra")
    (tmp_path / "token").write_text(f"token {petra.token}")
    service = KeysService(f"{front.place.keys}/aws", tmp_path / "token")

    def run(do: Do) -> None:
        async def all_of_it() -> None:
            reach = Reach(Keyring(service), Store(front.proxy.store, REGION, BUCKET))
            files = Files(reach)
            await do(files, Changes(reach, files), reach)

        asyncio.run(all_of_it())

    return run


async def names(files: Files, path: str) -> list[str]:
    """Return the names in a folder."""
    return sorted(entry["name"] for entry in (await files.folder(path, ""))["entries"])


async def content(files: Files, path: str) -> bytes:
    """Return what is in a file."""
    blocks: AsyncIterator[bytes] = files.blocks(*await files.file(path))
    return b"".join([block async for block in blocks])


def test_names_of_all_kinds_come_back_as_they_went(run: Callable[[Do], None]) -> None:
    """Written, listed, copied, read and removed, with the folder that they were in."""

    async def do(files: Files, changes: Changes, _reach: Reach) -> None:
        for name in NAMES:
            await changes.put(f"My place/odd/{name}", name.encode(), replaces=True)
            await changes.copy(f"My place/odd/{name}", f"My place/odd/copies/{name}", moves=False)
        assert await names(files, "My place/odd") == sorted([*NAMES, "copies"])
        assert await names(files, "My place/odd/copies") == sorted(NAMES)
        for name in NAMES:
            assert await content(files, f"My place/odd/copies/{name}") == name.encode()

        await changes.copy("My place/odd", "My place/moved", moves=True)
        assert await names(files, "My place/moved/copies") == sorted(NAMES)
        await changes.delete("My place/moved")
        assert not {"odd", "moved"} & set(await names(files, "My place"))

    run(do)


def test_an_empty_folder_stays_until_it_is_removed(run: Callable[[Do], None]) -> None:
    """S3 knows none."""

    async def do(files: Files, changes: Changes, _reach: Reach) -> None:
        await changes.make_folder("My place/empty")
        assert await names(files, "My place/empty") == []
        assert (await files.about("My place/empty"))["kind"] == "directory"
        with pytest.raises(StorageError, match="There is a “empty” here already."):
            await changes.make_folder("My place/empty")
        await changes.delete("My place/empty")
        with pytest.raises(StorageError, match="any more"):
            await files.about("My place/empty")

    run(do)


def test_a_large_file_goes_in_by_parts(run: Callable[[Do], None]) -> None:
    """And out by blocks."""

    async def do(files: Files, changes: Changes, _reach: Reach) -> None:
        upload = await changes.begin_upload("My place/large", replaces=True)
        tags = [await changes.put_part("My place/large", upload, number, PART) for number in (1, 2)]
        await changes.end_upload("My place/large", upload, tags)
        assert await content(files, "My place/large") == PART * 2
        await changes.delete("My place/large")

    run(do)


def test_a_link_is_read_and_nothing_else(run: Callable[[Do], None]) -> None:
    """By whoever has it."""

    async def do(_files: Files, changes: Changes, reach: Reach) -> None:
        await changes.put("My place/linked é #1", b"for all", replaces=True)
        spot = await reach.spot("My place/linked é #1")
        keys = await reach.keyring.keys("", spot.place.prefix, "read")
        link = reach.store.signer(keys).link(object_url(reach.store.endpoint, BUCKET, spot.key), 600, {})
        async with httpx.AsyncClient() as web:
            assert (await web.get(link)).content == b"for all"
            assert (await web.put(link, content=b"x")).status_code == 403
        with pytest.raises(StorageError, match="does not let this be changed"):
            await reach.of(spot.place, lambda keys: reach.store.ask(keys, "PUT", spot.key, body=b"x"), "read")

    run(do)
