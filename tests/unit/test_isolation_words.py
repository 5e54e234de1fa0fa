"""How well servers are kept apart is said in one way, in the log, by the doctor and on the page for operators."""

import logging
from pathlib import Path

import pytest

from sardonyx_spawner.local.admission import admit
from sardonyx_spawner.local.fork_launcher import ForkLauncher
from sardonyx_spawner.local.isolation import REFUSED, Isolation, limited_at_last_start
from sardonyx_spawner.local.launcher import ChildProcessLauncher
from sardonyx_spawner.local.levels import UNKNOWN, judge, worst
from sardonyx_spawner.local.obstacles import Obstacles
from sardonyx_spawner.spawner import StartRefusedError

ALL = ("memory", "pids", "cpu")


@pytest.mark.parametrize(
    ("level", "controllers", "state", "by", "said"),
    [
        pytest.param(
            "namespaces+uid", ALL, "good", "namespaces + uid + cgroup (memory, processes, CPU)",
            "Each server sees only its own files and processes, and has a user of its own."
            " Memory, processes and CPU of each are limited.", id="all",
        ),
        pytest.param(
            "namespaces", (), "note", "namespaces",
            "Each server sees only its own files and processes."
            " Of memory only what each process of a server takes is limited, and CPU is not:"
            " one server can take all that this machine has.", id="no limits",
        ),
        pytest.param(
            "namespaces", ("cpu",), "note", "namespaces + cgroup (CPU)",
            "Each server sees only its own files and processes."
            " Of memory only what each process of a server takes is limited: with several, one server can take all that"
            " this machine has.", id="no limit of memory",
        ),
        pytest.param(
            "namespaces", ("memory", "pids"), "note", "namespaces + cgroup (memory, processes)",
            "Each server sees only its own files and processes."
            " CPU is not limited: one server can take all that this machine has.", id="no limit of CPU",
        ),
        pytest.param(
            "namespaces", None, "good", "namespaces",
            "Each server sees only its own files and processes."
            " What of memory and CPU is limited is known after the first start.", id="nobody knows yet",
        ),
    ],
)  # fmt: skip
def test_what_was_found_is_said_in_plain_words(
    level: str, controllers: tuple[str, ...] | None, state: str, by: str, said: str
) -> None:
    """What it means, not what it is called."""
    found = judge(level, controllers)

    assert (found.state, found.kept_apart_by, found.meaning) == (state, by, said)
    assert bool(found.to_do) == (state == "note")


def test_it_is_said_where_servers_reach_what_listens_under_an_abstract_name() -> None:
    """Most kernels of today cannot keep them from it: no fault of the operator's, so the state stays."""
    found = judge("namespaces+uid", ALL, are_names_apart=False)

    assert found.state == "good"
    assert found.meaning == (
        "Each server sees only its own files and processes, and has a user of its own."
        " Programs of this machine that listen under an abstract name, such as an X server, can be reached from servers:"
        " Linux 6.12 or newer, with Landlock, keeps servers from them."
        " Memory, processes and CPU of each are limited."
    )


def test_no_isolation_is_said_with_its_reason_and_the_way_out() -> None:
    """Loudly where there is only text."""
    found = judge("none", (), "no namespaces can be made: No space left on device")

    assert found.state == "bad"
    assert found.meaning.startswith("Servers are not isolated from each other on this machine")
    assert found.text.startswith("SERVERS ARE NOT ISOLATED FROM EACH OTHER on this machine")
    assert "The reason: no namespaces can be made: No space left on device." in found.text
    assert "So only administrators can start servers." in found.text
    assert "sysctl user.max_user_namespaces=10000" in found.to_do
    assert "write 'accept_not_isolated: true' under 'servers'" in found.to_do


def test_what_the_operator_accepts_is_still_said_loudly() -> None:
    """With the way out, and as no fault any more."""
    found = judge("none", None, "a reason", accept_not_isolated=True)

    assert (found.state, found.is_apart) == ("note", False)
    assert found.text.startswith("SERVERS ARE NOT ISOLATED FROM EACH OTHER on this machine")
    assert "give accounts only to people who trust each other" in found.meaning
    assert "accept_not_isolated: true" not in found.to_do


@pytest.mark.parametrize(
    ("is_admin", "accepts", "starts"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_where_nothing_is_isolated_only_administrators_start_unless_that_is_accepted(
    is_admin: bool,  # noqa: FBT001 - a table
    accepts: bool,  # noqa: FBT001
    starts: bool,  # noqa: FBT001
) -> None:
    """The person reads why and whom to ask, the log has the way out."""
    launcher = ChildProcessLauncher(accept_not_isolated=accepts)
    if starts:
        admit(launcher, is_admin=is_admin, server="bob")
        return

    with pytest.raises(StartRefusedError) as refused:
        admit(launcher, is_admin=is_admin, server="bob")

    assert refused.value.status_code == 403
    assert refused.value.jupyterhub_message == (
        "Servers cannot be kept apart on this machine, so only administrators can start one."
        " Ask the people who run this place to look at it."
    )
    assert "servers.accept_not_isolated in the settings" in refused.value.log_message


def test_in_a_sandbox_everybody_starts(tmp_path: Path) -> None:
    """Whatever is accepted."""
    assert ForkLauncher(tmp_path / "forks", tmp_path / "servers").may_start(is_admin=False)


def test_people_of_classes_are_refused_as_long_as_servers_are_not_kept_apart(tmp_path: Path) -> None:
    """Unless that is accepted; a hub on a machine that was mended forgets it."""
    Isolation(tmp_path).found("none", "a reason", ALL)
    assert (tmp_path / REFUSED).exists()
    Isolation(tmp_path, accept_not_isolated=True).found("none", "a reason", ALL)
    assert not (tmp_path / REFUSED).exists()
    Isolation(tmp_path).found("none", "a reason", ALL)
    Isolation(tmp_path).found("namespaces+uid", "", ALL)
    assert not (tmp_path / REFUSED).exists()


def test_the_worst_counts() -> None:
    """One environment whose servers are not kept apart is enough."""
    assert worst(["namespaces+uid", "none", "namespaces"]) == "none"
    assert worst(["namespaces+uid", "namespaces"]) == "namespaces"


def test_each_finding_is_said_once_and_written_down(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The page has the worst, the doctor what is limited."""
    caplog.set_level(logging.INFO)
    assert limited_at_last_start(tmp_path) is None
    isolation = Isolation(tmp_path)
    assert isolation.verdict == UNKNOWN
    for _ in range(2):
        isolation.found("namespaces+uid", "", ALL)

    assert isolation.verdict == judge("namespaces+uid", ALL)
    assert isolation.has("namespaces+uid")
    assert limited_at_last_start(tmp_path) == ALL
    # An environment of an older release.
    for _ in range(2):
        isolation.found("namespaces+uid", "", ALL, are_names_apart=False)
    isolation.found("namespaces+uid", "", ALL)
    assert isolation.verdict == judge("namespaces+uid", ALL, are_names_apart=False)
    for _ in range(2):
        isolation.found("none", "a reason", ALL)
    assert isolation.verdict == judge("none", (), "a reason", remedy=Obstacles.here().remedy)
    assert (tmp_path / REFUSED).exists()
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO", "CRITICAL"]
    (tmp_path / "limits.json").write_text("{")
    assert limited_at_last_start(tmp_path) is None
