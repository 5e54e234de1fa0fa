"""What the page of a class says of everybody, from who is in it and what the hub says of servers."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sardonyx_services.people.groups import Role
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.web.errors import AwayError
from sardonyx_services.people.web.hub import NOT_NOW, Server, server_of
from sardonyx_services.people.web.live.live import Watch, counts_of, reach_of, rows_of
from sardonyx_services.people.web.live.runs import Run
from sardonyx_services.people.web.live.words import LiveWords
from sardonyx_services.people.web.members import Member
from sardonyx_spawner.language import _, speaking

NOW = datetime(2026, 11, 2, 10, 37, tzinfo=UTC)
GB = 1 << 30
RUNNING = Server("amina", "", "running", "class-7mw2kfqd", NOW, NOW, GB // 2, GB, {})


def member(name: str, role: Role = "student", full_name: str = "") -> Member:
    """Return somebody in the class."""
    return Member(PersonRecord(f"id-{name}", name, "local", name, False, NOW, full_name), role)  # noqa: FBT003


def row(server: Server | None, refused: str = "", role: Role = "student") -> Any:
    """Return the row of somebody with a server."""
    (found,) = rows_of([member("amina", role)], [server] if server else [], "class-7mw2kfqd", {"amina": refused})
    return found


@pytest.mark.parametrize(
    ("server", "state", "problem"),
    [
        pytest.param(None, "off", "", id="nothing"),
        pytest.param(RUNNING, "running", "", id="running"),
        pytest.param(replace(RUNNING, state="starting", memory=None), "starting", "", id="starting"),
        pytest.param(replace(RUNNING, memory=int(0.9 * GB) + 1), "running", "Almost out of memory.", id="nearly full"),
        pytest.param(replace(RUNNING, memory=GB, memory_limit=None), "running", "", id="no limit"),
        pytest.param(replace(RUNNING, problem={"en": "It fell."}), "running", "It fell.", id="a problem"),
        pytest.param(replace(RUNNING, state="failed", problem={"en": "It fell."}), "failed", "It fell.", id="failed"),
        pytest.param(replace(RUNNING, profile="python"), "elsewhere", "", id="another profile"),
        pytest.param(replace(RUNNING, profile="python", state="failed"), "off", "", id="another profile that failed"),
        pytest.param(replace(RUNNING, server="mine"), "running", "", id="a server with a name"),
        pytest.param(replace(RUNNING, name="bob"), "off", "", id="somebody else"),
    ],
)
def test_a_row_says_what_a_server_does(server: Server | None, state: str, problem: str) -> None:
    """And what is wrong with it, for the class alone: what else somebody runs is theirs."""
    found = row(server)

    assert (found.state, found.problem) == (state, problem)
    if found.state in {"elsewhere", "off"}:
        assert (found.memory, found.since) == (None, None)


def test_a_server_that_was_not_started_says_why() -> None:
    """Until it runs."""
    assert row(None, "They have not signed in here yet.").problem == "They have not signed in here yet."
    assert row(RUNNING, "They have not signed in here yet.").problem == ""


def test_a_problem_is_said_in_the_language_of_who_looks() -> None:
    """Whoever's server it is."""
    with speaking("fr"):
        assert row(replace(RUNNING, problem={"en": "It fell.", "fr": "Il est tombé."})).problem == "Il est tombé."


def test_what_a_start_waits_for_is_said_in_the_language_of_who_looks() -> None:
    """Beside those that have a problem, and not as one."""
    step = {"en": "Fetching the image", "fr": "Récupération de l’image"}
    starting = replace(RUNNING, state="starting", memory=None, step=step)
    with speaking("fr"):
        found = row(starting)

    assert (found.step, found.problem) == ("Récupération de l’image", "")
    assert row(replace(starting, profile="python")).step == ""


def test_why_nothing_started_is_said_in_the_language_of_who_looks() -> None:
    """Not in that of who pressed the button."""
    with speaking("fr"):
        refused = _(NOT_NOW)
    assert row(None, refused=refused).problem == NOT_NOW


