from pathlib import Path

import pytest

from sardonyx_hub_config.environments import READY, EnvironmentRecipe, is_ready, make_environment
from sardonyx_hub_config.errors import OperatorError


def recipe(folder: Path, lock: str = "", packages: tuple[str, ...] = ()) -> EnvironmentRecipe:
    """Return a recipe whose lock file holds `lock`."""
    requirements = folder / "python.lock"
    requirements.write_text(lock)
    return EnvironmentRecipe("python", requirements, packages)


def test_another_lock_file_is_another_folder(tmp_path: Path) -> None:
    """Servers that run on the old environment keep it under their feet."""
    before = recipe(tmp_path, "numpy==1").prefix(tmp_path)

    after = recipe(tmp_path, "numpy==2").prefix(tmp_path)

    assert before != after


def test_a_changed_source_of_a_package_is_another_folder(tmp_path: Path) -> None:
    """After an upgrade of the checkout the user side is upgraded too."""
    source = tmp_path / "package" / "module.py"
    source.parent.mkdir()
    source.write_text("one")
    before = recipe(tmp_path, packages=(str(source.parent),)).prefix(tmp_path)
    source.write_text("two")

    after = recipe(tmp_path, packages=(str(source.parent),)).prefix(tmp_path)

    assert before != after


def test_a_missing_lock_file_is_named(tmp_path: Path) -> None:
    """The settings name a file that is not there."""
    wanted = EnvironmentRecipe("python", tmp_path / "nowhere.lock", ())

    with pytest.raises(OperatorError, match=r"nowhere\.lock cannot be read: No such file"):
        wanted.prefix(tmp_path)


def test_an_interrupted_installation_is_made_again(tmp_path: Path) -> None:
    """A power cut leaves a folder without its mark; the next start replaces it."""
    wanted = recipe(tmp_path)
    half_made = wanted.prefix(tmp_path)
    half_made.mkdir()
    (half_made / "rubbish").touch()

    prefix = make_environment(wanted, tmp_path, tmp_path / "log")

    assert is_ready(prefix)
    assert (prefix / "bin" / "python").exists()
    assert not (prefix / "rubbish").exists()


def test_a_failed_installation_shows_its_last_words_and_is_not_ready(tmp_path: Path) -> None:
    """The operator sees the installer's own sentence and where the rest is."""
    wanted = recipe(tmp_path, "not a requirement at all !!")

    with pytest.raises(OperatorError) as caught:
        make_environment(wanted, tmp_path, tmp_path / "log")

    assert "the environment 'python' could not be made from" in str(caught.value)
    assert f"The whole story is in {tmp_path / 'log'}." in str(caught.value)
    assert not (wanted.prefix(tmp_path) / READY).exists()
