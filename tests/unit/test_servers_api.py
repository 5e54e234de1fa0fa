"""What the hub says of each server, decided from what it knows, and for how long it knows what went wrong."""

from asyncio import CancelledError
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sardonyx_hub_config.pages.servers_api import Facts, entry_of
from sardonyx_spawner.language import _
from sardonyx_spawner.local.refusals import WHY_NOT
from sardonyx_spawner.noted import noted
from sardonyx_spawner.queue import say_place_of
from sardonyx_spawner.spawner import StartRefusedError
from sardonyx_spawner.troubles import TROUBLES, Trouble, Troubles

STARTED = datetime(2026, 11, 2, 10, 0)  # noqa: DTZ001 - as JupyterHub keeps it
FACTS = Facts("amina", "", None, True, "python", STARTED, STARTED, 5, 10, 1793620800.0)  # noqa: FBT003
FAILED = Trouble(1793613600.0, {"en": "It fell."}, "class-7mw2kfqd", is_end=True)
PART = replace(FAILED, is_end=False)


@pytest.mark.parametrize(
    ("facts", "trouble", "state", "problem"),
    [
        pytest.param({}, None, "running", None, id="running"),
        pytest.param({"pending": "spawn", "ready": False}, None, "starting", None, id="starting"),
        pytest.param({"pending": "stop"}, None, "stopping", None, id="stopping"),
        pytest.param({"pending": "check", "ready": False}, None, "running", None, id="the hub has just started"),
        pytest.param({"ready": False}, FAILED, "failed", {"en": "It fell."}, id="failed"),
        pytest.param({}, PART, "running", {"en": "It fell."}, id="a part was ended"),
        pytest.param({}, FAILED, "running", None, id="it failed before, and runs again"),
        pytest.param(
            {"pending": "spawn", "ready": False}, PART, "starting", None, id="a part of the last one was ended"
        ),
    ],
)
def test_an_entry_says_what_a_server_does(
    facts: dict[str, Any], trouble: Trouble | None, state: str, problem: object
) -> None:
    """And what is wrong with it, as long as that counts."""
    found = entry_of(replace(FACTS, **facts), trouble)

    assert found is not None
    assert (found["name"], found["state"], found["problem"]) == ("amina", state, problem)
    assert found["profile"] == ("class-7mw2kfqd" if state == "failed" else "python")


def test_a_start_says_what_it_waits_for_in_every_language() -> None:
    """Also what is said in one language only, such as by the server itself."""
    starting = replace(FACTS, pending="spawn", ready=False)

    known = entry_of(replace(starting, doing=say_place_of(2)), None)
    own = entry_of(replace(starting, doing="Cloning course"), None)

    assert known is not None
    assert known["step"] == {"en": "2 starts are before it", "fr": "2 démarrages sont avant lui"}
    assert own is not None
    assert own["step"] == {"en": "Cloning course", "fr": "Cloning course"}


@pytest.mark.parametrize("facts", [{"doing": "Cloning course"}, {"pending": "spawn", "ready": False}])
def test_nothing_is_said_of_a_start_that_is_over_or_has_said_nothing(facts: dict[str, Any]) -> None:
    """What the last one waited for is of no use to anybody."""
    found = entry_of(replace(FACTS, **facts), None)

    assert found is not None
    assert found["step"] is None


def test_times_have_their_zone() -> None:
    """JupyterHub keeps them without one."""
    found = entry_of(FACTS, None)
    assert found is not None
    assert (found["since"], found["ends_at"]) == ("2026-11-02T10:00:00+00:00", "2026-11-02T12:00:00+00:00")


@pytest.mark.parametrize("trouble", [None, PART])
def test_a_server_that_does_nothing_is_not_there(trouble: Trouble | None) -> None:
    """Nor one whose kernel was ended before it was stopped."""
    assert entry_of(replace(FACTS, ready=False), trouble) is None


def test_troubles_are_remembered_for_a_while() -> None:
    """Those of a server that goes on for ten minutes, an end for a day, or until the next start."""
    now = [datetime(2026, 11, 2, tzinfo=UTC).timestamp()]
    troubles = Troubles(lambda: now[0])
    troubles.note(("amina", ""), _("It ended by itself."), "python", is_end=True)
    troubles.note(("bob", ""), "plain", "python", is_end=False)
    troubles.note(("cem", ""), "plain", "python", is_end=True)

    found = troubles.all().get(("amina", ""))
    assert found is not None
    assert found.words == {"en": "It ended by itself.", "fr": "Il s’est arrêté de lui-même."}
    troubles.forget(("cem", ""))
    assert {key[0] for key in troubles.all()} == {"amina", "bob"}
    now[0] += 601
    assert {key[0] for key in troubles.all()} == {"amina"}
    now[0] += 24 * 3600
    assert troubles.all() == {}


def test_the_reason_of_a_start_that_failed_is_kept() -> None:
    """It is cleared up as a server that ended by itself, which would say less; the next start begins anew."""
    troubles = Troubles()
    for said in ("It has no room.", "It ended by itself."):
        troubles.note(("amina", ""), said, "python", is_end=True)
    found = troubles.all().get(("amina", ""))

    troubles.forget(("amina", ""))
    troubles.note(("amina", ""), "It ended by itself.", "python", is_end=True)
    later = troubles.all().get(("amina", ""))

    assert found is not None
    assert later is not None
    assert (found.words["en"], later.words["en"]) == ("It has no room.", "It ended by itself.")


def test_an_end_says_more_than_a_part_that_was_ended_before() -> None:
    """The last that happened to a server is told."""
    troubles = Troubles()
    troubles.note(("amina", ""), "A kernel was ended.", "python", is_end=False)
    troubles.note(("amina", ""), "It ended by itself.", "python", is_end=True)

    found = troubles.all().get(("amina", ""))

    assert found is not None
    assert (found.words["en"], found.is_end) == ("It ended by itself.", True)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(StartRefusedError(_("No room."), reason="gpus"), "No room.", id="refused"),
        pytest.param(
            CancelledError(),
            "This machine is too busy to start your server at the moment. Try again in a minute.",
            id="JupyterHub gave it up",
        ),
        pytest.param(
            KeyError("x"),
            "Your server could not be started on this machine. Ask the people who run this place to look at it.",
            id="a fault of our own",
        ),
    ],
)
def test_every_start_that_failed_is_noted(error: BaseException, said: str) -> None:
    """Whatever it was, and only until the next one begins."""
    key = ("amina", "noted")
    with pytest.raises(type(error)), noted(key, "python", **WHY_NOT):
        raise error
    found = TROUBLES.all().get(key)
    with noted(key, "python", **WHY_NOT):
        pass

    assert found is not None
    assert (found.words["en"], found.profile, found.is_end) == (said, "python", True)
    assert TROUBLES.all().get(key) is None