def test_problems_come_first_and_names_are_counted() -> None:
    """Whoever needs help is on top; "student 2" is before "student 10"."""
    members = [member(name) for name in ("student10", "student2", "amina", "zoe")]
    servers = [replace(RUNNING, name="zoe", state="failed", problem={"en": "It fell."}), RUNNING]

    rows = rows_of(members, servers, "class-7mw2kfqd", {})

    assert [found.name for found in rows] == ["zoe", "amina", "student2", "student10"]
    assert counts_of(rows) == {"all": 4, "problem": 1, "on": 1, "off": 3}


@pytest.mark.parametrize(
    ("state", "role", "reach"),
    [
        pytest.param("off", "student", {"start": 1, "stop": 0}, id="not here"),
        pytest.param("failed", "guest", {"start": 1, "stop": 0}, id="failed"),
        pytest.param("starting", "student", {"start": 0, "stop": 1}, id="starting"),
        pytest.param("running", "participant", {"start": 0, "stop": 1}, id="running"),
        pytest.param("elsewhere", "student", {"start": 0, "stop": 0}, id="runs something else"),
        pytest.param("shared", "participant", {"start": 0, "stop": 0}, id="their team has a server"),
        pytest.param("running", "assistant", {"start": 0, "stop": 0}, id="leads it"),
    ],
)
def test_nothing_is_offered_that_would_be_done_with_nobody(state: str, role: Role, reach: dict[str, int]) -> None:
    """Neither a start nor a stop of everybody's server; those of who leads it are not touched by either."""
    servers = ("",) if state in {"running", "starting"} else ()
    assert reach_of([replace(row(RUNNING), state=state, role=role, servers=servers)]) == reach


@pytest.mark.parametrize(
    ("servers", "state", "server", "names"),
    [
        pytest.param([{"server": "b"}, {}, {"server": "a"}], "running", "", ("", "a", "b"), id="several"),
        pytest.param([{"state": "failed"}, {"server": "b"}], "running", "b", ("b",), id="the usual one failed"),
        pytest.param([{}, {"server": "b", "state": "failed"}], "running", "", ("",), id="the one with a name failed"),
        pytest.param([{"server": "b", "state": "starting"}], "starting", "b", ("b",), id="starts"),
        pytest.param([{"server": "b", "state": "failed"}], "failed", "b", (), id="fell"),
        pytest.param([{"profile": "python"}, {"server": "b"}], "running", "b", ("b",), id="beside something else"),
        pytest.param(
            [{"profile": "python"}, {"server": "b", "state": "failed"}], "elsewhere", "", (), id="fell beside something else"
        ),
        pytest.param([{"server": "b", "profile": "python"}], "off", "", (), id="something else with a name"),
        pytest.param([{}, {"server": "b", "invited": ("tia",)}], "running", "b", ("b", ""), id="let in there"),
        pytest.param([{}, {"server": "b", "invited": ("bob",)}], "running", "", ("", "b"), id="a friend is let in there"),
    ],
)  # fmt: skip
def test_a_row_is_about_the_server_with_most_to_say(
    servers: list[dict[str, Any]], state: str, server: str, names: tuple[str, ...]
) -> None:
    """Whatever its name is; all that are of the class count."""
    members = [member("amina"), member("tia", "instructor")]

    (found,) = rows_of(members, [replace(RUNNING, **each) for each in servers], "class-7mw2kfqd", {})

    assert (found.state, found.server, found.servers) == (state, server, names)
    assert counts_of([found])["on"] == (state in {"running", "starting"})
    assert reach_of([found]) == {"start": state in {"failed", "off"}, "stop": len(names)}
    said = f"{len(names)} servers" if len(names) > 1 else f"server “{server}”" if server else ""
    assert LiveWords().which(found) == said


def test_who_has_a_problem_in_another_server_of_the_class_needs_help() -> None:
    """While that runs."""
    full = replace(RUNNING, server="b", memory=GB)
    for state, problem in (("running", "Almost out of memory."), ("failed", "")):
        (found,) = rows_of([member("amina")], [RUNNING, replace(full, state=state)], "class-7mw2kfqd", {})
        assert (found.state, found.server, found.problem) == ("running", "", problem)


