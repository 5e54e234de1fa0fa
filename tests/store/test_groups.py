"""What keys reach in classes and teams, and how little they can be asked to reach; on a real store."""

from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support import web
from support.waiting import soon

from sardonyx_services.credentials import audit

BUCKET = "sardonyx"
FORBIDDEN = 403


def refused(s3: Any, what: str, **how: Any) -> bool:
    """Tell whether the store refuses something for want of rights."""
    try:
        getattr(s3, what)(Bucket=BUCKET, **how)
    except ClientError as error:
        return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == FORBIDDEN)
    return False


@pytest.fixture(scope="module")
def course(place: Any) -> str:
    """A class with tia as staff and sam and sue as students."""
    group: str = place.people.groups.add("class", "Statistics")
    for name, role in (("tia", "instructor"), ("sam", "student"), ("sue", "student")):
        place.people.groups.join(group, place.person(name).id, role)
    return group


def test_staff_share_and_students_read(place: Any, course: str) -> None:
    """Nobody but staff changes what everybody works with."""
    tia, sam = (place.person(name).s3(f"class-{course}") for name in ("tia", "sam"))
    key = f"class/{course}/shared/task.csv"

    tia.put_object(Bucket=BUCKET, Key=key, Body=b"a,b")

    assert sam.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"a,b"
    assert sam.list_objects_v2(Bucket=BUCKET, Prefix=f"class/{course}/shared/")["KeyCount"] == 1
    assert refused(sam, "put_object", Key=key, Body=b"x")
    assert refused(sam, "delete_object", Key=key)


def test_what_is_handed_in_is_read_by_staff_and_by_no_other_student(place: Any, course: str) -> None:
    """And changed by nobody but who handed it in."""
    tia, sam, sue = (place.person(name) for name in ("tia", "sam", "sue"))
    key = f"class/{course}/hand-in/{sam.id}/answer.txt"
    name = f"class-{course}"

    sam.s3(name).put_object(Bucket=BUCKET, Key=key, Body=b"42")

    assert tia.s3(name).get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"42"
    assert refused(tia.s3(name), "put_object", Key=key, Body=b"43")
    for attempt in ({"Key": key}, {"Key": key, "Body": b"x"}):
        assert refused(sue.s3(name), "put_object" if "Body" in attempt else "get_object", **attempt)
    assert refused(sue.s3(name), "list_objects_v2", Prefix=f"class/{course}/hand-in/")
    assert refused(sue.s3(name), "list_objects_v2", Prefix=f"class/{course}/")


def test_the_keys_of_a_class_reach_ones_own_place_too_and_the_usual_ones_no_class(place: Any, course: str) -> None:
    """One program copies from the one to the other; another one never touches a class by accident."""
    sam = place.person("sam")
    tia = place.person("tia").s3(f"class-{course}")
    tia.put_object(Bucket=BUCKET, Key=f"class/{course}/shared/copy.me", Body=b"data")

    sam.s3(f"class-{course}").copy_object(
        Bucket=BUCKET, Key=f"{sam.home}copied", CopySource={"Bucket": BUCKET, "Key": f"class/{course}/shared/copy.me"}
    )

    assert sam.s3().get_object(Bucket=BUCKET, Key=f"{sam.home}copied")["Body"].read() == b"data"
    assert refused(sam.s3(), "get_object", Key=f"class/{course}/shared/copy.me")


def test_a_server_of_a_class_reaches_it_with_its_usual_keys(place: Any, course: str) -> None:
    """Every client does, and none has to know of profiles; its own place is still its person's alone."""
    tia, sam = place.person("tia"), place.person("sam", "statistics")
    usual = f"server/class-{course}"
    key = f"class/{course}/shared/usual.csv"
    tia.s3(usual).put_object(Bucket=BUCKET, Key=key, Body=b"a,b")

    keys = sam.keys(usual)
    s3 = place.s3_with(keys)

    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"a,b"
    s3.put_object(Bucket=BUCKET, Key=f"class/{course}/hand-in/{sam.id}/usual", Body=b"42")
    s3.put_object(Bucket=BUCKET, Key=f"{sam.home}usual", Body=b"mine")
    assert refused(s3, "put_object", Key=key, Body=b"x")
    assert refused(s3, "list_objects_v2", Prefix=f"class/{course}/hand-in/")
    assert refused(s3, "get_object", Key=f"{tia.home}usual")
    assert sam.access(f"class-{course}")["until"][:16] == keys["Expiration"][:16]


