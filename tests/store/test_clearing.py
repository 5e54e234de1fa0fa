"""Events and classes in the store: written while they are on, read after that, and then deleted with keys for nothing else."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support import web
from support.places import BUCKET, COLLECTOR_TOKEN, OWN_TOKEN
from support.stored import everything, only_these_go
from support.waiting import soon

from sardonyx_services.credentials import audit
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.entries import Entry
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.models import ClassRow, GroupRow, PersonRow
from sardonyx_services.people.moments import in_tables
from sardonyx_services.people.web.classes.ends import ClassEnds
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.events.ends import EventEnds
from sardonyx_services.people.web.kept.copies import Copies
from sardonyx_services.people.web.kept.erasures import Erasures
from sardonyx_services.unfinished import end_unfinished, is_forgotten

REFUSAL = (403, "That is no place whose data is to be deleted now.")


@dataclass
class Event:
    """An event with two teams, and Ada and Ben in the first of them."""

    place: Any
    id: str
    team: str
    other_team: str
    ada: Entry
    ben: Entry

    def s3(self, entry: Entry, group: str = "") -> Any:
        """Return S3 as a server of somebody has it."""
        return self.place.person(entry.name).s3(group)

    def end(self, ago: timedelta = timedelta(0)) -> None:
        """End it, some time ago."""
        self.place.people.events.close(self.id, datetime.now(UTC) - ago, early=True)


@pytest.fixture
def event(place: Any) -> Event:
    """An event that is on."""
    now = datetime.now(UTC)
    details = EventDetails(begins=now - timedelta(days=9), ends=now + timedelta(hours=5), read_hours=1)
    made = place.people.events.add("Hackathon", details)
    place.people.seats.add(made, 0, lambda number: f"{made}-{number}", most=9, teams=[("Blue", 2), ("Red", 1)])
    teams = [team.id for team in place.people.seats.teams(made)]
    ada, ben = (place.people.entries.by_code(f"{made}-{number}", "") for number in (1, 2))
    blue = next(each.group for each in place.people.groups.of(ada.person) if each.kind == "team")
    return Event(place, made, blue, next(team for team in teams if team != blue), ada, ben)


def is_refused(s3: Any, what: str, **how: Any) -> bool:
    """Tell whether the store refuses something for want of rights."""
    try:
        getattr(s3, what)(Bucket=BUCKET, **how)
    except ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == 403)
    return False


def test_a_team_shares_its_place_and_no_other_team_sees_it(event: Event) -> None:
    """Nor anybody the place of another team."""
    key = f"team/{event.team}/plan.txt"
    event.s3(event.ada, f"team-{event.team}").put_object(Bucket=BUCKET, Key=key, Body=b"ours")

    ben = event.s3(event.ben, f"team-{event.team}")
    assert ben.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"ours"
    assert is_refused(ben, "put_object", Key=f"team/{event.other_team}/x", Body=b"x")
    assert event.place.person(event.ada.name).ask(f"team-{event.other_team}").status_code == 403


def test_after_the_end_what_there_is_is_read_and_not_written(event: Event) -> None:
    """Keys from before are refused within seconds, new ones only read; a home and a team alike."""
    ada, key = event.place.person(event.ada.name), f"team/{event.team}/plan.txt"
    before = event.s3(event.ada, f"team-{event.team}")
    before.put_object(Bucket=BUCKET, Key=key, Body=b"ours")
    before.put_object(Bucket=BUCKET, Key=f"{ada.home}own.txt", Body=b"mine")

    event.end()

    soon(lambda: is_refused(before, "put_object", Key=f"{key}.late", Body=b"late"), patience_s=20)
    after = event.s3(event.ada, f"team-{event.team}")
    assert after.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"ours"
    assert after.get_object(Bucket=BUCKET, Key=f"{ada.home}own.txt")["Body"].read() == b"mine"
    for where in (key, f"{ada.home}own.txt"):
        assert is_refused(after, "put_object", Key=where, Body=b"late")
        assert is_refused(after, "delete_object", Key=where)


def test_an_archive_has_ones_own_and_ones_teams(event: Event, tmp_path: Path) -> None:
    """And nothing of others."""
    ada, ben = (event.place.person(entry.name) for entry in (event.ada, event.ben))
    for client, entry in ((ada, event.ada), (ben, event.ben)):
        event.s3(entry).put_object(Bucket=BUCKET, Key=f"{client.home}of-{entry.name}.txt", Body=b"x")
    event.s3(event.ben, f"team-{event.team}").put_object(Bucket=BUCKET, Key=f"team/{event.team}/plan.txt", Body=b"y")
    (tmp_path / event.ada.person).mkdir()
    (tmp_path / event.ada.person / b"caf\xe9.txt".decode("utf-8", "surrogateescape")).write_text("z")
    event.end()

    data = b"".join(Copies(event.place.door(), tmp_path).archive(event.ada.name, event.ada.person, event.team))

    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {f"data/of-{event.ada.name}.txt", "team/plan.txt", "home/caf\ufffd.txt"}


@pytest.mark.parametrize("group", ["other", "none"])
def test_nobody_copies_what_is_not_theirs(event: Event, tmp_path: Path, group: str) -> None:
    """Another team's place, or one that is none; nor anybody who is in no event."""
    team = event.other_team if group == "other" else "zzzzzzzz"
    with pytest.raises(NotOpenError, match="You are in no class or team"):
        b"".join(Copies(event.place.door(), tmp_path).archive(event.ada.name, event.ada.person, team))
    una = event.place.person("una")
    for whose in ("x" * 16, event.ada.person):
        with pytest.raises(NotOpenError, match="What you may read of this has changed just now. Load the page again."):
            b"".join(Copies(event.place.door(), tmp_path).archive("una", whose, ""))
    assert una.home