@pytest.mark.parametrize(("count", "said"), [(0, "No server runs"), (1, "Stop 1 server"), (30, "Stop 30 servers")])
def test_how_many_servers_are_stopped_is_said_of_none_and_of_one(count: int, said: str) -> None:
    """In words that fit."""
    assert LiveWords().stop_all(count) == said


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (Run(0), ""),
        (Run(1), "0 of 1 server is done."),
        (Run(30, done=1), "1 of 30 servers are done."),
        (Run(30, done=30), ""),
    ],
)
def test_how_far_a_go_through_servers_is_is_said_until_it_is_through(run: Run, said: str) -> None:
    """Of one server, too."""
    assert LiveWords().run(run) == said


def test_people_are_called_as_they_are() -> None:
    """By their name at the provider, where it says one."""
    (found,) = rows_of([member("u123", full_name="Amina B.")], [], "class-7mw2kfqd", {})
    assert (found.shown_name, found.name) == ("Amina B.", "u123")


@pytest.mark.parametrize(("role", "is_shown"), [("instructor", False), ("assistant", False), ("guest", True)])
def test_staff_are_shown_while_they_have_a_server(role: Role, is_shown: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """Nobody waits for them."""
    assert bool(rows_of([member("amina", role)], [], "class-7mw2kfqd", {})) is is_shown
    assert len(rows_of([member("amina", role)], [RUNNING], "class-7mw2kfqd", {})) == 1


def test_the_hub_s_answer_is_read_whatever_is_missing() -> None:
    """A hub of another release may say less."""
    said = {"name": "amina", "server": "", "state": "starting", "profile": "python"}
    assert server_of(said) == Server("amina", "", "starting", "python", None, None, None, None, {})
    whole = {
        **said,
        "since": "2026-11-02T10:37:00+00:00",
        "memory": 5,
        "problem": {"en": "It fell."},
        "step": {"en": "Next"},
    }
    found = server_of(whole)
    assert (found.since, found.memory, found.said, found.doing) == (NOW, 5, "It fell.", "Next")


async def test_all_who_look_ask_the_hub_once() -> None:
    """Not more often than every two seconds; where it fails, the next one asks again."""
    asked = []
    now = [100.0]

    async def ask() -> list[Server]:
        asked.append(now[0])
        if len(asked) == 1:
            raise AwayError
        return [RUNNING]

    watch = Watch(ask, lambda: now[0])
    with pytest.raises(AwayError):
        await watch.servers()
    assert [await watch.servers() for _ in range(3)] == [[RUNNING]] * 3
    assert len(asked) == 2

    now[0] += 2
    await watch.servers()
    assert len(asked) == 3


async def test_who_does_something_with_servers_sees_those_of_now() -> None:
    """One that has just started is not left out; who looks next sees it, too."""
    there: list[Server] = []

    async def ask() -> list[Server]:
        return [*there]

    watch = Watch(ask, lambda: 100.0)
    assert await watch.servers() == []
    there.append(RUNNING)

    assert await watch.servers() == []
    assert await watch.servers(is_new=True) == [RUNNING]
    assert await watch.servers() == [RUNNING]


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        pytest.param(RUNNING, "You are in the middle of a merge.", id="running"),
        pytest.param(replace(RUNNING, problem={"en": "It fell."}), "It fell.", id="with a problem of its own"),
        pytest.param(replace(RUNNING, profile="python"), "", id="something else"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_a_row_says_what_a_server_could_not_do(server: Server | None, problem: str) -> None:
    """As long as it runs: with the next start it is another one."""
    unsaid = {"amina": "You are in the middle of a merge."}

    (found,) = rows_of([member("amina")], [server] if server else [], "class-7mw2kfqd", {}, unsaid)

    assert found.problem == problem


def test_who_of_the_staff_is_let_in_is_said_and_nobody_else() -> None:
    """Which friends a student works with is theirs to know; a server that stops lets nobody in."""
    amina, tia = member("amina"), member("tia", "instructor")
    invited = replace(RUNNING, invited=("bob", "tia"))

    assert [row.open_to for row in rows_of([amina, tia], [invited], "class-7mw2kfqd", {})] == [("tia",)]
    stopping = replace(invited, state="stopping")
    assert [row.open_to for row in rows_of([amina, tia], [stopping], "class-7mw2kfqd", {})] == [()]