def test_who_names_a_class_for_their_server_gets_none_that_is_not_theirs(place: Any, course: str) -> None:
    """The address is in the server's own hands: it gives what is theirs, or less."""
    eve = place.person("eve")

    for group in (f"class-{course}", f"class-{course}-staff", "class-*", "team-k3qd9zzz"):
        s3 = eve.s3(f"server/{group}")
        assert refused(s3, "list_objects_v2", Prefix=f"class/{course}/shared/")
        s3.put_object(Bucket=BUCKET, Key=f"{eve.home}mine", Body=b"")


def test_a_server_of_a_class_that_was_left_goes_on_with_ones_own_place(place: Any) -> None:
    """The keys of before are refused, and the next ones are those of any server."""
    group = place.people.groups.add("class", "Statistics")
    lou = place.person("lou")
    place.people.groups.join(group, lou.id, "student")
    of_class = lou.s3(f"server/class-{group}")
    assert not refused(of_class, "list_objects_v2", Prefix=f"class/{group}/shared/")

    place.people.groups.leave(group, lou.id)

    soon(lambda: refused(of_class, "list_objects_v2", Prefix=f"class/{group}/shared/"))
    own = lou.s3(f"server/class-{group}")
    assert refused(own, "list_objects_v2", Prefix=f"class/{group}/shared/")
    own.put_object(Bucket=BUCKET, Key=f"{lou.home}mine", Body=b"")


def test_a_server_of_somebody_who_is_made_something_else_goes_on(place: Any) -> None:
    """What is theirs no more is refused with all keys of before; the next ones are good, for their own data as well."""
    group = place.people.groups.add("class", "Statistics")
    lea = place.person("lea")
    place.people.groups.join(group, lea.id, "student")
    place.people.set_admin("lea", is_admin=True)
    usual = f"server/class-{group}"
    before = lea.s3(usual), lea.s3()
    for s3 in before:
        s3.put_object(Bucket=BUCKET, Key=f"{lea.home}mine", Body=b"")

    place.people.groups.join(group, lea.id, "assistant")
    place.people.set_admin("lea", is_admin=False)

    for s3, now in zip(before, (lea.s3(usual), lea.s3()), strict=True):
        soon(partial(refused, s3, "put_object", Key=f"{lea.home}mine", Body=b""))
        now.put_object(Bucket=BUCKET, Key=f"{lea.home}mine", Body=b"")
        now.get_object(Bucket=BUCKET, Key=f"{lea.home}mine")


def test_a_team_shares_everything(place: Any) -> None:
    """And nobody else sees it."""
    team = place.people.groups.add("team", "Team 3")
    for name in ("tom", "tim"):
        place.people.groups.join(team, place.person(name).id, "member")
    tom, tim = (place.person(name).s3(f"team-{team}") for name in ("tom", "tim"))

    tom.put_object(Bucket=BUCKET, Key=f"team/{team}/model", Body=b"weights")
    tim.delete_object(Bucket=BUCKET, Key=f"team/{team}/model")

    answer = place.person("sue").ask(f"team-{team}")
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "AccessDenied",
        "message": f"You are in no class or team “team-{team}”, or it has ended. See what you can reach on the page “Data”.",
    }


def test_somebody_in_two_hundred_classes_gets_keys_for_each(place: Any) -> None:
    """The policy of one set of keys has room for some thirty."""
    busy = place.person("busy")
    groups = [place.people.groups.add("class", f"Class {number}") for number in range(200)]
    for group in groups:
        place.people.groups.join(group, busy.id, "student")

    for group in (groups[0], groups[-1]):
        s3 = busy.s3(f"class-{group}")
        assert s3.list_objects_v2(Bucket=BUCKET, Prefix=f"class/{group}/shared/")["KeyCount"] == 0
        s3.put_object(Bucket=BUCKET, Key=f"{busy.home}mine", Body=b"")


