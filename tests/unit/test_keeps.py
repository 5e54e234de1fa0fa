"""How far the copying of what somebody keeps is, where a store refuses some of it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.kept.keeping import Order, Part, folder_for
from sardonyx_services.people.web.kept.keeps import AT_ONCE, MOST_REFUSED, Keep, Keeps
from sardonyx_services.people.web.store_door import StoreAwayError

SAM = Caller("id-sam", "sam")
ORDER = Order("class-stats222", "kept/S (stats222)/", (Part("class/stats222/shared/", "shared"),))
AWAY = "The data store does not answer now. Nothing of it is lost; try again in a minute."


class Store:
    """A store with some files, of which some cannot be copied; its own door and client."""

    bucket = "sardonyx"

    def __init__(self, count: int) -> None:
        self.count, self.copied = count, list[str]()
        self.errors: dict[int, Exception] = {}

    def client(self, *_asked: object) -> "Store":
        """Return a client: this one."""
        return self

    def get_paginator(self, _what: str) -> "Store":
        """Return what lists: this one."""
        return self

    def paginate(self, Prefix: str, **_asked: Any) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's name
        """List the files of the class; nothing is kept yet."""
        if Prefix.startswith("class/"):
            changed = datetime(2026, 1, 1, tzinfo=UTC)
            keys = [f"{Prefix}{number:04}.txt" for number in range(self.count)]
            yield {"Contents": [{"Key": key, "Size": 1, "LastModified": changed} for key in keys]}

    def copy_object(self, Key: str, **_asked: Any) -> None:  # noqa: N803 - boto3's name
        """Copy a file, or not."""
        error = self.errors.get(int(Key[-8:-4]))
        if error is not None:
            raise error
        self.copied.append(Key)


def refusal(code: str) -> ClientError:
    """Return what a store says."""
    return ClientError({"Error": {"Code": code}}, "CopyObject")


def keep_of(store: Store) -> Keep:
    """Keep all of it, and return how far it came."""
    keep = Keep(folder_for(SAM, ORDER))
    Keeps(store).copy(SAM, ORDER, keep)  # type: ignore[arg-type]  # as much as is asked of it
    return keep


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("NoSuchKey", "It was taken away while it was copied."),
        ("AccessDenied", "You may not read it any more."),
        ("KeyTooLongError", "The data store does not copy it: KeyTooLongError."),
    ],
)
def test_a_file_that_cannot_be_copied_is_named_and_the_others_are_copied(code: str, said: str) -> None:
    """With the reason."""
    store = Store(3)
    store.errors[1] = refusal(code)

    keep = keep_of(store)

    assert (keep.total, keep.copied, keep.refused) == (3, 2, {"shared/0001.txt": said})


def test_where_nothing_can_be_copied_it_is_not_tried_with_every_file() -> None:
    """Such as in a store without room."""
    store = Store(5 * MOST_REFUSED)
    store.errors = dict.fromkeys(range(1, store.count), refusal("InternalError"))
    keep = Keep("home/id-sam/kept/")

    with pytest.raises(StoreAwayError, match="Too many files cannot be copied."):
        Keeps(store).copy(SAM, ORDER, keep)  # type: ignore[arg-type]  # as above

    assert (keep.copied, len(keep.refused)) == (1, MOST_REFUSED)


async def through(keeps: Keeps, keep: Keep) -> None:
    """Wait until it is."""
    async with asyncio.timeout(10):
        while keep.goes_on:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)
    await keeps.close()


async def test_a_store_that_goes_away_ends_it_and_says_what_was_copied() -> None:
    """And what to do."""
    store = Store(3)
    store.errors[2] = EndpointConnectionError(endpoint_url="http://store")
    keeps = Keeps(store)  # type: ignore[arg-type]  # as above

    keep = keeps.start(SAM, ORDER)
    await through(keeps, keep)

    assert (keep.copied, keep.total, keep.fault) == (2, 3, AWAY)


async def test_a_class_that_keeps_all_at_once_takes_turns() -> None:
    """Each is told that it goes on, and comes to its end."""
    store = Store(2)
    keeps = Keeps(store)  # type: ignore[arg-type]  # as above
    people = [Caller(f"id-{number}", f"p{number}") for number in range(3 * AT_ONCE)]

    found = [keeps.start(person, ORDER) for person in people]
    assert all(keep.goes_on for keep in found)
    for keep in found:
        async with asyncio.timeout(10):
            while keep.goes_on:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.01)

    assert len(store.copied) == 2 * len(people)
    assert {keep.fault for keep in found} == {""}
    await keeps.close()
