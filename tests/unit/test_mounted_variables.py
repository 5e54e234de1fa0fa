"""Variables of a Pod's that are mounted as files."""

from pathlib import Path

import pytest

from sardonyx_hub_config.engines.mounted_variables import FOLDER, take_mounted
from sardonyx_hub_config.errors import OperatorError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as Kubernetes mounts it: what is seen are links to what can be changed all at once."""
    there = tmp_path / "..2026_11_29"
    there.mkdir()
    (tmp_path / "..data").symlink_to(there.name)
    for name, value in {"PASSWORD": "p@ss word\n", "TOKEN": "€"}.items():
        (there / name).write_text(value)
        (tmp_path / name).symlink_to(f"..data/{name}")
    return tmp_path


def test_each_file_is_a_variable_letter_by_letter(folder: Path) -> None:
    """Also its last new line, as where Kubernetes sets it."""
    environment = {FOLDER: str(folder)}

    take_mounted(environment)

    assert environment == {FOLDER: str(folder), "PASSWORD": "p@ss word\n", "TOKEN": "€"}


def test_nothing_is_taken_where_no_folder_is_named() -> None:
    """On one machine."""
    environment = {"PATH": "$(PASSWORD)"}

    take_mounted(environment)

    assert environment == {"PATH": "$(PASSWORD)"}


def test_what_is_set_already_wins(folder: Path) -> None:
    """By the chart's extraEnv, which stands after all others."""
    environment = {FOLDER: str(folder), "TOKEN": "mine"}

    take_mounted(environment)

    assert environment["TOKEN"] == "mine"


def test_a_variable_can_name_a_mounted_one(folder: Path) -> None:
    """As in a container's own variables; what nobody has stays as it is written."""
    environment = {FOLDER: str(folder), "URL": "a://$(TOKEN)@$(OTHER)/$(PATH)", "PATH": "/bin", "PLAIN": "$(PATH)"}

    take_mounted(environment)

    assert environment["URL"] == "a://€@$(OTHER)/$(PATH)"
    assert environment["PLAIN"] == "$(PATH)"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A hub that went on would be one without its token."""
    with pytest.raises(OperatorError) as said:
        take_mounted({FOLDER: f"{tmp_path}/gone"})

    assert str(said.value) == (
        f"{FOLDER} is '{tmp_path}/gone', which cannot be read: No such file or directory. "
        "The chart mounts it: install Sardonyx with the chart."
    )


@pytest.mark.parametrize("value", [b"\xff", b"a\0b"], ids=["other letters", "an end in the middle"])
def test_what_can_be_no_variable_is_said(tmp_path: Path, value: bytes) -> None:
    """With its name, and not with what it is."""
    (tmp_path / "TOKEN").write_bytes(value)

    with pytest.raises(OperatorError) as said:
        take_mounted({FOLDER: str(tmp_path)})

    assert str(said.value) == (
        "The Secret for the variable TOKEN is not text. Write it anew, such as with kubectl create secret generic."
    )