def test_who_leaves_gets_no_keys_for_the_class_any_more(place: Any) -> None:
    """From the next request on; the keys that were given live on until their end."""
    group = place.people.groups.add("class", "Statistics")
    lea = place.person("lea")
    place.people.groups.join(group, lea.id, "student")
    lea.keys(f"class-{group}")

    place.people.groups.leave(group, lea.id)

    assert lea.ask(f"class-{group}").status_code == 403
    assert lea.ask().status_code == 200


def test_everybody_reads_what_an_administrator_publishes(place: Any) -> None:
    """And nobody else writes it."""
    place.person("adam")
    place.people.set_admin("adam", is_admin=True)
    place.person("adam").s3().put_object(Bucket=BUCKET, Key="public/flights.csv", Body=b"a,b")

    sue = place.person("sue").s3()
    assert sue.get_object(Bucket=BUCKET, Key="public/flights.csv")["Body"].read() == b"a,b"
    assert refused(sue, "put_object", Key="public/flights.csv", Body=b"x")


def test_keys_can_be_asked_to_do_less(place: Any) -> None:
    """For a program that one does not trust with everything."""
    ned = place.person("ned")
    ned.s3().put_object(Bucket=BUCKET, Key=f"{ned.home}data/in.csv", Body=b"1")
    ned.s3().put_object(Bucket=BUCKET, Key=f"{ned.home}diary", Body=b"2")

    s3 = ned.s3(access="read", prefix=f"{ned.home}data/", lifetime="900")

    assert s3.get_object(Bucket=BUCKET, Key=f"{ned.home}data/in.csv")["Body"].read() == b"1"
    assert refused(s3, "put_object", Key=f"{ned.home}data/in.csv", Body=b"x")
    assert refused(s3, "get_object", Key=f"{ned.home}diary")
    assert refused(s3, "list_objects_v2", Prefix=ned.home)


@pytest.mark.parametrize("name", ["数据/2026 年", "é ü/ß&x=+%41", "данные", "📊"])
def test_keys_for_a_folder_with_a_name_of_any_script_reach_it_and_nothing_else(place: Any, name: str) -> None:
    """The name is in the session's policy as it is."""
    ann = place.person("ann")
    folder = f"{ann.home}{name}/"
    s3 = ann.s3(prefix=folder)

    s3.put_object(Bucket="sardonyx", Key=f"{folder}x", Body=b"mine")

    assert s3.get_object(Bucket="sardonyx", Key=f"{folder}x")["Body"].read() == b"mine"
    assert s3.list_objects_v2(Bucket="sardonyx", Prefix=folder)["KeyCount"] == 1
    assert refused(s3, "put_object", Key=f"{ann.home}{name}x", Body=b"")
    assert refused(s3, "list_objects_v2", Prefix=ann.home)


def test_a_folder_with_a_long_name_gets_keys_or_a_sentence(place: Any) -> None:
    """What a store has room for is counted in bytes; a program reads the answer in the form of AWS either way."""
    ann = place.person("ann")

    assert ann.ask(prefix=f"{ann.home}{'数据' * 60}/").status_code == 200
    too_long = ann.ask(prefix=f"{ann.home}{'数据' * 110}/")

    assert (too_long.status_code, too_long.json()) == (
        400,
        {
            "code": "InvalidRequest",
            "message": "“prefix” is too long for the data store: letters beyond a to z take more room."
            " Ask for a shorter one.",
        },
    )


def test_nobody_asks_for_more(place: Any) -> None:
    """Each answer says what can be asked for instead."""
    eve, ann = place.person("eve"), place.person("ann")

    for wish, status, said in (
        ({"prefix": ann.home}, 403, f"“{ann.home}” is none of your places. Yours is {eve.home}"),
        ({"prefix": "home/*/"}, 400, "“prefix” has to be a folder of the bucket"),
        ({"person": ann.id}, 400, "“person” is not known here. Ask with “access=read”"),
        ({"lifetime": "60"}, 400, "“lifetime” is a number of seconds, 900 at least"),
        ({"token": eve.token}, 403, "Only a running server gets keys"),
    ):
        answer = eve.ask(**wish)
        assert (answer.status_code, said in answer.json()["message"]) == (status, True), answer.text


