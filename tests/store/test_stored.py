"""A limit of what is stored, on a real store: whoever reaches it reads and deletes, and writes again when there is room."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support.places import BUCKET, COLLECTOR_TOKEN, Place
from support.ports import free_ports
from support.waiting import soon

from sardonyx_services.credentials.configuration import CredentialsConfiguration, StoredLimits
from sardonyx_services.credentials.counting import Counting
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.sts import Keys, sts_of

LIMIT = 1 << 20


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place in which a person and a class have a megabyte each."""
    found = Place(tmp_path_factory.mktemp("place"), free_ports())
    try:
        found.start_store()
        found.start_keys(limits=StoredLimits(person=LIMIT, of_class=LIMIT, count_every_s=0.5))
        found.wait()
        yield found
    finally:
        found.close()


def access(place: Place, name: str) -> dict[str, Any]:
    """Return what the page “Data” is told of somebody's own place."""
    token = place.person(name).token
    answer = httpx.get(f"{place.keys}/access", headers={"Authorization": f"token {token}"}).json()
    home: dict[str, Any] = answer["home"]
    return home


def is_refused(s3: Any, key: str, size: int = 1) -> bool:
    """Tell whether something cannot be written."""
    try:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * size)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "AccessDenied")
    return False


def test_a_full_place_is_read_and_emptied_and_written_again(place: Place) -> None:
    """With the next keys; nothing that is there is lost."""
    amina = place.person("amina")
    key = f"{amina.home}large.bin"
    amina.s3().put_object(Bucket=BUCKET, Key=key, Body=b"x" * LIMIT)

    soon(lambda: access(place, "amina") == {"prefix": amina.home, "access": "rd", "bytes": LIMIT, "limit": LIMIT})
    full = amina.s3()
    assert is_refused(full, f"{amina.home}more.bin")
    assert is_refused(full, key)
    assert len(full.get_object(Bucket=BUCKET, Key=key)["Body"].read()) == LIMIT
    assert full.list_objects_v2(Bucket=BUCKET, Prefix=amina.home)["KeyCount"] == 1
    with pytest.raises(ClientError, match="AccessDenied"):
        full.create_multipart_upload(Bucket=BUCKET, Key=f"{amina.home}parts.bin")

    full.delete_object(Bucket=BUCKET, Key=key)
    soon(lambda: access(place, "amina")["access"] == "rw")
    assert not is_refused(amina.s3(), f"{amina.home}more.bin")


def test_one_who_is_full_does_not_hinder_another(place: Place) -> None:
    """Nor what they may do elsewhere."""
    bela, cleo = place.person("bela"), place.person("cleo")
    bela.s3().put_object(Bucket=BUCKET, Key=f"{bela.home}large.bin", Body=b"x" * LIMIT)
    soon(lambda: access(place, "bela")["access"] == "rd")

    assert not is_refused(cleo.s3(), f"{cleo.home}a.bin")


def test_a_class_is_full_for_all_its_people(place: Place) -> None:
    """Staff delete; students hand in nothing until then."""
    group = place.people.groups.add("class", "Statistics")
    for name, role in (("tia", "instructor"), ("sam", "student")):
        place.people.groups.join(group, place.person(name).id, role)  # type: ignore[arg-type]  # as written above
    tia, sam, name = place.person("tia"), place.person("sam"), f"class-{group}"
    hand_in = f"class/{group}/hand-in/{sam.id}/answer.txt"
    tia.s3(name).put_object(Bucket=BUCKET, Key=f"class/{group}/shared/data.bin", Body=b"x" * LIMIT)

    soon(lambda: is_refused(sam.s3(name), hand_in))
    assert is_refused(tia.s3(name), f"class/{group}/shared/more.bin")
    assert not is_refused(sam.s3(name), f"{sam.home}a.bin")
    tia.s3(name).delete_object(Bucket=BUCKET, Key=f"class/{group}/shared/data.bin")
    soon(lambda: not is_refused(sam.s3(name), hand_in))


def test_nothing_is_kept_or_handed_out_where_there_is_no_room(place: Place) -> None:
    """With what to do, and not with a file that was refused."""
    group = place.people.groups.add("class", "Algebra")
    place.people.groups.join(group, place.person("eva").id, "instructor")
    eva = place.person("eva")
    headers = {"Authorization": f"token {COLLECTOR_TOKEN}"}

    def asked(purpose: str, **what: str) -> str:
        answer = httpx.post(f"{place.keys}/{purpose}", json={"name": "eva", **what}, headers=headers)
        return "" if answer.status_code == 200 else str(answer.json()["message"])

    assert asked("keep", group=f"class-{group}") == asked("hand-out", **{"class": group}) == ""
    eva.s3().put_object(Bucket=BUCKET, Key=f"{eva.home}large.bin", Body=b"x" * LIMIT)
    key = f"class/{group}/shared/large.bin"
    eva.s3(f"class-{group}").put_object(Bucket=BUCKET, Key=key, Body=b"x" * LIMIT)

    full = "The place in the data store for it is full. Delete something there, and try again in a few minutes."
    soon(lambda: asked("keep", group=f"class-{group}") == full)
    soon(lambda: asked("hand-out", **{"class": group}) == full)
    assert asked("collect", **{"class": group}) == ""


def test_keys_that_count_only_list(place: Place) -> None:
    """Whoever got hold of them reads and changes nothing."""
    told = CredentialsConfiguration.model_validate_json((place.folder / "run" / "keys.json").read_text())
    counting = Counting(Issuer(told.issuer, told.keys), sts_of(told.store), told.store)
    dora = place.person("dora")
    dora.s3().put_object(Bucket=BUCKET, Key=f"{dora.home}a.bin", Body=b"abc")

    async def counted() -> tuple[int, Keys]:
        return await counting.count(dora.home, LIMIT), await counting.current()

    size, keys = asyncio.run(counted())

    assert size == 3
    s3 = place.s3_with(keys.to_json())
    assert is_refused(s3, f"{dora.home}b.bin")
    for what in (s3.get_object, s3.delete_object):
        with pytest.raises(ClientError, match="AccessDenied"):
            what(Bucket=BUCKET, Key=f"{dora.home}a.bin")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=BUCKET, Prefix="team/")
