"""What somebody keeps of a class or an event in their own data: copied within a real store, and theirs when the rest is gone."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support import web
from support.places import BUCKET, COLLECTOR_TOKEN, OWN_TOKEN, REGION
from support.waiting import soon

from sardonyx_services.credentials import audit
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.entries import Entry
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.models import GroupRow
from sardonyx_services.people.moments import in_tables
from sardonyx_services.people.web.classes.ends import ClassEnds
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.events.ends import EventEnds
from sardonyx_services.people.web.kept import keeps as keeps_module
from sardonyx_services.people.web.kept.class_copies import ClassCopies
from sardonyx_services.people.web.kept.event_copies import EventCopies
from sardonyx_services.people.web.kept.keeping import Order, Part, folder_for, of_class, of_hand_ins, of_team
from sardonyx_services.people.web.kept.keeps import Keep, Keeps
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor

FILES = ("work.txt", "week 1/été + 100% & co.ipynb")


@dataclass
class Course:
    """A class with data, in which Sam and Kim have handed in something."""

    place: Any
    id: str

    def caller(self, name: str) -> Caller:
        """Return somebody as the service of classes knows them."""
        return Caller(self.place.person(name).id, name)

    def s3(self, name: str) -> Any:
        """Return S3 as somebody's server has it for the class."""
        return self.place.person(name).s3(f"class-{self.id}")

    def own(self, name: str) -> Order:
        """Return what somebody keeps of it."""
        return of_class(self.caller(name), "Statistics: 101", self.id, hands_in=name in {"sam", "kim"})

    def all(self) -> Order:
        """Return what staff keep of it."""
        names = {self.place.person(name).id: name for name in ("tia", "sam", "kim")}
        return of_hand_ins("Statistics: 101", self.id, names)

    def keep(self, name: str, order: Order) -> Keep:
        """Keep something, and wait for it."""
        caller = self.caller(name)
        found = Keep(folder_for(caller, order))
        Keeps(door(self.place)).copy(caller, order, found)
        return found

    def kept(self, name: str) -> dict[str, bytes]:
        """Return what somebody has kept of it, by path, as they see it from a server of theirs."""
        s3, folder = self.place.person(name).s3(), f"{self.place.person(name).home}kept/Statistics_ 101 ({self.id})/"
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix=folder).get("Contents", [])
        keys = [each["Key"] for each in found]
        return {key.removeprefix(folder): s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def door(place: Any, endpoint: str = "") -> StoreDoor:
    """Return what opens the store for the service of classes."""
    token = place.folder / "token-of-who-keeps"
    token.write_text(COLLECTOR_TOKEN)
    endpoint = endpoint or place.endpoint
    return StoreDoor(StorePlace(keys=place.keys, token=token, endpoint=endpoint, region=REGION, bucket=BUCKET))


@pytest.fixture
def course(place: Any) -> Course:
    """A class whose data is deleted after its end."""
    made = place.people.groups.add("class", "Statistics: 101")
    place.people.classes.change(made, ClassDetails(after_end="delete"))
    seats = (("tia", "instructor"), ("tom", "assistant"), ("sam", "student"), ("kim", "student"), ("gwen", "guest"))
    for name, role in seats:
        place.people.groups.join(made, place.person(name).id, role)
    found = Course(place, made)
    found.s3("tia").put_object(Bucket=BUCKET, Key=f"class/{made}/shared/data.csv", Body=b"a,b")
    for name in ("sam", "kim"):
        for file in FILES:
            key = f"class/{made}/hand-in/{place.person(name).id}/{file}"
            found.s3(name).put_object(Bucket=BUCKET, Key=key, Body=f"{file} by {name}".encode())
    return found


def own_copies(name: str) -> dict[str, bytes]:
    """Return what a student keeps of the class."""
    handed_in = {f"handed-in/{file}": f"{file} by {name}".encode() for file in FILES}
    return {**handed_in, "shared/data.csv": b"a,b"}


def test_a_student_keeps_what_they_handed_in_and_what_is_shared(course: Course) -> None:
    """With the bytes and the names that it has, and nothing of others."""
    keep = course.keep("sam", course.own("sam"))

    assert (keep.total, keep.copied, keep.there, keep.refused) == (3, 3, 0, {})
    assert course.kept("sam") == own_copies("sam")
    assert course.kept("kim") == {}, "who keeps nothing has nothing"


def test_a_guest_keeps_what_is_shared(course: Course) -> None:
    """They hand in nothing."""
    course.keep("gwen", course.own("gwen"))

    assert course.kept("gwen") == {"shared/data.csv": b"a,b"}


@pytest.mark.parametrize("name", ["tia", "tom"])
def test_staff_keep_all_that_was_handed_in(course: Course, name: str) -> None:
    """A folder for each person, and a list that says when each file was handed in, since its copy is younger."""
    keep = course.keep(name, course.all())

    found = course.kept(name)
    (listed,) = (path for path in found if path.endswith(").csv"))
    rows = found.pop(listed).decode().splitlines()
    assert found == {f"hand-ins/{who}/{file}": f"{file} by {who}".encode() for who in ("sam", "kim") for file in FILES}
    assert keep.copied == 4
    assert rows[0] == '"file","bytes","changed"'
    assert len(rows) == 5


def test_who_keeps_it_twice_has_it_once_and_what_is_new_beside_it(course: Course) -> None:
    """Nothing that was kept is overwritten: neither with a later work, nor where its person wrote in it."""
    time.sleep(1.1)  # the store knows seconds
    course.keep("sam", course.own("sam"))
    sam, mine = course.place.person("sam"), course.own("sam").folder
    sam.s3().put_object(Bucket=BUCKET, Key=f"{sam.home}{mine}shared/data.csv", Body=b"a,b and my notes")
    again = course.keep("sam", course.own("sam"))
    assert (again.total, again.copied, again.there) == (0, 0, 3)

    key = f"class/{course.id}/hand-in/{sam.id}/work.txt"
    course.s3("sam").put_object(Bucket=BUCKET, Key=key, Body=b"better")
    for _look in range(2):
        course.keep("sam", course.own("sam"))

    found = course.kept("sam")
    (dated,) = (path for path in found if path.startswith("handed-in/work ("))
    assert found.pop(dated) == b"better"
    assert found == {**own_copies("sam"), "shared/data.csv": b"a,b and my notes"}


def test_nobody_keeps_what_is_not_theirs(course: Course) -> None:
    """Whatever the service of classes asks for: the keys do not read it, and are not made for who is not in the class."""
    theirs = Part(f"class/{course.id}/hand-in/{course.caller('kim').id}/", "stolen")
    everybody = Part(f"class/{course.id}/hand-in/", "stolen")
    home = Part(course.place.person("kim").home, "stolen")
    for part in (theirs, everybody, home):
        with pytest.raises(NotOpenError, match="What you may read of this has changed just now."):
            course.keep("sam", Order(f"class-{course.id}", course.own("sam").folder, (part,)))
    with pytest.raises(NotOpenError, match="You are in no class or team"):
        course.keep("una", course.own("una"))
    assert course.kept("sam") == {}


def test_the_keys_write_what_is_kept_and_nothing_else(course: Course) -> None:
    """They read the places of the class, and neither the rest of one's own data nor another's."""
    sam, kim = course.place.person("sam"), course.place.person("kim")
    sam.s3().put_object(Bucket=BUCKET, Key=f"{sam.home}secret.txt", Body=b"x")
    s3 = door(course.place).client("keep", {"name": "sam", "group": f"class-{course.id}"})

    shared, own = f"class/{course.id}/shared/data.csv", f"class/{course.id}/hand-in/{sam.id}/work.txt"
    others = f"class/{course.id}/hand-in/{kim.id}/work.txt"
    refused: list[tuple[str, dict[str, Any]]] = [
        ("put_object", {"Key": shared, "Body": b"x"}),
        ("put_object", {"Key": own, "Body": b"x"}),
        ("delete_object", {"Key": own}),
        ("put_object", {"Key": f"{sam.home}x", "Body": b"x"}),
        ("put_object", {"Key": f"{kim.home}kept/x", "Body": b"x"}),
        ("get_object", {"Key": f"{sam.home}secret.txt"}),
        ("list_objects_v2", {"Prefix": sam.home}),
        ("get_object", {"Key": others}),
        ("copy_object", {"Key": f"{sam.home}kept/x", "CopySource": {"Bucket": BUCKET, "Key": others}}),
        ("copy_object", {"Key": f"{kim.home}kept/x", "CopySource": {"Bucket": BUCKET, "Key": shared}}),
    ]
    for what, how in refused:
        assert is_forbidden(s3, what, **how), (what, how)


def test_who_kept_something_is_written_down(course: Course) -> None:
    """As theirs, with all that the keys reach."""
    course.keep("sam", course.own("sam"))

    *_, last = audit.read(course.place.audit)
    sam = course.caller("sam").id
    root = f"class/{course.id}/"
    assert (last.name, last.server) == ("sam", "keep")
    assert set(last.places) == {f"home/{sam}/kept/:rw", f"{root}shared/:r", f"{root}hand-in/{sam}/:r"}
    assert (last.until - last.time).total_seconds() <= 901


@pytest.mark.parametrize("what", ["keep", "export"])
@pytest.mark.parametrize("token", ["guessed", OWN_TOKEN])
def test_only_the_service_of_classes_asks(course: Course, what: str, token: str) -> None:
    """Not another service, nor a server."""
    said = {"name": "sam", "group": f"class-{course.id}"}
    answer = web.post(f"{course.place.keys}/{what}", json=said, headers={"Authorization": f"token {token}"})
    assert (answer.status_code, answer.json()["message"]) == (403, "Only the service of classes asks here.")


class NoHub:
    """A hub in which nothing runs."""

    async def servers(self) -> list[Any]:
        """Return nothing."""
        return []


async def test_what_was_kept_is_there_when_the_class_is_deleted(course: Course) -> None:
    """It is its person's own."""
    course.keep("sam", course.own("sam"))
    course.keep("tia", course.all())
    before = course.kept("tia")
    course.place.people.class_exports.decide(course.id, exporting=False)
    course.place.people.groups.end(course.id)
    with course.place.people._session() as session:
        session.get(GroupRow, course.id).ended = in_tables(datetime.now(UTC) - timedelta(days=1, seconds=1))

    await ClassEnds(course.place.people, NoHub(), Clearer(door(course.place)), "en").delete()  # type: ignore[arg-type]  # as much as is asked of it

    assert course.place.people.classes.details(course.id).report["objects"] == 5
    assert course.kept("sam") == own_copies("sam")
    assert course.kept("tia") == before
    with pytest.raises(NotOpenError):
        course.keep("sam", course.own("sam"))


def handed_in(name: str) -> dict[str, bytes]:
    """Return what a student has of the class when it has ended."""
    return {path: data for path, data in own_copies(name).items() if path.startswith("handed-in/")}


async def test_when_a_class_has_ended_each_has_what_they_made_before_it_is_deleted(course: Course) -> None:
    """With keys that are made for that alone and only then; the store does not refuse them as all others of the class."""
    place, before = course.place, course.s3("sam")
    asked = {"name": "sam", "group": f"class-{course.id}"}
    with pytest.raises(NotOpenError, match="Nothing of that class is copied for them now."):
        door(place).client("export", asked)
    place.people.groups.end(course.id)
    with place.people._session() as session:
        session.get(GroupRow, course.id).ended = in_tables(datetime.now(UTC) - timedelta(days=1, seconds=1))
    ends = ClassEnds(place.people, NoHub(), Clearer(door(place)), "en")  # type: ignore[arg-type]  # as much as is asked of it
    await ends.delete()
    assert place.people.classes.details(course.id).going is None, "it waits for the copies"
    s3, mine = door(place).client("export", asked), f"class/{course.id}/hand-in/{course.caller('sam').id}/work.txt"
    soon(lambda: is_forbidden(before, "get_object", Key=mine), patience_s=20)
    assert s3.get_object(Bucket=BUCKET, Key=mine)["Body"].read() == b"work.txt by sam"
    for what, how in (
        ("put_object", {"Key": mine, "Body": b"x"}),
        ("get_object", {"Key": mine.replace(course.caller("sam").id, course.caller("kim").id)}),
        ("put_object", {"Key": f"{place.person('kim').home}kept/x", "Body": b"x"}),
    ):
        assert is_forbidden(s3, what, **how), (what, how)
    place.person("una")
    with pytest.raises(NotOpenError, match="Nothing of that class is copied for them now."):
        door(place).client("export", {**asked, "name": "una"})

    await ClassCopies(place.people, door(place), Keeps(door(place))).look()
    await ends.delete()

    assert [course.kept(name) for name in ("sam", "kim")] == [handed_in(name) for name in ("sam", "kim")]
    of_all = {f"hand-ins/{who}/{file}": f"{file} by {who}".encode() for who in ("sam", "kim") for file in FILES}
    kept = course.kept("tia")
    assert {path: kept[path] for path in kept if not path.endswith(").csv")} == of_all | {"shared/data.csv": b"a,b"}
    assert course.kept("tom") == course.kept("gwen") == {}
    assert place.people.classes.details(course.id).report["objects"] == 5
    written = [each for each in audit.read(place.audit) if each.service == audit.EXPORT]
    assert {each.name for each in written} >= {"sam", "kim", "tia"}


def is_forbidden(s3: Any, what: str, **how: Any) -> bool:
    """Tell whether the store refuses something for want of rights."""
    try:
        getattr(s3, what)(Bucket=BUCKET, **how)
    except ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == 403)
    return False


