"""Stores that are not ours refuse the keys of who was removed, in the way that each has for it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from matrix.conftest import Front
from support.places import BUCKET, client
from support.waiting import soon

STORES = ("radosgw", "minio")


@pytest.fixture(params=STORES)
def front(request: pytest.FixtureRequest) -> Front:
    """A store."""
    found: Front = request.getfixturevalue(request.param)
    return found


def s3_of(front: Front, name: str, server: str = "", group: str = "") -> Any:
    """Return a client with the keys that somebody's server has."""
    return client(front.proxy.store, "s3", front.place.person(name, server).keys(group))


def refused(s3: Any, prefix: str) -> bool:
    """Tell whether the store refuses keys."""
    try:
        s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    except ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == 403)
    return False


def test_the_keys_of_who_was_removed_are_refused_within_seconds(front: Front) -> None:
    """And those of nobody else."""
    removed, other = (front.place.person(name) for name in ("removed", "stays"))
    s3, of_other = (s3_of(front, name) for name in ("removed", "stays"))
    s3.put_object(Bucket=BUCKET, Key=f"{removed.home}mine", Body=b"")

    front.place.people.remove("removed")

    soon(lambda: refused(s3, removed.home), 15)
    assert removed.ask().status_code == 403
    assert not refused(of_other, other.home)


def test_who_leaves_a_class_keeps_the_other_keys(front: Front) -> None:
    """Who comes again gets keys that work, which end with the next leave."""
    groups = front.place.people.groups
    group, leaver = groups.add("class", "Statistics"), front.place.person("leaver")
    shared, name = f"class/{group}/shared/", f"class-{group}"
    groups.join(group, leaver.id, "student")
    of_class, own = s3_of(front, "leaver", group=name), s3_of(front, "leaver")
    assert not refused(of_class, shared)

    groups.leave(group, leaver.id)
    soon(lambda: refused(of_class, shared), 15)
    assert not refused(own, leaver.home)

    groups.join(group, leaver.id, "student")
    soon(lambda: not refused(s3_of(front, "leaver", group=name), shared), 15)
    again = s3_of(front, "leaver", group=name)
    groups.leave(group, leaver.id)
    soon(lambda: refused(again, shared), 15)
    assert not refused(own, leaver.home)


def test_the_keys_of_a_server_that_stopped_are_refused(front: Front) -> None:
    """Not those of another server of the same person."""
    person = front.place.person("stopper")
    stopped, thesis = s3_of(front, "stopper"), s3_of(front, "stopper", "thesis")

    assert front.place.tell_of_end("stopper").status_code == 204

    soon(lambda: refused(stopped, person.home), 15)
    assert not refused(thesis, person.home)
