"""What staff collect of a class: all that was handed in there, and nothing else; on a real store."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from support import web
from support.places import BUCKET, COLLECTOR_TOKEN, OWN_TOKEN, REGION

from sardonyx_services.credentials import audit
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.web.classes.hand_ins import HandIns
from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.members import Member
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor

if TYPE_CHECKING:
    from sardonyx_services.people.records import PersonRecord


HANDED_OUT_BY = "Only those who lead a class or an event hand out files to it."


@pytest.fixture(scope="module")
def course(place: Any) -> str:
    """A class in which sam and sue have handed in something."""
    group: str = place.people.groups.add("class", "Statistics")
    for name, role in (
        ("tia", "instructor"),
        ("tom", "assistant"),
        ("sam", "student"),
        ("sue", "student"),
        ("gus", "guest"),
    ):
        place.people.groups.join(group, place.person(name).id, role)
    for name in ("sam", "sue"):
        for file in ("answer.txt", "week 1/été & co.ipynb"):
            key = f"class/{group}/hand-in/{place.person(name).id}/{file}"
            place.person(name).s3(f"class-{group}").put_object(
                Bucket=BUCKET, Key=key, Body=f"{file} by {name}".encode()
            )
    return group


def door(place: Any, token: str = COLLECTOR_TOKEN, endpoint: str = "") -> StoreDoor:
    """Return what opens the store for the service of classes."""
    file = place.folder / "token-shown"
    file.write_text(token)
    return StoreDoor(
        StorePlace(keys=place.keys, token=file, endpoint=endpoint or place.endpoint, region=REGION, bucket=BUCKET)
    )


def hand_ins(place: Any, token: str = COLLECTOR_TOKEN, endpoint: str = "") -> HandIns:
    """Return what reads them."""
    return HandIns(door(place, token, endpoint))


def members(place: Any, course: str) -> list[Member]:
    """Return who is in the class."""
    people: dict[str, PersonRecord] = {person.id: person for person in place.people.everybody()}
    return [Member(people[person], role) for person, role in place.people.groups.members(course).items()]


@pytest.mark.parametrize("name", ["tia", "tom", pytest.param(OPERATOR, id="the operator's commands")])
def test_staff_have_all_of_it_in_one_archive(place: Any, course: str, name: str) -> None:
    """A folder for each person, and a list of all files."""
    data = b"".join(hand_ins(place).archive(name, course, members(place, course)))

    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {
        "hand-ins.csv",
        *(f"{who}/{file}" for who in ("sam", "sue") for file in ("answer.txt", "week 1/été & co.ipynb")),
    }
    assert archive.read("sue/week 1/été & co.ipynb").decode() == "week 1/été & co.ipynb by sue"
    assert len(archive.read("hand-ins.csv").decode().splitlines()) == 5


@pytest.mark.parametrize("name", ["sam", "gus", "una"])
def test_nobody_else_reads_it(place: Any, course: str, name: str) -> None:
    """Whatever the service of classes says of them: the keys service looks by itself."""
    place.person(name)
    with pytest.raises(NotOpenError, match="Only the instructors and assistants of a class read what is handed in."):
        hand_ins(place).files(name, course)


@pytest.mark.parametrize("token", ["", "guessed", OWN_TOKEN])
def test_only_the_service_of_classes_asks(place: Any, course: str, token: str) -> None:
    """Not even another service, nor somebody's server."""
    known = token or place.hub.knows("tia")
    answer = web.post(
        f"{place.keys}/collect", json={"name": "tia", "class": course}, headers={"Authorization": f"token {known}"}
    )
    assert (answer.status_code, answer.json()["message"]) == (403, "Only the service of classes asks here.")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"name": "tia"}', b"{" * 9000])
def test_a_question_that_is_none_is_refused(place: Any, body: bytes) -> None:
    """In words."""
    answer = web.post(f"{place.keys}/collect", content=body, headers={"Authorization": f"token {COLLECTOR_TOKEN}"})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        'Say what is wanted, as JSON, with "name", "class".',
    )


