"""A limit of what is stored, on a real store: whoever reaches it reads and deletes, and writes again when there is room."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support import web
from support.places import BUCKET, COLLECTOR_TOKEN, Place
from support.ports import free_ports
from support.waiting import soon

from sardonyx_services.credentials.configuration import CredentialsConfiguration, StoredLimits
from sardonyx_services.credentials.counting import PLACES, Counting
from sardonyx_services.credentials.inventory import Inventory
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.sts import Keys, sts_of
from sardonyx_services.people.errors import AwayError
from sardonyx_services.people.event_details import EventDetails

LIMIT = 1 << 20
LIMITS = StoredLimits(person=LIMIT, of_class=LIMIT, of_event=LIMIT, count_every_s=0.5)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place in which a person, a class and an event have a megabyte each."""
    found = Place(tmp_path_factory.mktemp("place"), free_ports())
    try:
        found.start_store()
        found.start_keys(limits=LIMITS)
        found.wait()
        yield found
    finally:
        found.close()


def access(place: Place, name: str) -> dict[str, Any]:
    """Return what the page “Data” is told of somebody's own place."""
    token = place.person(name).token
    answer = web.get(f"{place.keys}/access", headers={"Authorization": f"token {token}"}).json()
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


def test_an_event_is_full_for_all_its_teams_until_one_deletes(place: Place) -> None:
    """And for its accounts in their own place; whoever has a lasting account writes in theirs."""
    now = datetime.now(UTC)
    details = EventDetails(begins=now - timedelta(hours=1), ends=now + timedelta(hours=1))
    event = place.people.events.add("Hackathon", details)
    place.people.seats.add(event, 0, lambda number: f"{event}-{number}", most=9, teams=[("Blue", 1), ("Red", 1)])
    accounts = [place.people.entries.by_code(f"{event}-{number}", "") for number in (1, 2)]
    blue, red = (place.person(each.name) for each in accounts)
    of_blue, of_red = (team.id for team in place.people.seats.teams(event))
    kim = place.person("kim")
    place.people.groups.join(of_red, kim.id, "member")
    large = f"team/{of_blue}/large.bin"
    blue.s3(f"team-{of_blue}").put_object(Bucket=BUCKET, Key=large, Body=b"x" * LIMIT)

    soon(lambda: is_refused(red.s3(f"team-{of_red}"), f"team/{of_red}/a.txt"))
    assert is_refused(kim.s3(f"team-{of_red}"), f"team/{of_red}/a.txt")
    assert is_refused(red.s3(), f"{red.home}a.txt")
    assert not is_refused(kim.s3(), f"{kim.home}a.txt")
    assert access(place, accounts[1].name)["event"] == {"bytes": LIMIT, "limit": LIMIT}
    full = blue.s3(f"team-{of_blue}")
    assert len(full.get_object(Bucket=BUCKET, Key=large)["Body"].read()) == LIMIT
    full.delete_object(Bucket=BUCKET, Key=large)

    soon(lambda: not is_refused(red.s3(f"team-{of_red}"), f"team/{of_red}/a.txt"))
    assert not is_refused(red.s3(), f"{red.home}a.txt")


def test_an_event_is_full_at_what_its_organisers_chose(place: Place) -> None:
    """Which is less than the operator allows; when they choose more, it is written again."""
    now = datetime.now(UTC)
    details = EventDetails(begins=now - timedelta(hours=1), ends=now + timedelta(hours=1), storage="0.001M")
    event = place.people.events.add("Hackathon", details)
    place.people.seats.add(event, 0, lambda number: f"{event}-{number}", most=9, teams=[("Blue", 1)])
    name = place.people.entries.by_code(f"{event}-1", "").name
    blue, (team,) = place.person(name), place.people.seats.teams(event)
    kept, more = f"team/{team.id}/kept.bin", f"team/{team.id}/more.bin"
    chosen = 1048
    blue.s3(f"team-{team.id}").put_object(Bucket=BUCKET, Key=kept, Body=b"x" * chosen)

    soon(lambda: is_refused(blue.s3(f"team-{team.id}"), more))
    assert access(place, name)["event"] == {"bytes": chosen, "limit": chosen}
    place.people.events.change(event, replace(place.people.events.details(event), storage=""))

    soon(lambda: not is_refused(blue.s3(f"team-{team.id}"), more))


def test_nothing_is_kept_or_handed_out_where_there_is_no_room(place: Place) -> None:
    """With what to do, and not with a file that was refused."""
    group = place.people.groups.add("class", "Algebra")
    place.people.groups.join(group, place.person("eva").id, "instructor")
    eva = place.person("eva")
    headers = {"Authorization": f"token {COLLECTOR_TOKEN}"}

    def asked(purpose: str, **what: str) -> str:
        answer = web.post(f"{place.keys}/{purpose}", json={"name": "eva", **what}, headers=headers)
        return "" if answer.status_code == 200 else str(answer.json()["message"])

    assert asked("keep", group=f"class-{group}") == asked("hand-out", group=f"class-{group}") == ""
    eva.s3().put_object(Bucket=BUCKET, Key=f"{eva.home}large.bin", Body=b"x" * LIMIT)
    key = f"class/{group}/shared/large.bin"
    eva.s3(f"class-{group}").put_object(Bucket=BUCKET, Key=key, Body=b"x" * LIMIT)

    full = "The place in the data store for it is full. Delete something there, and try again in a few minutes."
    soon(lambda: asked("keep", group=f"class-{group}") == full)
    soon(lambda: asked("hand-out", group=f"class-{group}") == full)
    assert asked("collect", **{"class": group}) == ""


