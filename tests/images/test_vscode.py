"""What is so in each image to which VS Code was added, and in one with extensions for everybody."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from image_extensions import Extensions
from images import Builder, BuildError
from support.containers import HOME, Container, running_server
from support.images import LAST_KEPT_S, builder, built_image, used
from support.vsix import PUBLISHER, vsix
from support.waiting import soon

OF = "vscode"
BUILT_WITH = "r+vscode+mlflow"
CODE_SERVER = "/opt/tools/vscode/bin/code-server"
OWN = f"{HOME}/.local/share/code-server"
HELLO = f"{PUBLISHER}.hello"


def test_the_server_starts_it(server: Container) -> None:
    """Its page is there when it has begun."""
    assert server.get("tools/vscode/").status_code == 200

    soon(lambda: "code-server" in server.get("tools/vscode/").text)


def test_what_it_is_made_of_is_among_its_parts(server: Container) -> None:
    """With all of npm that came with it."""
    assert "pkg:npm/code-server" in server.parts()


def with_extensions(*wanted: Path | str) -> Builder:
    """Return what builds images with extensions."""
    return replace(builder(), extensions=Extensions(tuple(str(each) for each in wanted)))


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A server with an extension, and another one that needs it, from files: no network is asked."""
    folder = tmp_path_factory.mktemp("extensions")
    files = vsix(folder, "needing", extensionDependencies=[HELLO]), vsix(folder)
    built_image(BUILT_WITH)
    image = with_extensions(*files).image(BUILT_WITH)
    used(image, kept_s=LAST_KEPT_S)
    with running_server(image) as container:
        yield container


def test_each_person_has_the_extensions_of_the_image(extended: Container) -> None:
    """Though the home is another one, and theirs: as code-server itself lists them."""
    extended.get("tools/vscode/")
    soon(lambda: "code-server" in extended.get("tools/vscode/").text)

    asked = ("--list-extensions", "--show-versions", "--user-data-dir", OWN, "--extensions-dir", f"{OWN}/extensions")
    listed = extended.run(CODE_SERVER, *asked, "--config", f"{OWN}/config.yaml").splitlines()
    assert {f"{HELLO}@1.0.0", f"{PUBLISHER}.needing@1.0.0"} <= set(listed)
    assert {f"pkg:vscode-extension/{PUBLISHER}/{name}" for name in ("hello", "needing")} <= extended.parts()


def test_nobody_can_change_the_extensions_of_the_image(extended: Container) -> None:
    """They are read, and nothing that made them is left."""
    folder = "/opt/tools/vscode-extensions"
    found = extended.run("find", folder, "-printf", "%U %m %P\\n").splitlines()
    names = {line.rpartition(" ")[2] for line in found}

    assert {tuple(line.split()[:2]) for line in found} == {("0", "755"), ("0", "644")}
    assert {name for name in names if "/" not in name} == {
        "", "extensions.json", f"{HELLO}-1.0.0", f"{PUBLISHER}.needing-1.0.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param({"engine": "^9.0.0"}, "is not compatible with VS Code", id="for another VS Code"),
        pytest.param({"extensionDependencies": ["acme.nowhere"]}, "needs acme.nowhere", id="that needs another one"),
    ],
)
def test_what_vs_code_does_not_take_ends_the_build(tmp_path: Path, wanted: dict[str, Any], said: str) -> None:
    """With the reason, and there is no image."""
    built_image(BUILT_WITH)
    building = with_extensions(vsix(tmp_path, "odd", **wanted))

    with pytest.raises(BuildError) as caught:
        building.image(BUILT_WITH)

    assert "Sardonyx: " in str(caught.value)
    assert said in str(caught.value)
    asked = [*building.engine.command, "images", "--format={{.Tag}}"]
    assert building.extensions.key() not in subprocess.run(asked, capture_output=True, text=True, check=True).stdout