def test_each_set_of_keys_is_written_down(place: Any, course: str) -> None:
    """With who, which server, what it reaches and until when."""
    sam = place.person("sam", "thesis")
    keys = sam.keys(f"class-{course}", access="read")

    written = [line for line in audit.read(place.audit) if line.person == sam.id][-1]

    assert (written.name, written.server, written.service) == ("sam", "thesis", "s3")
    assert f"class/{course}/hand-in/{sam.id}/:r" in written.places
    assert written.until.isoformat().startswith(keys["Expiration"][:16])
    assert keys["SecretAccessKey"] not in place.audit.read_text()
    assert sam.token not in place.audit.read_text()


def test_metrics_are_for_who_may_see_them(place: Any) -> None:
    """An operator's Prometheus, and no server of a person."""
    place.person("sue").keys()
    place.hub.answers["prometheus"] = {"kind": "service", "name": "prometheus", "scopes": ["read:metrics"]}

    def ask(token: str) -> httpx.Response:
        return web.get(f"{place.keys}/metrics", headers={"Authorization": f"token {token}"})

    assert ask(place.person("sue").token).status_code == 403
    text = ask("prometheus").text
    assert "sardonyx_credentials_ready 1.0" in text
    assert 'sardonyx_credentials_answers_total{code="Given",service="s3"}' in text
    assert 'sardonyx_credentials_issued_total{service="s3"}' in text


def test_the_store_refuses_the_keys_of_who_left_within_seconds(place: Any) -> None:
    """Not those of anybody else, and not the others of the same person."""
    group = place.people.groups.add("class", "Statistics")
    kim = place.person("kim")
    place.people.groups.join(group, kim.id, "student")
    of_class, own, sue = kim.s3(f"class-{group}"), kim.s3(), place.person("sue").s3()
    assert not refused(of_class, "list_objects_v2", Prefix=kim.home)

    place.people.groups.leave(group, kim.id)

    soon(lambda: refused(of_class, "list_objects_v2", Prefix=f"class/{group}/shared/"))
    assert refused(of_class, "list_objects_v2", Prefix=kim.home)
    assert not refused(own, "list_objects_v2", Prefix=kim.home)
    assert not refused(sue, "list_objects_v2", Prefix=place.person("sue").home)


def test_the_store_refuses_the_keys_of_who_was_removed_within_seconds(place: Any) -> None:
    """Whatever they copied to another machine is worth nothing."""
    rob = place.person("rob")
    s3 = rob.s3()
    s3.put_object(Bucket=BUCKET, Key=f"{rob.home}mine", Body=b"")

    place.people.remove("rob")

    soon(lambda: refused(s3, "get_object", Key=f"{rob.home}mine"))
    assert rob.ask().status_code == 403


def test_keys_that_were_given_before_a_restart_are_refused_too(place_of_its_own: Any) -> None:
    """What was given is on disk."""
    place = place_of_its_own
    place.start_store()
    keys = place.start_keys()
    place.wait()
    rob = place.person("rob")
    s3 = rob.s3()
    keys.kill()
    keys.wait()
    place.people.remove("rob")
    assert not refused(s3, "list_objects_v2", Prefix=rob.home)

    place.start_keys()

    soon(lambda: refused(s3, "list_objects_v2", Prefix=rob.home))


def test_the_store_refuses_the_keys_of_a_server_that_stopped_and_not_those_of_its_next_run(place: Any) -> None:
    """A copy of them somewhere else is worth nothing."""
    gus = place.person("gus")
    s3, thesis = gus.s3(), place.person("gus", "thesis").s3()

    assert place.tell_of_end("gus").status_code == 204

    soon(lambda: refused(s3, "list_objects_v2", Prefix=gus.home))
    assert not refused(thesis, "list_objects_v2", Prefix=gus.home)
    place.hub.answers["token-of-the-next-run"] = place.hub.answers[gus.token]
    assert not refused(replace(gus, token="token-of-the-next-run").s3(), "list_objects_v2", Prefix=gus.home)


def test_nobody_but_the_hub_tells_of_ends(place: Any) -> None:
    """A server that could would take the keys of others."""
    ann, gus = place.person("ann"), place.person("gus", "other")
    s3 = gus.s3()

    for token in (ann.token, "guess"):
        assert place.tell_of_end("gus", "other", token).status_code == FORBIDDEN

    assert not refused(s3, "list_objects_v2", Prefix=gus.home)
