"""What the hub says of every server, asked over its REST API as the page of a class does."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.hubs import TOKEN, Hub, running_hub
from support.waiting import soon

from sardonyx_spawner.local.cgroup_places import find_places

PATH = "/sardonyx/servers"
TINY = 400 << 20
USED_MORE = {
    "en": "It used more than its 400 MB of memory.",
    "fr": "Il a dépassé ses 400\N{NO-BREAK SPACE}Mo de mémoire.",
}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Hub]:
    """A hub that can limit memory, and looks at its servers each second."""
    if not any("memory" in place.controllers for place in find_places()):
        pytest.skip("this user can make no control groups for memory here")
    with running_hub(tmp_path_factory.mktemp("servers-api"), prefix, "fork") as running:
        yield running


def entries(user: Any, query: str = "") -> list[dict[str, Any]]:
    """Return what is said of somebody's servers."""
    answer = user.hub.call("GET", PATH + query)
    assert answer.status_code == 200, answer.text
    return [entry for entry in answer.json()["servers"] if entry["name"] == user.name]


def state(user: Any) -> str:
    """Return what somebody's only server does; "" = nothing is said of it."""
    found = entries(user)
    assert len(found) <= 1, found
    return str(found[0]["state"]) if found else ""


def is_recent(moment: str) -> bool:
    """Tell whether a time has a zone, and is of the last minute."""
    then = datetime.fromisoformat(moment)
    # Whole seconds are told.
    return then.tzinfo is not None and timedelta(seconds=-1) <= datetime.now(UTC) - then < timedelta(minutes=1)


def end_a_part(user: Any) -> None:
    """Let something in somebody's server use more memory than that may."""
    bomb = "x = []\\nwhile True: x.append(bytes(1 << 24))"
    said = user.run(f"import subprocess, sys; print(subprocess.run([sys.executable, '-c', '{bomb}']).returncode)")
    assert int(said) == -signal.SIGKILL


def test_only_who_may_see_all_servers_is_told_of_any(hub: Hub) -> None:
    """Neither a person, nor a server, nor who has no token: to them nothing is said, not even of their own server."""
    abe = hub.user("abe")
    abe.start(profile="python")
    own = hub.call("POST", f"/users/{abe.name}/tokens", {}).json()["token"]
    of_server = abe.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
    assert hub.call("GET", f"/users/{abe.name}", token=own).status_code == 200
    assert hub.call("GET", "/user", token=of_server).json()["name"] == abe.name

    told = {token: hub.call("GET", PATH, token=token) for token in (own, of_server, "of-nobody", TOKEN)}

    assert [answer.status_code for answer in told.values()] == [403, 403, 403, 200]
    assert [token for token, answer in told.items() if abe.name in answer.text] == [TOKEN]
    abe.stop()


def test_a_server_is_told_of_from_its_start_to_its_stop(limited: Hub) -> None:
    """What it is, since when, and how much of its memory it uses; one that its person stopped is not there."""
    bea = limited.user("bea")
    assert state(bea) == ""

    with ThreadPoolExecutor() as pool:
        start = pool.submit(bea.start, profile="python", size="tiny")
        soon(lambda: state(bea) == "starting")
        [starting] = entries(bea)
        start.result()
    [running] = entries(bea)
    [same] = entries(bea, "?profile=python")
    others = entries(bea, "?profile=pyth")
    with ThreadPoolExecutor() as pool:
        stop = pool.submit(bea.stop)
        soon(lambda: state(bea) in {"stopping", ""})
        stop.result()

    assert (starting["profile"], starting["problem"], is_recent(starting["since"])) == ("python", None, True)
    assert (running["server"], running["state"], running["profile"]) == ("", "running", "python")
    assert is_recent(running["since"])
    assert is_recent(running["last_activity"])
    assert 10 << 20 < running["memory"] < running["memory_limit"] == TINY
    assert (running["problem"], running["ends_at"]) == (None, None)
    assert same["state"] == "running"
    assert others == []
    assert entries(bea) == []


