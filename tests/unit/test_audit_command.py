"""`sardonyx audit`: what an operator asks after somebody's keys were stolen."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sardonyx_hub_config.commands.audit import audit
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.credentials.audit import AuditLog, Issued

SETTINGS = (
    "environments: {python: {title: Python, prefix: /usr}}\nprofiles: {python: {title: Python, environment: python}}\n"
)
NOW = datetime.now(UTC).replace(microsecond=0)


def issued(name: str, *places: str, server: str = "", ago: timedelta = timedelta()) -> Issued:
    """Return a key that lived for an hour."""
    began = NOW - ago
    return Issued(began, "s3", f"id-of-{name}", name, server, "session", places, began + timedelta(hours=1))


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place in which something was issued."""
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    monkeypatch.setenv("SARDONYX_SETTINGS", str(tmp_path / "settings.yaml"))
    monkeypatch.setenv("SARDONYX_DATA", str(tmp_path))
    written = AuditLog(DataFolder(tmp_path).audit)
    written.write(issued("amina", "home/a/:rw", ago=timedelta(days=3)))
    written.write(issued("bela", "home/b/:rw", "class/7mw2kfqd/shared/:r"))
    written.write(issued("amina", "home/a/:rw", server="thesis"))
    written.close()


def run(*words: str) -> list[str]:
    """Run the command; return its lines."""
    result = CliRunner().invoke(audit, words)
    if result.exception:
        raise result.exception
    return str(result.output).splitlines()


def test_everything_is_listed_oldest_first() -> None:
    """With name and id, because a name may change hands."""
    lines = run()

    assert [line.split()[2] for line in lines] == ["amina", "bela", "amina"]
    assert "id-of-amina" in lines[0]
    assert lines[1].endswith("home/b/:rw class/7mw2kfqd/shared/:r")
    assert f"until {NOW + timedelta(hours=1):%Y-%m-%d %H:%M}Z" in lines[1]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--person", "amina"), 2),
        (("--person", "id-of-bela"), 1),
        (("--since", "2d"), 2),
        (("--living",), 2),
        (("--server", "thesis"), 1),
        (("--server", ""), 2),
        (("--place", "class/7mw2kfqd/"), 1),
        (("--place", "home/a/data/"), 2),
        (("--person", "amina", "--living", "--server", "thesis"), 1),
    ],
)
def test_less_can_be_asked_for(words: tuple[str, ...], count: int) -> None:
    """By who, when, which server, and what it reaches."""
    assert len([line for line in run(*words) if " until " in line]) == count


def test_programs_get_json() -> None:
    """One object in each line."""
    assert [json.loads(line)["name"] for line in run("--json")] == ["amina", "bela", "amina"]


def test_nothing_found_is_said() -> None:
    """An empty answer could be a fault."""
    assert run("--person", "nobody") == ["Nothing was issued that fits. See how to ask with: sardonyx audit --help"]


def test_a_duration_that_is_none_is_explained() -> None:
    """With what to write."""
    with pytest.raises(OperatorError, match="“yesterday” is no duration for --since: write a duration such as 90s"):
        run("--since", "yesterday")


def test_a_link_that_was_taken_back_lives_no_more() -> None:
    """Though the line that says that it was made has a later end."""
    path = DataFolder(Path(os.environ["SARDONYX_DATA"])).audit
    written = AuditLog(path)
    for what, session, until in (
        ("link", "id-of-amina-link-1", NOW + timedelta(days=7)),
        ("link", "id-of-amina-link-2", NOW + timedelta(days=7)),
        ("link-ended", "id-of-amina-link-1", NOW),
    ):
        written.write(Issued(NOW, what, "id-of-amina", "amina", "", session, (f"home/a/{session[-1]}.csv:r",), until))
    written.close()

    living = [line.split()[-1] for line in run("--living", "--person", "amina") if " link" in line]
    everything = [line.split()[-1] for line in run("--person", "amina") if " link" in line]

    assert living == ["home/a/2.csv:r"]
    assert everything == ["home/a/1.csv:r", "home/a/2.csv:r", "home/a/1.csv:r"]
