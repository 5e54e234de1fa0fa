"""A hub that is started in a terminal of a machine with systemd takes a control group of its own, where it can have one.

Not tested with systemd itself, which no machine of the tests runs: what it is asked for is compared, and a program that
does what systemd-run does stands for it.
"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sardonyx_hub_config.engines.scope import MARK, Session

RUN = "/usr/bin/systemd-run"
TERMINAL = Session(is_root=False, program=RUN, has_manager=True, is_left_to_us=False)
AS_SCOPE = ["--scope", "--quiet", "--collect", "--property=Delegate=yes", "--", "up"]


def test_an_ordinary_user_asks_the_systemd_of_their_session() -> None:
    """Root asks that of the machine."""
    assert TERMINAL.scoped(["up"]) == [RUN, "--user", *AS_SCOPE]
    assert replace(TERMINAL, is_root=True).scoped(["up"]) == [RUN, *AS_SCOPE]


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(replace(TERMINAL, program=None), id="no systemd-run"),
        pytest.param(replace(TERMINAL, has_manager=False), id="nobody to ask"),
        pytest.param(replace(TERMINAL, is_left_to_us=True), id="has one already"),
    ],
)
def test_nothing_is_asked_for_where_it_cannot_be_had_or_is_had(session: Session) -> None:
    """The hub starts as it is."""
    assert session.scoped(["up"]) == []


def test_a_session_without_a_bus_has_nobody_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As over su, or in cron."""
    monkeypatch.setattr("sardonyx_hub_config.engines.scope.SYSTEMD", tmp_path)
    monkeypatch.setattr("sardonyx_hub_config.engines.scope.os.geteuid", lambda: 1000)

    assert not Session.here({"PATH": "/nowhere", "XDG_RUNTIME_DIR": str(tmp_path)}).has_manager
    (tmp_path / "bus").touch()
    assert Session.here({"PATH": "/nowhere", "XDG_RUNTIME_DIR": str(tmp_path)}).has_manager
    assert Session.here({"PATH": "/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}).has_manager


PROGRAM = """
import sys
from sardonyx_hub_config.engines.scope import Session, enter_scope
enter_scope(Session(is_root=False, program=sys.argv[1], has_manager=True, is_left_to_us=False))
print("runs", sys.argv[2:])
"""
LIKE_SYSTEMD_RUN = """#!/bin/sh
echo "asked: $*" >> "$0.log"
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """What stands for systemd-run."""
    made = tmp_path / "systemd-run"
    made.write_text(LIKE_SYSTEMD_RUN)
    made.chmod(0o755)
    return made


def said_by(program: Path) -> str:
    """Run a program that wants a scope; return what it says."""
    (program.parent / "up.py").write_text(PROGRAM)
    command = [sys.executable, str(program.parent / "up.py"), str(program), "settings.yaml", "a b"]
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=True, timeout=60).stdout


def test_a_program_begins_anew_in_its_scope_once_and_with_what_it_was_given(program: Path) -> None:
    """It tries first, and does not go round in circles."""
    assert said_by(program) == "runs ['settings.yaml', 'a b']\n"

    tried, began = program.with_name("systemd-run.log").read_text().splitlines()
    assert tried.endswith("-- true")
    assert began.endswith(f"-- {sys.executable} {program.parent / 'up.py'} {program} settings.yaml a b")


@pytest.mark.parametrize("fault", ["exit 1", "echo Failed to connect to bus >&2; exit 1", "exec sleep 60"])
def test_a_systemd_that_refuses_keeps_nobody_from_starting(
    program: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one that does not answer: the program goes on as it is."""
    program.write_text(f"#!/bin/sh\n{fault}\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    faster = "import sardonyx_hub_config.engines.scope as scope\nscope.PATIENCE_S = 1.0\n"
    monkeypatch.setattr(f"{__name__}.PROGRAM", faster + PROGRAM)

    assert said_by(program) == "runs ['settings.yaml', 'a b']\n"