def test_a_server_that_used_too_much_memory_has_failed_until_it_starts_again(limited: Hub) -> None:
    """First something in it was ended, which is told of the running server; then it ended itself."""
    cid = limited.user("cid")
    cid.start(profile="python", size="tiny")
    end_a_part(cid)
    soon(lambda: entries(cid)[0]["problem"] is not None)
    [shaken] = entries(cid)
    # The system may choose any process of a server, also the server's own; here it is helped.
    os.kill(cid.pid, signal.SIGKILL)
    cid.wait(lambda server: not server)

    [failed] = entries(cid)
    cid.start(profile="python")
    [again] = entries(cid)
    cid.stop()

    assert shaken["state"] == "running"
    assert shaken["problem"] == {
        "en": f"Something in it, such as a kernel, was ended. {USED_MORE['en']}",
        "fr": f"Quelque chose y a été arrêté, par exemple un noyau. {USED_MORE['fr']}",
    }
    assert (failed["state"], failed["profile"], failed["problem"]) == ("failed", "python", USED_MORE)
    assert is_recent(failed["since"])
    assert (failed["memory"], failed["last_activity"]) == (None, None)
    assert (again["state"], again["problem"]) == ("running", None)
    assert entries(cid) == []


def test_what_was_ended_in_a_server_is_told_once(limited: Hub) -> None:
    """Not once more by a hub that starts again, as if it had just happened."""
    dot = limited.user("dot")
    dot.start(profile="python", size="tiny")
    end_a_part(dot)
    soon(lambda: entries(dot)[0]["problem"] is not None)

    limited.end(signal.SIGKILL)
    limited.start()
    dot.wait(lambda server: bool(server.get("ready")))
    # It looks each second.
    time.sleep(3)

    [found] = entries(dot)
    assert (found["state"], found["problem"]) == ("running", None)
    dot.stop()


@pytest.mark.parametrize(
    ("profile", "french"),
    [
        pytest.param("broken", "Demandez à l’équipe qui gère ce service d’y regarder.", id="it ended while it started"),
        pytest.param(
            "missing", "«\N{NO-BREAK SPACE}Missing\N{NO-BREAK SPACE}» n’est pas prêt", id="it has no environment"
        ),
    ],
)
def test_a_start_that_failed_says_why_in_every_language(hub: Hub, profile: str, french: str) -> None:
    """In the words that its person was told; a start that works takes them away."""
    eve = hub.user("eve")
    said = eve.start(profile=profile)
    assert said.status_code >= 500

    [failed] = entries(eve)
    eve.start(profile="python")
    [running] = entries(eve)
    eve.stop()

    assert (failed["state"], failed["profile"], is_recent(failed["since"])) == ("failed", profile, True)
    assert failed["problem"]["en"] == said.json()["message"]
    assert french in failed["problem"]["fr"]
    assert (running["state"], running["problem"]) == ("running", None)


def test_a_server_that_was_killed_has_failed(hub: Hub) -> None:
    """Nobody stopped it."""
    fay = hub.user("fay")
    fay.start(profile="python")

    os.kill(fay.pid, signal.SIGKILL)
    fay.wait(lambda server: not server)

    [failed] = entries(fay)
    assert failed["state"] == "failed"
    assert failed["problem"]["en"] == "It was ended from outside, most often because the machine had no memory left."


def test_a_server_that_reached_its_end_has_not_failed(hub: Hub) -> None:
    """Its end is told while it runs."""
    gus = hub.user("gus")
    gus.start(profile="short")

    [running] = entries(gus)
    gus.wait(lambda server: not server)

    ends_at = datetime.fromisoformat(running["ends_at"])
    assert abs(ends_at - datetime.now(UTC)) < timedelta(seconds=20)
    assert entries(gus) == []


def test_nobody_but_the_service_of_classes_says_a_word_to_a_server(hub: Hub) -> None:
    """Neither a person nor their server, not even to their own; an administrator's token has not that scope either."""
    una = hub.user("una")
    una.start(profile="python")
    own = hub.call("POST", f"/users/{una.name}/tokens", {}).json()["token"]
    of_server = una.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
    word = {"profile": "python", "word": {"said_by": "x", "text": "y"}}

    told = [hub.call("POST", f"{PATH}/{una.name}/word", word, token=token) for token in (own, of_server, TOKEN)]

    assert [answer.status_code for answer in told] == [403, 403, 403]
    una.stop()
