"""Tools that profiles name: which are there, and how to get those that are not, on each engine."""

from pathlib import Path

import pytest

from sardonyx_hub_config.looks.tools import look_at_image_tools, look_at_tools
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile


def profile(title: str, *tools: str, image: str = "") -> Profile:
    """Return a profile that names tools."""
    return Profile(title.lower(), title, gives=Gives(image=image or None), tools=tools or None)


@pytest.fixture
def nothing_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any program."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.mark.usefixtures("nothing_on_the_path")
def test_a_tool_that_is_missing_is_said_with_the_command_that_brings_it(tmp_path: Path) -> None:
    """Once for all profiles that name it."""
    (tmp_path / "vscode" / "bin").mkdir(parents=True)
    (tmp_path / "vscode" / "bin" / "code-server").touch()
    profiles = [profile("Course", "vscode", "mlflow", "tensorboard"), profile("Lab", "mlflow", "rstudio")]

    assert list(look_at_tools(profiles, tmp_path)) == [
        (True, "vscode is there"),
        (
            False,
            (
                "“Course” and “Lab” should have mlflow, which is not on this machine."
                " Install it with: sardonyx tools install mlflow"
            ),
        ),
        (False, "“Lab” should have rstudio, which is not on this machine. Install RStudio Server."),
    ]


@pytest.mark.usefixtures("nothing_on_the_path")
def test_nothing_is_said_where_no_profile_names_a_tool(tmp_path: Path) -> None:
    """Those that are there are offered, and nobody waits for others."""
    assert list(look_at_tools([profile("Course")], tmp_path)) == []


def test_a_tool_on_the_path_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers find it there, too."""
    program = tmp_path / "rserver"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert list(look_at_tools([profile("Course", "rstudio")], tmp_path)) == [(True, "rstudio is there")]


def test_on_kubernetes_each_image_has_to_bring_what_a_profile_names() -> None:
    """Also where people choose it; no command of one machine is named, but what builds the image."""
    images = Option(
        name="image",
        title="Image",
        choices=(Allowed("a", "A", gives=Gives(image="lab/a:1")), Allowed("b", "B", gives=Gives(image="lab/b:1"))),
    )
    chosen = Profile("lab", "Lab", options=(images,), tools=("mlflow", "tensorboard"))
    r = profile("R", "rstudio", image="lab/r:1")

    assert list(
        look_at_image_tools([profile("Course", "vscode", "mlflow", image="lab/x:1"), profile("Any"), chosen, r])
    ) == [
        (
            "“Course” should have vscode and mlflow, which its servers have if they are in lab/x:1. Where not: build one that has"
            ' vscode and mlflow, such as with make images ARGS="python+vscode+mlflow", or choose another one, with'
            " environments.NAME.image in the settings: docs/how-to/make-your-own-image.md."
        ),
        (
            "“Lab” should have mlflow and tensorboard, which its servers have if they are in lab/a:1 and lab/b:1. Where not: build"
            ' one that has mlflow, such as with make images ARGS="python+mlflow", or choose another one, with'
            " environments.NAME.image in the settings: docs/how-to/make-your-own-image.md."
        ),
        (
            "“R” should have rstudio, which its servers have if they are in lab/r:1. Where not: choose an image that has them, with"
            " environments.NAME.image in the settings: docs/how-to/make-your-own-image.md."
        ),
    ]