def test_the_keys_read_what_was_handed_in_there_and_nothing_else(place: Any, course: str) -> None:
    """Not what is shared, not the person's own place, and nothing is changed with them."""
    s3 = door(place).client("collect", {"name": "tia", "class": course})
    sam, tia = place.person("sam").id, place.person("tia").id
    key = f"class/{course}/hand-in/{sam}/answer.txt"
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"answer.txt by sam"

    for what, how in (
        ("put_object", {"Key": key, "Body": b"x"}),
        ("delete_object", {"Key": key}),
        ("list_objects_v2", {"Prefix": f"class/{course}/shared/"}),
        ("list_objects_v2", {"Prefix": f"home/{tia}/"}),
        ("get_object", {"Key": f"home/{tia}/a"}),
    ):
        with pytest.raises(ClientError) as caught:
            getattr(s3, what)(Bucket=BUCKET, **how)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_files_are_handed_out_by_staff_and_nowhere_else(place: Any, course: str) -> None:
    """The keys write in that folder of what the class shares, and read nobody's work."""
    s3 = door(place).client("hand-out", {"name": "tom", "group": f"class-{course}"})
    s3.put_object(Bucket=BUCKET, Key=f"class/{course}/shared/handed-out/sheet.txt", Body=b"sheet")

    for key in (f"class/{course}/shared/other.txt", f"class/{course}/hand-in/x/a", f"home/{place.person('tom').id}/a"):
        with pytest.raises(ClientError) as caught:
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    with pytest.raises(NotOpenError, match=HANDED_OUT_BY):
        door(place).client("hand-out", {"name": "sam", "group": f"class-{course}"})


def test_files_are_handed_out_by_organisers_in_their_event(place: Any) -> None:
    """The keys write in that folder of what the event shares, and read no team's work; nobody who takes part has any."""
    now = datetime.now(UTC)
    event = place.people.events.add("Data days", EventDetails(now - timedelta(hours=1), now + timedelta(hours=1)))
    place.people.seats.add(event, 0, lambda number: f"{event}-{number}", most=1, teams=[("Blue", 1)])
    for name, role in (("tia", "organiser"), ("sam", "participant")):
        place.people.groups.join(event, place.person(name).id, role)
    (team,) = place.people.seats.teams(event)
    s3 = door(place).client("hand-out", {"name": "tia", "group": f"event-{event}"})
    s3.put_object(Bucket=BUCKET, Key=f"event/{event}/shared/handed-out/sheet.txt", Body=b"sheet")

    for key in (f"event/{event}/shared/other.txt", f"team/{team.id}/a", f"home/{place.person('tia').id}/a"):
        with pytest.raises(ClientError) as caught:
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    for name, group in (("sam", f"event-{event}"), ("gus", f"event-{event}"), ("tia", f"team-{team.id}"), ("tia", "x")):
        with pytest.raises(NotOpenError, match=HANDED_OUT_BY):
            door(place).client("hand-out", {"name": name, "group": group})


def test_who_collected_is_written_down(place: Any, course: str) -> None:
    """As theirs, with what they could read; once, however many files there are."""
    before = len(list(audit.read(place.audit)))
    b"".join(hand_ins(place).archive("tia", course, members(place, course)))

    *_, last = written = list(audit.read(place.audit))
    assert len(written) == before + 1
    assert (last.name, last.server, last.places) == ("tia", "collect", (f"class/{course}/hand-in/:r",))
    assert (last.until - last.time).total_seconds() <= 901


def test_a_store_that_is_away_is_said(place: Any, course: str) -> None:
    """Nothing of it is lost, and the page says so."""
    with pytest.raises(
        StoreAwayError, match="The data store does not answer now. Nothing of it is lost; try again in a minute."
    ):
        hand_ins(place, endpoint="http://127.0.0.1:9").files("tia", course)