def test_the_archive_of_a_team_has_what_it_shares_and_nothing_else(event: Event, tmp_path: Path) -> None:
    """Also when all are signed out after the end; its keys read that place alone, and nobody else's team."""
    ada = event.place.person(event.ada.name)
    event.s3(event.ada).put_object(Bucket=BUCKET, Key=f"{ada.home}own.txt", Body=b"x")
    event.s3(event.ben, f"team-{event.team}").put_object(Bucket=BUCKET, Key=f"team/{event.team}/plan.txt", Body=b"y")
    event.end()

    data = b"".join(Copies(event.place.door(), tmp_path).of_team(event.ada.name, event.team))

    archive = zipfile.ZipFile(io.BytesIO(data))
    assert {name: archive.read(name) for name in archive.namelist()} == {"team/plan.txt": b"y"}
    s3 = event.place.door().client("team-copy", {"name": event.ada.name, "group": f"team-{event.team}"})
    for key in (f"{ada.home}own.txt", f"team/{event.other_team}/plan.txt", "public/x"):
        assert is_refused(s3, "get_object", Key=key), key
    assert is_refused(s3, "put_object", Key=f"team/{event.team}/plan.txt", Body=b"z")
    with pytest.raises(NotOpenError, match="You are in no class or team"):
        b"".join(Copies(event.place.door(), tmp_path).of_team(event.ada.name, event.other_team))


def asked(place: Any, group: str, prefix: str, token: str = COLLECTOR_TOKEN) -> tuple[int, str]:
    """Ask for keys to delete a place; return status and message."""
    answer = web.post(
        f"{place.keys}/clear", json={"group": group, "prefix": prefix}, headers={"Authorization": f"token {token}"}
    )
    return answer.status_code, answer.json().get("message", "")


