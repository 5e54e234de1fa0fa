"""What the hub keeps of a server that runs."""

import json
from dataclasses import replace

import pytest

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.running import Running

SERVER = Running(
    is_there=True, url="http://127.0.0.1:5", owner_id="abcd1234", fresh=True, ends_at=1000.0, lifetime_s=60, longest_s=100,
    summary="Python", memory=1 << 30,
)  # fmt: skip


def test_a_server_is_found_again_as_it_was_written_down() -> None:
    """By the next hub, from JSON."""
    assert Running.from_state(json.loads(json.dumps(SERVER.to_state()))) == SERVER


def test_nothing_is_written_down_of_a_server_that_does_not_run() -> None:
    """JupyterHub starts it anew then."""
    assert Running(owner_id="abcd1234", summary="Python").to_state() == {}


def test_whose_it_was_is_kept() -> None:
    """Its name may belong to nobody any more when it is deleted."""
    assert Running.from_state(SERVER.over().to_state()).last_owner == SERVER.owner_id
    assert SERVER.over().over() == SERVER.over()


def test_whether_the_files_went_with_the_last_server_is_kept() -> None:
    """The page says so where it can be started again, also after a restart of the hub."""
    assert Running.from_state(Running(fresh=True).to_state()).fresh


def test_what_an_earlier_version_wrote_down_is_understood() -> None:
    """It knew nothing of addresses and limits: the server is reached as JupyterHub remembers it."""
    found = Running.from_state({"pid": 71, "began": 4200, "fresh": False, "owner_id": "abcd1234"})

    assert found == Running(is_there=True, owner_id="abcd1234")


def test_a_server_is_over_when_its_time_has_come() -> None:
    """One without an end never is."""
    assert not SERVER.is_over(999.0)
    assert SERVER.is_over(1000.0)
    assert not Running().is_over(1e12)


@pytest.mark.parametrize(
    ("seconds", "ends_at", "left"),
    [pytest.param(30, 1030.0, 10, id="some"), pytest.param(4000, 1040.0, 0, id="more than there is")],
)
def test_a_server_is_kept_longer_as_far_as_it_may_be(seconds: int, ends_at: float, left: int) -> None:
    """From its start on, however often somebody asks; it is found again with the new end."""
    kept = SERVER.kept(seconds)

    assert (kept.ends_at, kept.may_be_kept_s) == (ends_at, left)
    assert kept.kept(4000).ends_at == 1040.0
    assert Running.from_state(kept.to_state()) == kept


def test_a_server_without_an_end_is_not_given_one() -> None:
    """Nor one that an earlier version started, which knew of no longest time."""
    assert replace(SERVER, ends_at=None).kept(30).ends_at is None
    assert replace(SERVER, longest_s=0).kept(30).ends_at == 1000.0


TOGETHER = ServerPlan(person="abcd1234", profile="together", title="T", summary="T", collaboration=True)


@pytest.mark.parametrize(
    ("plan", "invited"),
    [
        pytest.param(TOGETHER, ("ben",), id="the same again"),
        pytest.param(replace(TOGETHER, profile="other"), (), id="another profile"),
        pytest.param(replace(TOGETHER, collaboration=False), (), id="nobody works together in it any more"),
        pytest.param(replace(TOGETHER, person="somebody-new"), (), id="another person of the same name"),
    ],
)
def test_invitations_hold_for_the_next_server_of_the_same_kind_only(plan: ServerPlan, invited: tuple[str, ...]) -> None:
    """Also where the hub was started again in between."""
    first = Running().begun(TOGETHER).inviting(["ben", "ben"])
    kept = Running.from_state(json.loads(json.dumps(first.over().to_state())))

    assert kept.begun(plan).invited == invited


def test_a_server_is_a_teams_until_it_is_over() -> None:
    """Who was let in is known until they are out, also where the hub was started again in between."""
    hosted = replace(Running().begun(TOGETHER, "kite2345"), is_there=True, mates=("ben",))
    found = Running.from_state(json.loads(json.dumps(hosted.to_state())))

    assert (found.team, found.mates) == ("kite2345", ("ben",))
    assert (found.over().team, found.over().mates) == ("", ("ben",))
    assert Running.from_state(found.over().to_state()).mates == ("ben",)


def test_a_server_in_which_nobody_works_together_is_no_teams() -> None:
    """Whatever the event says."""
    assert Running().begun(replace(TOGETHER, collaboration=False), "kite2345").team == ""


def test_what_a_server_has_of_a_class_is_known_until_it_is_over() -> None:
    """Also where the hub was started again in between; where classes have no volumes it has nothing."""
    plan = replace(TOGETHER, volumes=(GroupVolume("class", "ab2c3d4e", is_writable=True),))
    began = replace(Running().begun(plan, has_volumes=True), is_there=True)
    found = Running.from_state(json.loads(json.dumps(began.to_state())))

    assert found.volumes == plan.volumes
    assert (found.over().volumes, Running().begun(plan).volumes) == ((), ())
