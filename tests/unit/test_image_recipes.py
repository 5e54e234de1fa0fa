"""What an image is made of decides when it is made anew."""

from dataclasses import replace
from pathlib import Path

import image_recipes
import pytest
from image_recipes import OFFERED, RECIPES, ROOT, ancestry, key, key_as_run

DEBIAN = "debian:13"


@pytest.fixture
def wheel() -> Path:
    """Any file of the repository does."""
    return ROOT / "LICENSE"


def change(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let another file go into an image."""
    changed = replace(RECIPES[name], inputs=(*RECIPES[name].inputs, "README.md"))
    monkeypatch.setitem(image_recipes.RECIPES, name, changed)


def test_an_image_stands_on_others() -> None:
    """Itself first."""
    assert ancestry("spark") == ["spark", "python", "base"]
    assert ancestry("hub") == ["hub"]


def test_what_an_image_stands_on_comes_before_it() -> None:
    """Whoever builds them in their order builds nothing twice."""
    assert all(OFFERED.index(name) >= OFFERED.index(below) for name in OFFERED for below in ancestry(name))


@pytest.mark.parametrize(
    ("changed", "anew"),
    [
        pytest.param("base", {"base", "python", "r", "spark", "vscode"}, id="all that stand on it"),
        pytest.param("spark", {"spark"}, id="no other"),
        pytest.param("tools", {*OFFERED, "tools"}, id="all that are made with it"),
    ],
)
def test_a_change_makes_anew(monkeypatch: pytest.MonkeyPatch, changed: str, anew: set[str]) -> None:
    """What it can change, and nothing else."""
    before = {name: key(name, DEBIAN) for name in RECIPES}
    change(monkeypatch, changed)

    assert {name for name in RECIPES if key(name, DEBIAN) != before[name]} == anew


def test_another_debian_makes_all_anew() -> None:
    """They all stand on it."""
    assert [name for name in RECIPES if key(name, DEBIAN) == key(name, "debian:14")] == []


def test_our_own_package_changes_the_last_layer_alone(wheel: Path) -> None:
    """So nodes get a few megabytes with a new release."""
    assert key_as_run("python", DEBIAN, wheel) != key_as_run("python", DEBIAN, ROOT / "README.md")


def test_an_image_without_a_package_of_ours_is_offered_like_the_others() -> None:
    """It has the labels that they have, and no wheel."""
    assert "postgresql" in OFFERED
    assert RECIPES["postgresql"].last == ("images/labels/Dockerfile",)
    assert key_as_run("postgresql", DEBIAN, None) != key("postgresql", DEBIAN)


def test_what_people_read_about_an_image_is_not_in_it() -> None:
    """It can be mended without anything being built."""
    assert [source for recipe in RECIPES.values() for source in recipe.sources if source.endswith(".md")] == []