def test_there_are_keys_to_delete_only_after_the_end_and_only_for_places_of_the_event(event: Event) -> None:
    """The keys service looks by itself, whatever the service of classes says."""
    refusal = REFUSAL
    own = f"home/{event.ada.person}/"
    assert asked(event.place, event.id, own) == refusal, "it is on"
    event.end()
    assert asked(event.place, event.id, own) == refusal, "it is still read"
    other = event.place.person("una")
    gone = event.place.people.events.add(
        "Gone", EventDetails(begins=datetime(2026, 1, 1, tzinfo=UTC), ends=datetime(2026, 1, 2, tzinfo=UTC))
    )
    event.place.people.events.close(gone, datetime(2026, 1, 2, tzinfo=UTC))

    assert asked(event.place, gone, f"event/{gone}/")[0] == 200
    for prefix in (own, other.home, f"event/{event.id}/", "", "home/", f"event/{gone}", f"event/{gone}/../"):
        assert asked(event.place, gone, prefix) == refusal, prefix
    assert asked(event.place, "zzzzzzzz", "event/zzzzzzzz/") == refusal
    for token in ("guessed", OWN_TOKEN, event.place.hub.knows("una")):
        assert asked(event.place, gone, f"event/{gone}/", token) == (403, "Only the service of classes asks here.")


class NoHub:
    """A hub in which nothing runs."""

    async def servers(self) -> list[Any]:
        """Return nothing."""
        return []


async def test_all_of_an_event_is_deleted_in_the_store_and_nothing_else(event: Event) -> None:
    """More than a page of it; who did it is in the audit log."""
    una, place = event.place.person("una"), event.place
    una.s3().put_object(Bucket=BUCKET, Key=f"{una.home}kept.txt", Body=b"kept")
    s3 = event.s3(event.ada, f"team-{event.team}")
    for number in range(3):
        s3.put_object(Bucket=BUCKET, Key=f"team/{event.team}/folder {number}/é+&.txt", Body=b"12")
    own = f"home/{event.ben.person}/own.txt"
    of_ben = event.s3(event.ben)
    of_ben.put_object(Bucket=BUCKET, Key=own, Body=b"1")
    place.administrator().put_object(Bucket=BUCKET, Key=f"event/{event.id}/shared/task.txt", Body=b"task")
    homes = [f"home/{entry.person}/" for entry in (event.ada, event.ben)]
    of_it = (f"event/{event.id}/", f"team/{event.team}/", f"team/{event.other_team}/", *homes)
    later = datetime.now(UTC) + timedelta(hours=2)
    event.end(timedelta(hours=1, seconds=1))
    ends = EventEnds(place.people, NoHub(), Clearer(place.door()), "en", lambda: later)  # type: ignore[arg-type]  # as much as is asked of it

    with only_these_go(place.administrator(), of_it, files=5):
        for _look in range(2):
            await ends.look()
            for owed in place.people.owed():
                place.people.settle(owed)

    assert place.people.events.details(event.id).report == {"objects": 5, "bytes": 11, "accounts": 2, "teams": 2}
    # Keys from before its end work no more; whoever had them writes nothing where all was deleted.
    for keys, prefix in ((s3, f"team/{event.team}/"), (of_ben, f"home/{event.ben.person}/")):
        soon(partial(is_refused, keys, "list_objects_v2", Prefix=prefix), patience_s=20)
        assert is_refused(keys, "put_object", Key=f"{prefix}late.txt", Body=b"x")
    assert una.s3().get_object(Bucket=BUCKET, Key=f"{una.home}kept.txt")["Body"].read() == b"kept"
    written = [each for each in audit.read(place.audit) if each.service == audit.CLEAR and each.person == event.id]
    assert {each.places for each in written} >= {(f"team/{event.team}/:rw",), (f"home/{event.ben.person}/:rw",)}


@dataclass
class Course:
    """A class with data, an instructor, and two students of whom one has handed in something."""

    place: Any
    id: str

    def s3(self, name: str) -> Any:
        """Return S3 as somebody's server has it for the class."""
        return self.place.person(name).s3(f"class-{self.id}")

    def key(self, name: str, file: str) -> str:
        """Return where somebody hands in a file."""
        return f"class/{self.id}/hand-in/{self.place.people.by_name(name).id}/{file}"


def end(course: Course, ago: timedelta) -> None:
    """End it, some time ago."""
    course.place.people.groups.end(course.id)
    with course.place.people._session() as session:
        session.get(GroupRow, course.id).ended = in_tables(datetime.now(UTC) - ago)


