"""What a person and their servers are told of their access, and keys for a person's own computer; on a real store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support import web
from support.waiting import soon

from sardonyx_services.credentials import audit
from sardonyx_spawner.repository import Material

BUCKET = "sardonyx"


def ask(place: Any, token: str, path: str, method: str = "POST", **query: str) -> httpx.Response:
    """Ask the keys service with a token."""
    return web.request(method, f"{place.keys}{path}", headers={"Authorization": f"token {token}"}, params=query)


def make(place: Any, name: str, group: str = "", **query: str) -> dict[str, str]:
    """Make keys for somebody's own computer, as the hub's page does."""
    answer = ask(place, place.hub.sits_at_the_page(name), f"/laptop{group and '/' + group}", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def refused(s3: Any, what: str, **how: Any) -> bool:
    """Tell whether the store refuses something for want of rights."""
    try:
        getattr(s3, what)(Bucket=BUCKET, **how)
    except ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == 403)
    return False


@pytest.fixture(scope="module")
def lena(place: Any) -> Any:
    """Somebody with a server, in a class and a team."""
    return place.person("lena")


@pytest.fixture(scope="module")
def course(place: Any, lena: Any) -> str:
    """The class."""
    group: str = place.people.groups.add("class", "Statistics")
    place.people.groups.join(group, lena.id, "student")
    return group


def test_a_server_is_told_what_its_owner_reaches(place: Any, lena: Any, course: str) -> None:
    """And until when the keys that it has work; nothing before it has asked for any."""
    thesis = place.person("lena", "thesis")

    before = ask(place, thesis.token, "/access", "GET").json()
    until = thesis.keys()["Expiration"]
    after = ask(place, thesis.token, "/access", "GET").json()

    assert before == {
        "person": "lena",
        "home": {"prefix": lena.home, "access": "rw"},
        "public": {"prefix": "public/", "access": "r"},
        "memberships": [
            {
                "name": f"class-{course}",
                "title": "Statistics",
                "role": "student",
                "places": [
                    {"prefix": f"class/{course}/shared/", "access": "r"},
                    {"prefix": f"class/{course}/hand-in/{lena.id}/", "access": "rw"},
                ],
                "folders": [],
            }
        ],
        "key_lifetime_s": 3600,
        "longest_link_s": 604800,
        "until": None,
        "bucket": "sardonyx",
        "endpoint": place.endpoint,
    }
    assert datetime.fromisoformat(after["until"]) == datetime.fromisoformat(until)


def test_a_server_is_told_until_when_its_owner_hands_in(place: Any) -> None:
    """Before and after; and where in homes the class's material is."""
    lutz, people = place.person("lutz"), place.people
    group: str = people.groups.add("class", "Statistics")
    people.groups.join(group, lutz.id, "student")
    material = (Material("https://git.example.org/course/stats"),)
    for hours, access in ((1, "rw"), (-1, "r")):
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
        details = replace(people.classes.details(group), hand_in_until=until, repositories=material)
        people.classes.change(group, details)

        [told] = lutz.access()["memberships"]

        assert told["folders"] == ["stats"]
        assert told["places"] == [
            {"prefix": f"class/{group}/shared/", "access": "r"},
            {"prefix": f"class/{group}/hand-in/{lutz.id}/", "access": access, "writes_until": until.isoformat()},
        ]


def test_the_page_is_told_the_keys_of_each_server_and_of_the_persons_computers(place: Any, course: str) -> None:
    """The usual ones of each server, not those that were asked to do less."""
    place.person("lena", "first").keys()
    place.person("lena", "first").keys(f"class-{course}")
    place.person("lena", "first").keys(access="read")
    make(place, "lena", f"class-{course}", access="read", lifetime="900")

    told = ask(place, place.hub.sits_at_the_page("lena"), "/access/all", "GET").json()

    assert [server["name"] for server in told["servers"]].count("first") == 1
    assert f"class/{course}/shared/:r" in told["laptops"][-1]["places"]
    assert told["trouble"] == ""
    assert "until" not in told


def test_keys_for_ones_own_computer_reach_what_was_chosen_for_as_long_as_was_chosen(
    place: Any, lena: Any, course: str
) -> None:
    """Longer than those of servers, since nobody renews them."""
    keys = make(place, "lena", f"class-{course}", lifetime="14400")
    s3 = place.s3_with(keys)

    s3.put_object(Bucket=BUCKET, Key=f"{lena.home}from-home", Body=b"1")
    s3.put_object(Bucket=BUCKET, Key=f"class/{course}/hand-in/{lena.id}/answer", Body=b"42")

    left = datetime.fromisoformat(keys["Expiration"]) - datetime.now(UTC)
    assert timedelta(hours=3, minutes=59) < left <= timedelta(hours=4, seconds=5)
    assert refused(s3, "put_object", Key=f"class/{course}/shared/task", Body=b"x")
    assert refused(s3, "list_objects_v2", Prefix=place.person("mona").home)


