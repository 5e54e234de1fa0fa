"""Forty broken settings files: every fault is found, none twice, and nobody sees a trace."""

import sys
from pathlib import Path

import pytest

from sardonyx_hub_config.cli import main

FOLDER = Path(__file__).parent / "broken_settings"
FILES = sorted(FOLDER.glob("*.yaml"))


def test_there_are_enough_of_them() -> None:
    """Thirty were asked for; each has what is expected of it beside it."""
    assert len(FILES) >= 30
    assert [path.name for path in FILES if not path.with_suffix(".txt").exists()] == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in FILES])
def test_every_fault_is_named_once_with_its_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sardonyx check` prints exactly the expected lines, and exits 1."""
    monkeypatch.setattr(sys, "argv", ["sardonyx", "check", str(path)])
    monkeypatch.delenv("SARDONYX_DATA", raising=False)
    monkeypatch.delenv("SARDONYX_PORT", raising=False)

    with pytest.raises(SystemExit) as caught:
        main()

    first, *faults = capsys.readouterr().err.splitlines()
    assert caught.value.code == 1
    assert first.startswith(f"Sardonyx: the settings in {path} have ")
    assert faults == path.with_suffix(".txt").read_text().splitlines()
    assert len(set(faults)) == len(faults)


def test_a_secret_in_the_file_is_not_repeated() -> None:
    """The message ends up in logs."""
    assert "swordfish" not in (FOLDER / "secret-in-the-file.txt").read_text()


def test_the_shipped_settings_are_fine(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What comes with us has no fault."""
    shipped = Path(__file__).parents[2] / "hub_config" / "settings.yaml"
    monkeypatch.setattr(sys, "argv", ["sardonyx", "check", str(shipped)])

    with pytest.raises(SystemExit) as caught:
        main()

    assert caught.value.code == 0
    assert "is fine: 3 profiles, 2 environments." in capsys.readouterr().out


def test_what_there_is_one_of_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not "1 profiles"."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        "environments: {ours: {title: Ours, prefix: /opt/ours}}\nprofiles: {ours: {title: Ours, environment: ours}}\n"
    )
    monkeypatch.setattr(sys, "argv", ["sardonyx", "check", str(settings)])

    with pytest.raises(SystemExit):
        main()

    assert f"{settings} is fine: 1 profile, 1 environment." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param(
            "SARDONYX_PORT", "many", "the environment variable SARDONYX_PORT is a whole number", id="no-number"
        ),
        pytest.param("SARDONYX_PORT", "99999", "the environment variable SARDONYX_PORT is too large", id="too-large"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    """The file is fine; what replaces a part of it is not."""
    shipped = Path(__file__).parents[2] / "hub_config" / "settings.yaml"
    monkeypatch.setattr(sys, "argv", ["sardonyx", "check", str(shipped)])
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit):
        main()

    assert said in capsys.readouterr().err