@pytest.fixture
def course(place: Any) -> Course:
    """A class whose data is deleted after its end."""
    made = place.people.groups.add("class", "Statistics")
    place.people.classes.change(made, ClassDetails(after_end="delete", exporting=False))
    for name, role in (("tia", "instructor"), ("sam", "student"), ("kim", "student"), ("gus", "guest")):
        place.person(name)
        place.people.groups.join(made, place.people.by_name(name).id, role)
    found = Course(place, made)
    found.s3("tia").put_object(Bucket=BUCKET, Key=f"class/{made}/shared/data.csv", Body=b"a,b")
    found.s3("sam").put_object(Bucket=BUCKET, Key=found.key("sam", "work.txt"), Body=b"mine")
    found.s3("kim").put_object(Bucket=BUCKET, Key=found.key("kim", "other.txt"), Body=b"hers")
    return found


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("sam", {"handed-in/work.txt", "shared/data.csv"}),
        ("gus", {"shared/data.csv"}),
        ("tia", {"shared/data.csv"}),
    ],
)
def test_everybody_of_a_class_copies_what_is_theirs_to_read(
    course: Course, tmp_path: Path, name: str, files: set[str]
) -> None:
    """What others have handed in is in no archive but that of the hand-ins."""
    person = course.place.people.by_name(name)
    copies = Copies(course.place.door(), tmp_path)

    data = b"".join(copies.of_class(name, person.id, course.id, hands_in=name == "sam"))

    assert set(zipfile.ZipFile(io.BytesIO(data)).namelist()) == files


def test_who_is_not_in_a_class_copies_nothing_of_it(course: Course, tmp_path: Path) -> None:
    """Nor who is, once it has ended."""
    copies, sam = Copies(course.place.door(), tmp_path), course.place.people.by_name("sam")
    una = course.place.person("una")
    with pytest.raises(NotOpenError, match="You are in no class or team"):
        b"".join(copies.of_class("una", una.id, course.id, hands_in=True))
    course.place.people.groups.end(course.id)
    with pytest.raises(NotOpenError, match="You are in no class or team"):
        b"".join(copies.of_class("sam", sam.id, course.id, hands_in=True))


def test_there_are_no_keys_to_delete_a_class_for_a_day_after_its_end(course: Course) -> None:
    """The keys service looks by itself."""
    prefix = f"class/{course.id}/"
    assert asked(course.place, course.id, prefix) == REFUSAL, "it goes on"
    end(course, timedelta(hours=23))
    assert asked(course.place, course.id, prefix) == REFUSAL, "it has just ended"


def test_each_key_to_delete_a_class_is_for_all_of_it_and_nothing_else(course: Course) -> None:
    """And there is none while it is to be kept."""
    prefix = f"class/{course.id}/"
    end(course, timedelta(days=1, seconds=1))
    for other in ("class/", "", f"class/{course.id}", f"class/{course.id}/shared/", "home/"):
        assert asked(course.place, course.id, other) == REFUSAL, other
    course.place.people.class_removal.decide(course.id, "keep")
    assert asked(course.place, course.id, prefix) == REFUSAL, "it is to be kept"

    course.place.people.class_removal.decide(course.id, "delete")
    assert asked(course.place, course.id, prefix) == REFUSAL, "it was decided just now"

    with course.place.people._session() as session:
        session.get(ClassRow, course.id).decided = in_tables(datetime.now(UTC) - timedelta(days=1, seconds=1))

    assert asked(course.place, course.id, prefix)[0] == 200


async def test_uploads_that_nobody_finished_are_deleted_with_a_class_and_no_others(course: Course) -> None:
    """No listing of files shows them, and their parts are somebody's work all the same."""
    place, sam = course.place, course.place.person("sam")
    own, handed_in = f"{sam.home}large", course.key("sam", "large")
    begin(sam.s3(), own)
    begin(course.s3("sam"), handed_in)
    assert {own, handed_in} <= set(unfinished(place))
    end(course, timedelta(days=1, seconds=1))

    await ClassEnds(place.people, NoHub(), Clearer(place.door()), "en").delete()  # type: ignore[arg-type]  # as much as is asked of it

    left = unfinished(place)
    assert own in left
    assert handed_in not in left