def test_keys_that_only_read_write_nothing(place: Any, lena: Any) -> None:
    """An hour is what they live where nothing is said."""
    keys = make(place, "lena", access="read")
    s3 = place.s3_with(keys)

    assert not refused(s3, "list_objects_v2", Prefix=lena.home)
    assert refused(s3, "put_object", Key=f"{lena.home}x", Body=b"x")
    assert datetime.fromisoformat(keys["Expiration"]) < datetime.now(UTC) + timedelta(minutes=61)


def test_each_is_another_session_and_written_down(place: Any, lena: Any) -> None:
    """Nobody gets the same keys twice, and `sardonyx audit` tells them from those of a server."""
    first, second = make(place, "lena"), make(place, "lena")

    written = [line for line in audit.read(place.audit) if line.person == lena.id][-2:]
    assert first["AccessKeyId"] != second["AccessKeyId"]
    assert [line.server for line in written] == ["laptop", "laptop"]
    assert all(line.is_of_laptop for line in written)
    assert written[0].session != written[1].session
    assert first["SecretAccessKey"] not in place.audit.read_text()


def test_the_store_refuses_them_once_their_owner_was_removed(place: Any) -> None:
    """Nobody has to know where they were copied to."""
    person = place.person("rita")
    s3 = place.s3_with(make(place, "rita", lifetime="14400"))
    assert not refused(s3, "list_objects_v2", Prefix=person.home)

    place.people.remove("rita")

    soon(lambda: refused(s3, "list_objects_v2", Prefix=person.home))
    answer = ask(place, place.hub.sits_at_the_page("rita"), "/laptop")
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "You are not known here any more. Sign in again.",
    )


@pytest.mark.parametrize(
    ("path", "method"), [("/laptop", "POST"), ("/laptop/class-7mw2kfqd", "POST"), ("/access/all", "GET")]
)
def test_what_is_for_the_page_is_not_for_a_server(place: Any, lena: Any, path: str, method: str) -> None:
    """Code in a server must not make keys that outlive it."""
    answer = ask(place, lena.token, path, method)

    assert answer.status_code == 403
    assert answer.json() == {
        "code": "AccessDenied",
        "message": "This is for the page “Data”: sign in, and open it in your browser.",
    }


@pytest.mark.parametrize("path", ["/aws", "/access"])
def test_what_is_for_a_server_is_not_for_the_page(place: Any, path: str) -> None:
    """Its token is for one thing."""
    answer = ask(place, place.hub.sits_at_the_page("lena"), path, "GET")

    assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")


def test_a_token_is_worth_nothing_once_it_is_deleted(place: Any) -> None:
    """At once: the hub is asked each time."""
    token = place.hub.sits_at_the_page("lena")
    assert ask(place, token, "/laptop").status_code == 200
    del place.hub.answers[token]

    assert ask(place, token, "/laptop").status_code == 403
    assert ask(place, token, "/access/all", "GET").status_code == 403


def test_nobody_gets_more_than_there_is_to_get(place: Any) -> None:
    """Each answer says what can be asked for instead; a name in the request is no name."""
    token = place.hub.sits_at_the_page("lena")

    for query, status, said in (
        ({"lifetime": "46800"}, 400, "Keys for one's own computer live for 14400 seconds at most."),
        ({"lifetime": "60"}, 400, "“lifetime” is a number of seconds, 900 at least"),
        ({"person": "mona"}, 400, "“person” is not known here."),
        ({"prefix": place.person("mona").home}, 403, "is none of your places."),
    ):
        answer = ask(place, token, "/laptop", **query)
        assert (answer.status_code, said in answer.json()["message"]) == (status, True), answer.text
    assert ask(place, token, "/laptop/class-notmine2").status_code == 403
    assert ask(place, token, "/laptop", "GET").status_code == 405


def test_a_browser_gets_none_from_here(place: Any) -> None:
    """They come through the hub's page, which knows where a form was made."""
    token = place.hub.sits_at_the_page("lena")

    answer = web.post(
        f"{place.keys}/laptop", headers={"Authorization": f"token {token}", "Origin": "http://127.0.0.1:8000"}
    )

    assert answer.status_code == 403


def test_a_store_that_is_away_is_said(place_of_its_own: Any) -> None:
    """The places are known all the same."""
    place = place_of_its_own
    place.start_store()
    place.start_keys()
    place.wait()
    place.person("ann")
    token = place.hub.sits_at_the_page("ann")
    for process in place.processes[:1]:
        process.terminate()
        process.wait(20)

    told = ask(place, token, "/access/all", "GET").json()
    answer = ask(place, token, "/laptop")

    assert told["trouble"] == (
        "The data store does not answer now. Nothing can be read or written there; what is in it is kept."
    )
    assert told["person"] == "ann"
    assert answer.status_code == 503
    assert answer.json()["message"].startswith("The data store does not answer now.")
