"""An event in the store: written while it is on, read after its end, and then deleted with keys for nothing else."""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support.places import BUCKET, COLLECTOR_TOKEN, OWN_TOKEN, REGION
from support.waiting import soon

from sardonyx_services.credentials import audit
from sardonyx_services.people.entries import Entry
from sardonyx_services.people.events import EventDetails
from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.copies import Copies
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.event_ends import EventEnds
from sardonyx_services.people.web.store_door import StoreDoor


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


def door(place: Any) -> StoreDoor:
    """Return what opens the store for the service of classes."""
    token = place.folder / "token-of-classes"
    token.write_text(COLLECTOR_TOKEN)
    return StoreDoor(StorePlace(keys=place.keys, token=token, endpoint=place.endpoint, region=REGION, bucket=BUCKET))


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

    data = b"".join(Copies(door(event.place), tmp_path).archive(event.ada.name, event.ada.person, event.team))

    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {f"data/of-{event.ada.name}.txt", "team/plan.txt", "home/caf\ufffd.txt"}


@pytest.mark.parametrize("group", ["other", "none"])
def test_nobody_copies_what_is_not_theirs(event: Event, tmp_path: Path, group: str) -> None:
    """Another team's place, or one that is none; nor anybody who is in no event."""
    team = event.other_team if group == "other" else "zzzzzzzz"
    with pytest.raises(NotOpenError, match="You are in no class or team"):
        b"".join(Copies(door(event.place), tmp_path).archive(event.ada.name, event.ada.person, team))
    event.place.person("una")
    with pytest.raises(NotOpenError, match="Only the people of an event copy what they have in this way."):
        b"".join(Copies(door(event.place), tmp_path).archive("una", "x", ""))


def asked(place: Any, event: str, prefix: str, token: str = COLLECTOR_TOKEN) -> tuple[int, str]:
    """Ask for keys to delete a place; return status and message."""
    answer = httpx.post(
        f"{place.keys}/clear", json={"event": event, "prefix": prefix}, headers={"Authorization": f"token {token}"}
    )
    return answer.status_code, answer.json().get("message", "")


def test_there_are_keys_to_delete_only_after_the_end_and_only_for_places_of_the_event(event: Event) -> None:
    """The keys service looks by itself, whatever the service of classes says."""
    refusal = (403, "That is no place of an event that is over.")
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
    event.s3(event.ben).put_object(Bucket=BUCKET, Key=f"home/{event.ben.person}/own.txt", Body=b"1")
    later = datetime.now(UTC) + timedelta(hours=2)
    event.end(timedelta(hours=1, seconds=1))
    ends = EventEnds(place.people, NoHub(), door(place), lambda: later)  # type: ignore[arg-type]  # as much as is asked of it

    for _look in range(2):
        await ends.look()
        for owed in place.people.owed():
            place.people.settle(owed)

    assert place.people.events.details(event.id).report == {"objects": 4, "bytes": 7, "accounts": 2, "teams": 2}
    assert una.s3().get_object(Bucket=BUCKET, Key=f"{una.home}kept.txt")["Body"].read() == b"kept"
    written = [each for each in audit.read(place.audit) if each.service == audit.CLEAR and each.person == event.id]
    assert {each.places for each in written} >= {(f"team/{event.team}/:rw",), (f"home/{event.ben.person}/:rw",)}