async def test_an_upload_that_was_begun_before_the_end_of_an_event_is_not_finished_after_it(event: Event) -> None:
    """Neither a part of it nor its completion is taken, with the keys from before or new ones; nothing of it is left then."""
    place, key = event.place, f"team/{event.team}/large"
    before = event.s3(event.ada, f"team-{event.team}")
    upload = str(before.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"])
    part: dict[str, Any] = {"Key": key, "UploadId": upload, "PartNumber": 1, "Body": b"secret"}
    tag = before.upload_part(Bucket=BUCKET, **part)["ETag"]
    whole = {"Key": key, "UploadId": upload, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": tag}]}}

    event.end()

    soon(lambda: is_refused(before, "upload_part", **{**part, "PartNumber": 2}), patience_s=20)
    for s3 in (before, event.s3(event.ada, f"team-{event.team}")):
        assert is_refused(s3, "upload_part", **{**part, "PartNumber": 2})
        assert is_refused(s3, "complete_multipart_upload", **whole)
    assert everything(place.administrator(), f"team/{event.team}/") == set()
    assert key in unfinished(place), "there is something to delete"
    with place.people._session() as session:
        row = session.get(EventRow, event.id)
        row.ends = row.closed = in_tables(datetime.now(UTC) - timedelta(hours=1, seconds=1))
    ends = EventEnds(place.people, NoHub(), Clearer(place.door()), "en")  # type: ignore[arg-type]  # as much as is asked of it
    for _look in range(2):
        await ends.look()
        for owed in place.people.owed():
            place.people.settle(owed)

    assert place.people.events.details(event.id).deleted is not None
    assert key not in unfinished(place)
    assert everything(place.administrator(), f"team/{event.team}/") == set()
    with pytest.raises(ClientError, match="NoSuchUpload"):
        place.administrator().complete_multipart_upload(Bucket=BUCKET, **whole)


def test_uploads_that_were_forgotten_are_ended_and_others_go_on(place: Any) -> None:
    """After a week no keys are left with which one could be finished."""
    sam, now = place.person("sam"), datetime.now(UTC)
    key, store = f"{sam.home}large", place.administrator()
    upload = begin(sam.s3(), key)

    assert end_unfinished(store, BUCKET, is_meant=is_forgotten(now + timedelta(days=6))) == 0
    assert key in unfinished(place)

    assert end_unfinished(store, BUCKET, is_meant=is_forgotten(now + timedelta(days=8))) >= 1
    assert unfinished(place) == []
    with pytest.raises(ClientError, match="NoSuchUpload"):
        sam.s3().upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=2, Body=b"late")


def test_a_store_that_shows_nobody_its_uploads_is_named_in_the_log(
    place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Such as one whose role was made before: all else of a class is deleted there."""
    sam = place.person("sam")

    assert end_unfinished(sam.s3(), BUCKET, sam.home) == 0

    (said,) = (record.getMessage() for record in caplog.records if record.name == "sardonyx_services.unfinished")
    assert said == (
        "The store's role may not list and end uploads that were never finished (s3:ListBucketMultipartUploads,"
        f" s3:AbortMultipartUpload): those below {sam.home} are for the bucket's lifecycle rules"
    )


def begin(client: Any, key: str) -> str:
    """Begin an upload in parts, and return its id."""
    upload = str(client.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"])
    client.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=b"secret")
    return upload


def unfinished(place: Any) -> list[str]:
    """Return the keys of uploads that were begun and not finished, as the store's administrator sees them."""
    found = place.administrator().list_multipart_uploads(Bucket=BUCKET)
    return [each["Key"] for each in found.get("Uploads", [])]


async def test_all_of_a_class_is_deleted_in_the_store_and_nothing_else(course: Course) -> None:
    """With keys for its place alone, which are in the audit log."""
    place, sam = course.place, course.place.person("sam")
    sam.s3().put_object(Bucket=BUCKET, Key=f"{sam.home}kept.txt", Body=b"kept")
    other = place.people.groups.add("class", "Other")
    place.people.groups.join(other, place.people.by_name("sam").id, "instructor")
    sam.s3(f"class-{other}").put_object(Bucket=BUCKET, Key=f"class/{other}/shared/kept.txt", Body=b"kept")
    handed_in = course.s3("sam")
    end(course, timedelta(days=1, seconds=1))

    with only_these_go(place.administrator(), [f"class/{course.id}/"], files=3):
        await ClassEnds(place.people, NoHub(), Clearer(place.door()), "en").delete()  # type: ignore[arg-type]  # as much as is asked of it

    assert place.people.classes.details(course.id).report == {"objects": 3, "bytes": 11}
    # A key from before its end works no more.
    soon(lambda: is_refused(handed_in, "list_objects_v2", Prefix=course.key("sam", "")), patience_s=20)
    assert is_refused(handed_in, "put_object", Key=course.key("sam", "late.txt"), Body=b"x")
    assert everything(place.administrator(), f"class/{course.id}/") == set()
    assert sam.s3().get_object(Bucket=BUCKET, Key=f"{sam.home}kept.txt")["Body"].read() == b"kept"
    s3 = sam.s3(f"class-{other}")
    assert s3.get_object(Bucket=BUCKET, Key=f"class/{other}/shared/kept.txt")["Body"].read() == b"kept"
    written = [each for each in audit.read(place.audit) if each.service == audit.CLEAR and each.person == course.id]
    assert {each.places for each in written} == {(f"class/{course.id}/:rw",)}


def test_somebody_takes_everything_that_is_theirs(course: Course, tmp_path: Path) -> None:
    """From home, store and classes, with what is known of them."""
    sam = course.place.person("sam")
    sam.s3().put_object(Bucket=BUCKET, Key=f"{sam.home}notes.txt", Body=b"notes")
    person = course.place.people.by_name("sam").id
    (tmp_path / person).mkdir()
    (tmp_path / person / "about-you.json").write_text("mine")
    known = course.place.people.personal.of(person)

    data = b"".join(Copies(course.place.door(), tmp_path).everything("sam", person, known))

    archive = zipfile.ZipFile(io.BytesIO(data))
    work = f"handed-in/Statistics ({course.id})/work.txt"
    assert {"data/notes.txt", work, "home/about-you.json", "about-you.json"} <= set(archive.namelist())
    assert not [name for name in archive.namelist() if name.endswith("other.txt")]
    assert json.loads(archive.read("about-you.json"))["name"] == "sam"


async def test_who_is_erased_leaves_nothing_in_the_store_and_others_all_of_theirs(course: Course) -> None:
    """There are keys for that a day after it was wanted, and only for what is theirs."""
    place, sam = course.place, course.place.person("sam")
    person = place.people.by_name("sam").id
    sam.s3().put_object(Bucket=BUCKET, Key=f"{sam.home}notes.txt", Body=b"notes")
    place.people.erasure.want("sam")
    assert asked(place, person, f"home/{person}/") == REFUSAL, "it is not time yet"
    with place.people._session() as session:
        session.get(PersonRow, person).erase_at = in_tables(datetime.now(UTC) - timedelta(seconds=1))
    for other in (course.key("kim", ""), "home/", f"class/{course.id}/", f"class/{course.id}/hand-in/", "public/"):
        assert asked(place, person, other) == REFUSAL, other

    for _look in range(3):
        await Erasures(place.people, Clearer(place.door())).look()
        for owed in place.people.owed():
            place.people.settle(owed)

    tia = course.s3("tia")
    found = tia.list_objects_v2(Bucket=BUCKET, Prefix=f"class/{course.id}/hand-in/").get("Contents", [])
    assert [each["Key"] for each in found] == [course.key("kim", "other.txt")]
    written = [each for each in audit.read(place.audit) if each.service == audit.CLEAR and each.person == person]
    assert {each.places for each in written} >= {(f"home/{person}/:rw",), (f"class/{course.id}/hand-in/{person}/:rw",)}
    assert place.people.personal.of(person)["name"] == f"erased-{person}"