async def test_it_is_kept_in_the_background_and_asked_for_twice_it_goes_on(course: Course) -> None:
    """The page says how far it is."""
    keeps, sam, order = Keeps(door(course.place)), course.caller("sam"), course.own("sam")
    assert keeps.of(sam, order).total is None
    keep = keeps.start(sam, order)
    assert keeps.start(sam, order) is keep

    async with asyncio.timeout(20):
        while keeps.of(sam, order).goes_on:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.05)

    assert keeps.of(sam, order) is keep
    assert (keep.copied, keep.fault, keep.refused) == (3, "", {})
    assert keeps.start(sam, order) is not keep, "what is through can be done again"
    await keeps.close()


def test_a_large_file_goes_in_parts(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also within the store."""
    monkeypatch.setattr(keeps_module, "LARGEST_AT_ONCE", 5 << 20)
    large = bytes(range(256)) * (11 << 12)
    course.s3("tia").put_object(Bucket=BUCKET, Key=f"class/{course.id}/shared/large.bin", Body=large)

    course.keep("gwen", course.own("gwen"))

    assert course.kept("gwen")["shared/large.bin"] == large


async def test_a_store_that_is_away_is_said(course: Course) -> None:
    """And what to do."""
    keeps, sam, order = Keeps(door(course.place, "http://127.0.0.1:9")), course.caller("sam"), course.own("sam")
    with pytest.raises(StoreAwayError):
        keeps.copy(sam, order, Keep(folder_for(sam, order)))
    keep = keeps.start(sam, order)
    async with asyncio.timeout(20):
        while keep.goes_on:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.05)
    assert keep.fault == "The data store does not answer now. Nothing of it is lost; try again in a minute."


def hackathon(place: Any, now: datetime) -> tuple[str, str, Entry, Entry]:
    """Return an event that goes on, a team of it that has made a file, and who is in it: the account of the first one lasts."""
    details = EventDetails(begins=now - timedelta(days=9), ends=now + timedelta(hours=5), read_hours=1)
    event = place.people.events.add("Hackathon", details)
    place.people.seats.add(event, 0, lambda number: f"{event}-{number}", most=9, teams=[("Blue", 2)])
    ada, ben = (place.people.entries.by_code(f"{event}-{number}", "") for number in (1, 2))
    team = place.people.seats.teams(event)[0].id
    place.person(ada.name).s3(f"team-{team}").put_object(Bucket=BUCKET, Key=f"team/{team}/plan.txt", Body=b"ours")
    place.people.seats.keep(event, 1)
    return event, team, ada, ben


def test_who_has_a_lasting_account_keeps_what_is_of_their_team(place: Any) -> None:
    """Also after the end of the event; who has an account of the event has nothing that lasts."""
    now = datetime.now(UTC)
    event, team, ada, ben = hackathon(place, now)
    place.people.events.close(event, now, early=True)
    order, caller = of_team("Hackathon", event, team), Caller(ada.person, ada.name)

    Keeps(door(place)).copy(caller, order, Keep(folder_for(caller, order)))

    s3, key = place.person(ada.name).s3(), f"home/{ada.person}/kept/Hackathon ({event})/team/plan.txt"
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"ours"
    other = Caller(ben.person, ben.name)
    with pytest.raises(NotOpenError, match="Your account ends with its event"):
        Keeps(door(place)).copy(other, order, Keep(folder_for(other, order)))


async def test_what_a_team_has_goes_by_itself_to_those_whose_account_lasts_when_the_event_is_over(place: Any) -> None:
    """Not before; it is theirs when all of the event is deleted. Accounts that end with it have nothing that lasts."""
    now = datetime.now(UTC)
    event, team, ada, ben = hackathon(place, now)
    keeps = Keeps(door(place))
    copies, ada_, order = (
        EventCopies(place.people, keeps),
        Caller(ada.person, ada.name),
        of_team("Hackathon", event, team),
    )
    await copies.look()
    assert not keeps.of(ada_, order).goes_on

    place.people.events.close(event, now, early=True)
    await copies.look()

    async with asyncio.timeout(20):
        while keeps.of(ada_, order).goes_on:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.05)
    later = now + timedelta(hours=2)
    ends = EventEnds(place.people, NoHub(), Clearer(door(place)), "en", lambda: later)  # type: ignore[arg-type]  # as much as is asked of it
    with place.people._session() as session:
        session.get(EventRow, event).closed = in_tables(now - timedelta(hours=1, seconds=1))
        session.get(EventRow, event).ends = in_tables(now - timedelta(hours=1, seconds=1))
    for _look in range(2):
        await ends.look()
        for owed in place.people.owed():
            place.people.settle(owed)
    assert place.people.events.details(event).deleted is not None
    key = f"home/{ada.person}/kept/Hackathon ({event})/team/plan.txt"
    assert place.person(ada.name).s3().get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"ours"
    left = place.administrator().list_objects_v2(Bucket=BUCKET, Prefix=f"home/{ben.person}/")
    assert left.get("KeyCount", 0) == 0
    await keeps.close()
