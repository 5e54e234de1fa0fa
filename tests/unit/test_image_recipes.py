"""What an image is made of decides when it is made anew."""

from dataclasses import replace
from pathlib import Path

import image_recipes
import pytest
from image_recipes import (
    ADDITIONS,
    OFFERED,
    RECIPES,
    ROOT,
    ImageNameError,
    ancestry,
    chain,
    check_name,
    key,
    key_as_run,
    title,
)

from sardonyx_hub_config.tools.recipes import RECIPES as TOOLS_OF_ONE_MACHINE

DEBIAN = "debian:13"
BUILT = (*OFFERED, "r+vscode", "r+vscode+mlflow")


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


def test_an_addition_goes_on_any_image_and_on_that_of_python_where_none_is_named() -> None:
    """One on another, in the order in which they are written."""
    assert chain("r+vscode+mlflow") == ["r+vscode+mlflow", "r+vscode", "r", "python", "base"]
    assert ancestry("spark+mlflow") == ["mlflow", "spark", "python", "base"]
    assert ancestry("vscode") == ["vscode", "python", "base"]
    assert ancestry("vscode+mlflow") == ["mlflow", "vscode", "python", "base"]
    assert key("vscode", DEBIAN) == key("python+vscode", DEBIAN)
    assert key("r+vscode", DEBIAN) != key("vscode", DEBIAN)


@pytest.mark.parametrize("name", [*OFFERED, "base+vscode", "r+vscode+mlflow", "mlflow+vscode", "python+mlflow"])
def test_what_can_be_built_is_no_fault(name: str) -> None:
    """Images, additions, and both together."""
    check_name(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "rr",
            "there is no image 'rr'. There are: base, python, r, spark, hub, postgresql; and as additions vscode and mlflow,"
            " such as r+vscode+mlflow.",
            id="no image",
        ),
        pytest.param("r+emacs", "there is no image 'emacs'.", id="no addition"),
        pytest.param("r+", "there is no image ''.", id="nothing behind the plus"),
        pytest.param("tools", "there is no image 'tools'.", id="what images are made with"),
        pytest.param("vscode+extensions", "there is no image 'extensions'.", id="what has an option of its own"),
        pytest.param(
            "r+spark",
            "r+spark: spark is no addition. Additions are vscode and mlflow, behind the image that they go on.",
            id="two images",
        ),
        pytest.param("vscode+r", "vscode+r: r is no addition.", id="the wrong way round"),
        pytest.param("hub+vscode", "hub+vscode: nobody works in hub, so additions are of no use in it.", id="the hub"),
        pytest.param("postgresql+mlflow", "postgresql+mlflow: nobody works in postgresql,", id="the database"),
        pytest.param("r+vscode+vscode", "r+vscode+vscode: vscode is there twice.", id="twice the same"),
        pytest.param("vscode+vscode", "vscode+vscode: vscode is there twice.", id="twice from the first"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, said: str) -> None:
    """With what there is."""
    with pytest.raises(ImageNameError) as caught:
        check_name(name)

    assert said in str(caught.value)


def test_an_image_says_what_was_added_to_it() -> None:
    """In the label that registries show."""
    assert title("r+vscode+mlflow") == "r with vscode and mlflow"
    assert title("vscode") == title("python+vscode") == "python with vscode"


def test_additions_are_the_tools_that_one_machine_installs() -> None:
    """Under the same names: what people read about a tool that is missing names them."""
    assert set(ADDITIONS) == set(TOOLS_OF_ONE_MACHINE)


def test_what_an_image_stands_on_comes_before_it() -> None:
    """Whoever builds them in their order builds nothing twice."""
    assert all(OFFERED.index(name) >= OFFERED.index(below) for name in OFFERED for below in ancestry(name))


@pytest.mark.parametrize(
    ("changed", "anew"),
    [
        pytest.param("base", {*BUILT} - {"hub", "postgresql"}, id="all that stand on it"),
        pytest.param("spark", {"spark"}, id="no other"),
        pytest.param("r", {"r", "r+vscode", "r+vscode+mlflow"}, id="all with additions"),
        pytest.param("code-server", {"vscode", "r+vscode", "r+vscode+mlflow"}, id="all that it is put on"),
        pytest.param("mlflow", {"mlflow", "r+vscode+mlflow"}, id="what it is added to"),
        pytest.param("tools", {*BUILT}, id="all that are made with it"),
    ],
)
def test_a_change_makes_anew(monkeypatch: pytest.MonkeyPatch, changed: str, anew: set[str]) -> None:
    """What it can change, and nothing else."""
    before = {name: key(name, DEBIAN) for name in BUILT}
    change(monkeypatch, changed)

    assert {name for name in BUILT if key(name, DEBIAN) != before[name]} == anew


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


def test_what_goes_into_an_image_is_there() -> None:
    """A file that was moved would be left out, and its image would not be made anew."""
    assert [path for recipe in RECIPES.values() for path in recipe.inputs if not (ROOT / path).exists()] == []


def test_what_people_read_about_an_image_is_not_in_it() -> None:
    """It can be mended without anything being built."""
    assert [source for recipe in RECIPES.values() for source in recipe.sources if source.endswith(".md")] == []
