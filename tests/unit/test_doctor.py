"""`sardonyx doctor`: each fault of the machine is found, and said with what to do."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.ports import free_ports

from sardonyx_hub_config.commands.doctor import doctor
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_spawner.local.obstacles import Obstacles

Run = Callable[[], tuple[int, str]]
SETTINGS = """
storage: {kind: s3, endpoint: 'http://127.0.0.1:9', role: 'arn:aws:iam::123456789012:role/r'}
environments: {python: {title: Python, prefix: %s}}
profiles: {python: {title: Python, environment: python}}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A place without a fault, and a way to look at it."""
    monkeypatch.setenv("SARDONYX_PORT", str(free_ports()))
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path / "data"))
    # In the place of an environment's Python: says what the trial of a sandbox says.
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho \'{"level": "namespaces", "problem": ""}\'\n')
    python.chmod(0o700)
    settings = tmp_path / "settings.yaml"
    settings.write_text(SETTINGS % (tmp_path / "environment"))

    def look() -> tuple[int, str]:
        result = CliRunner().invoke(doctor, [str(settings)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return look


def test_a_place_without_a_fault_is_called_so(run: Run, tmp_path: Path) -> None:
    """And nothing is made by looking."""
    code, said = run()

    assert code == 0
    assert "FAULT" not in said
    assert "ok     servers      of python are kept apart by namespaces. Each server sees only its own" in said
    assert "What of memory and CPU is limited is known after the first start." in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("https://x.org/", "people open https://x.org\n", id="host"),
        pytest.param(
            "https://x.org/datalab",
            "people open https://x.org/datalab; a proxy in front of it has to pass the path /datalab/ on as it is\n",
            id="path",
        ),
    ],
)
def test_the_address_is_said_with_what_a_proxy_has_to_do(run: Run, tmp_path: Path, url: str, said: str) -> None:
    """One that takes the path away is what goes wrong most easily."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(f"web: {{public_url: '{url}'}}\n{settings.read_text()}")

    assert f"ok     address      {said}" in run()[1]


def test_a_fault_in_the_settings_is_all_that_is_said(run: Run, tmp_path: Path) -> None:
    """What depends on them cannot be looked at."""
    (tmp_path / "settings.yaml").write_text("titel: x\n")

    code, said = run()

    assert code == 1
    assert "settings.yaml:1: titel: is not a setting. Did you mean 'title'?" in said
    assert "ports" not in said


def test_a_busy_port_is_a_fault(run: Run) -> None:
    """With what it is for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(os.environ["SARDONYX_PORT"]) + 1))

        code, said = run()

    assert code == 1
    assert "for the hub, is used by another program" in said


def test_ports_of_a_sardonyx_that_runs_are_its_own(run: Run, tmp_path: Path) -> None:
    """The doctor may come while people work."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    lock = folder.lock()

    _code, said = run()

    os.close(lock)
    assert "Sardonyx runs on them" in said


def test_a_store_that_gives_no_keys_is_a_fault(run: Run, tmp_path: Path) -> None:
    """Where Sardonyx runs: before, nobody knows."""
    assert "note   data store   whether it gives keys is known while Sardonyx runs" in run()[1]
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    lock = folder.lock()

    code, said = run()

    os.close(lock)
    assert code == 1
    assert "FAULT  data store   The data store does not answer now." in said
    assert "FAULT  data store   the keys service does not answer at http://127.0.0.1:" in said


def test_a_tool_that_a_profile_names_and_nobody_installed_is_a_note(run: Run, tmp_path: Path) -> None:
    """The place works without it, and the command that brings it is said."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        settings.read_text().replace(
            "title: Python, environment: python}", "title: Course, environment: python, tools: [mlflow]}"
        )
    )

    code, said = run()

    assert code == 0
    assert (
        "note   tools        “Course” should have mlflow, which is not on this machine."
        " Install it with: sardonyx tools install mlflow" in said
    )


def test_on_kubernetes_the_tools_of_a_profile_are_those_of_its_image(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command of one machine is named, which would reach no server."""
    monkeypatch.setenv("SARDONYX_ENGINE", "kubernetes")
    monkeypatch.setenv("SARDONYX_NAME", "lab")
    (tmp_path / "settings.yaml").write_text(
        "storage: {kind: s3, endpoint: 'http://127.0.0.1:9', role: 'arn:aws:iam::123456789012:role/r'}\n"
        "environments: {python: {title: Python, image: 'lab/python:1'}}\n"
        "profiles: {course: {title: Course, environment: python, tools: [mlflow]}}\n"
    )

    _code, said = run()

    assert (
        "note   tools        “Course” should have mlflow, which its servers have if they are in lab/python:1." in said
    )
    assert "sardonyx tools install" not in said


def test_servers_that_cannot_be_isolated_are_a_fault(run: Run, tmp_path: Path) -> None:
    """With the reason that the trial gave, and the lines that change it."""
    python = tmp_path / "environment" / "bin" / "python"
    python.write_text('#!/bin/sh\necho \'{"level": "none", "problem": "no namespaces can be made"}\'\n')
    assert stat.S_IMODE(python.stat().st_mode) == 0o700

    code, said = run()

    assert code == 1
    assert "SERVERS ARE NOT ISOLATED FROM EACH OTHER on this machine" in said
    assert "The reason: no namespaces can be made." in said
    assert Obstacles.here().remedy in said
    assert "So only administrators can start servers." in said

    with (tmp_path / "settings.yaml").open("a") as file:
        file.write("servers: {accept_not_isolated: true}\n")
    code, said = run()

    assert code == 0
    assert "note   servers      SERVERS ARE NOT ISOLATED FROM EACH OTHER on this machine" in said
    assert "kept apart by none" not in said


def test_limits_that_are_missing_are_a_note(run: Run, tmp_path: Path) -> None:
    """As the last hub found it: a look must not move a hub that runs."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.forks.mkdir(exist_ok=True)
    (folder.forks / "limits.json").write_text('["pids"]')

    code, said = run()

    assert code == 0
    assert "note   servers      of python are kept apart by namespaces + cgroup (processes). Each" in said
    assert (
        "Of memory only what each process of a server takes is limited, and CPU is not: one server can take all" in said
    )
    assert "all that this machine has. To limit them, start" in said
    assert "What is limited was found at the last start." in said


def test_an_environment_that_is_not_there_is_a_fault(run: Run, tmp_path: Path) -> None:
    """Servers of it could not start."""
    (tmp_path / "environment" / "bin" / "python").unlink()

    code, said = run()

    assert code == 1
    assert "bin/python. Correct 'environments' in the settings." in said


def test_a_postgresql_that_is_away_is_a_fault(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could sign in."""
    port = free_ports()
    monkeypatch.setenv("THE_DATABASE", f"postgresql://sardonyx:secret@127.0.0.1:{port}/sardonyx")
    settings = tmp_path / "settings.yaml"
    settings.write_text(settings.read_text() + "database: {url: {env: THE_DATABASE}}\n")

    code, said = run()

    assert code == 1
    assert f"FAULT  database     no PostgreSQL answers at 127.0.0.1:{port}. Look whether it runs" in said
    assert "secret" not in said