def how_much(place: Place, of: object, token: str = COLLECTOR_TOKEN) -> httpx.Response:
    """Ask as the service of classes does."""
    return web.post(f"{place.keys}/stored", json={"of": of}, headers={"Authorization": f"token {token}"})


def test_pages_are_told_how_much_is_stored(place: Place) -> None:
    """Of one class, also before anybody had keys for it; of nothing that is none."""
    group = place.people.groups.add("class", "Geometry")
    whole = f"class/{group}/"
    place.people.groups.join(group, place.person("ida").id, "instructor")
    place.person("ida").s3(f"class-{group}").put_object(Bucket=BUCKET, Key=f"{whole}shared/a.bin", Body=b"x" * 1000)

    soon(lambda: how_much(place, whole).json() == {whole: {"bytes": 1000, "limit": LIMIT}})
    assert how_much(place, "").json()[whole] == {"bytes": 1000, "limit": LIMIT}
    for nothing in ("public/", "class/../", "class/7mw2kfqd/shared/", "nobody/7mw2kfqd/", "x", None):
        assert how_much(place, nothing).json() == {}


def test_only_the_hub_and_its_services_are_told(place: Place) -> None:
    """Nobody learns by it who is here, or how much they have."""
    token = place.person("jan").token

    for answer in (how_much(place, "", token), how_much(place, "", "nobodys")):
        assert (answer.status_code, answer.json()["message"]) == (403, "Only the service of classes asks here.")


def counting_of(place: Place, endpoint: str = "", **how: Any) -> Counting:
    """Return what counts in a place; with keys of its store, also in another."""
    told = CredentialsConfiguration.model_validate_json((place.folder / "run" / "keys.json").read_text())
    store = told.store.model_copy(update={"endpoint": endpoint or told.store.endpoint})
    return Counting(Issuer(told.issuer, told.keys), sts_of(told.store), store, **how)


def test_many_files_are_counted_in_several_goes(place: Place) -> None:
    """Over all places of a whole; the next count begins anew, and none goes on where the limit is reached."""
    people = [place.person(name) for name in ("finn", "gwen", "hana")]
    for number, person in enumerate(people):
        s3 = person.s3()
        for each in range(3 * (number != 1)):
            s3.put_object(Bucket=BUCKET, Key=f"{person.home}{each}.bin", Body=b"x" * 10)
    homes = [person.home for person in people]

    async def counted(counting: Counting, limit: int = LIMIT) -> list[int | None]:
        found = [await counting.count("event/abcd2345/", limit)]
        while found[-1] is None:
            found.append(await counting.count("event/abcd2345/", limit))
        return found

    async def twice(counting: Counting) -> tuple[list[int | None], list[int | None]]:
        return await counted(counting), await counted(counting)

    in_goes = [None, None, 60]
    assert asyncio.run(twice(counting_of(place, prefixes_of=lambda _whole: homes, most_files=3))) == (in_goes, in_goes)
    assert asyncio.run(counted(counting_of(place, prefixes_of=lambda _whole: homes), 30)) == [30]


def test_what_cannot_be_counted_is_said(place: Place) -> None:
    """Where the store or the database is away, as one kind of error."""

    def away(_whole: str) -> tuple[str, ...]:
        raise AwayError

    with pytest.raises(OSError, match="The database of this place does not answer"):
        asyncio.run(counting_of(place, prefixes_of=away).count("event/abcd2345/", LIMIT))
    with pytest.raises(OSError, match="Could not connect to the endpoint URL"):
        asyncio.run(counting_of(place, endpoint="http://127.0.0.1:9").count("event/abcd2345/", LIMIT))


def test_keys_that_count_only_list(place: Place) -> None:
    """Whoever got hold of them reads and changes nothing."""
    counting = counting_of(place)
    dora = place.person("dora")
    dora.s3().put_object(Bucket=BUCKET, Key=f"{dora.home}a.bin", Body=b"abc")

    async def counted() -> tuple[int | None, Keys]:
        return await counting.count(dora.home, LIMIT), await counting.current()

    size, keys = asyncio.run(counted())

    assert size == 3
    s3 = place.s3_with(keys.to_json())
    assert is_refused(s3, f"{dora.home}b.bin")
    for what in (s3.get_object, s3.delete_object):
        with pytest.raises(ClientError, match="AccessDenied"):
            what(Bucket=BUCKET, Key=f"{dora.home}a.bin")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=BUCKET, Prefix="public/")


def test_all_of_the_store_is_counted_also_what_has_no_limit(place: Place) -> None:
    """In parts, and over places that end amid one; the service of classes is told of it, and nobody else."""
    ivan = place.person("ivan")
    s3 = ivan.s3()
    for number in range(5):
        s3.put_object(Bucket=BUCKET, Key=f"{ivan.home}folder-{number}/a.bin", Body=b"x" * 10)

    async def found(part_files: int) -> dict[str, int]:
        inventory = Inventory(PLACES, counting_of(place, part_files=part_files).part)
        while not await inventory.step():
            pass
        return {each: counted.size for each, counted in inventory.seen().items()}

    at_once, in_parts = asyncio.run(found(20_000)), asyncio.run(found(1))
    assert at_once == in_parts
    assert at_once[ivan.home] == 50

    def told(token: str) -> httpx.Response:
        return web.post(f"{place.keys}/inventory", json={}, headers={"Authorization": f"token {token}"})

    soon(lambda: told(COLLECTOR_TOKEN).json()["is_whole"])
    assert all(each["limit"] in {LIMIT, None} for each in told(COLLECTOR_TOKEN).json()["places"].values())
    assert told(ivan.token).status_code == 403
