"""What the file browser asks of a store is answered by each of them: the requests are ours, and no SDK evens out what differs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from matrix.conftest import Front
from support import web
from support.places import BUCKET, LINK_TOKEN, REGION, client
from support.waiting import soon

from sardonyx_singleuser.keys_service import KeysService
from sardonyx_singleuser.storage.changes import Changes
from sardonyx_singleuser.storage.errors import StorageError
from sardonyx_singleuser.storage.files import Files
from sardonyx_singleuser.storage.keyring import Keyring
from sardonyx_singleuser.storage.reach import Reach
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


@pytest.mark.parametrize("name", ["shared é #1 (x)~y!", "100%2f", "star * and ${aws:username}", "a;b,c:d@e+f'g"])
def test_a_link_opens_one_file_of_any_name(front: Front, name: str) -> None:
    """With keys that the store gives for it alone: whole, in part, and no other."""
    place, petra = front.place, front.place.person("petra")
    if not any("sardonyx_services.links" in str(each.args) for each in place.processes):
        place.start_links()
        soon(lambda: web.get(place.links).status_code == 404)
    store = client(front.proxy.store, "s3", petra.keys())
    key = f"{petra.home}{name}"
    for each in (key, f"{key}x", f"{petra.home}other"):
        store.put_object(Bucket=BUCKET, Key=each, Body=each.encode(), ContentType="text/html")

    link = petra.link(key)
    address = web.post(
        f"{place.keys}/links/open",
        json={"link": link.split("/")[-2]},
        headers={"Authorization": f"token {LINK_TOKEN}"},
    ).json()["addresses"]["GET"]

    assert web.get(link).content == key.encode()
    assert web.get(link, headers={"Range": "bytes=0-3"}).content == b"home"
    assert httpx.head(link).headers["content-length"] == str(len(key.encode()))
    assert web.get(link).headers["content-type"] == "application/octet-stream"
    assert web.put(address, content=b"x").status_code == 403
    store.delete_object(Bucket=BUCKET, Key=key)
    assert web.get(link).status_code == 404
    assert web.get(link, headers={"Range": "bytes=0-3"}).text.startswith("The file is not there any more.")


def test_keys_that_only_read_change_nothing(run: Callable[[Do], None]) -> None:
    """As those for previews."""

    async def do(_files: Files, changes: Changes, reach: Reach) -> None:
        await changes.put("My place/read", b"for all", replaces=True)
        spot = await reach.spot("My place/read")
        with pytest.raises(StorageError, match="does not let this be changed"):
            await reach.of(spot.place, lambda keys: reach.store.ask(keys, "PUT", spot.key, body=b"x"), "read")

    run(do)
