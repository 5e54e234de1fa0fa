"""Images are built of what is there already, and what cannot be built is said before anything is."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import images
import pytest
from image_extensions import FOLDER, LIST, Extensions
from images import Builder, Engine
from support.vsix import vsix

DEBIAN = "debian:13"


@dataclass(frozen=True)
class Noted(Engine):
    """An engine that builds nothing, and knows what it should have built.

    Args:
        built: Dockerfiles, by the images that were made of them.
        told: what each was made with.
        given: what there was for extensions, by files.
    """

    built: dict[str, str] = field(default_factory=dict)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)

    def has(self, image: str) -> bool:
        """Tell whether it was built."""
        return image in self.built

    def build(
        self,
        file: str,
        context: Path,
        image: str,
        *,
        arguments: Mapping[str, str],
        log: Path,
        uses: Mapping[str, str] | None = None,
    ) -> None:
        """Note it."""
        assert (context / file).is_file()
        self.built[image] = file
        self.told[file] = {**arguments, **(uses or {}), "log": log.name}
        for path in (context / FOLDER).rglob("*"):
            if path.is_file():
                self.given[str(path.relative_to(context / FOLDER))] = path.read_text(errors="replace")


@pytest.fixture
def engine() -> Noted:
    """One that has built nothing yet."""
    return Noted(("podman",))


def builder(engine: Engine, folder: Path, *wanted: str) -> Builder:
    """Return what builds with it."""
    return Builder(engine, DEBIAN, DEBIAN, folder, extensions=Extensions(wanted))


def files(engine: Noted) -> list[str]:
    """Return the Dockerfiles in the order in which they were built, without their common folder."""
    return [file.removeprefix("images/").removesuffix("/Dockerfile") for file in engine.built.values()]


def test_what_images_have_in_common_is_built_once(engine: Noted, tmp_path: Path) -> None:
    """The compiled VS Code, too; another order or another image is a layer more."""
    made = builder(engine, tmp_path)
    made.packages("r+vscode+mlflow")
    assert files(engine) == ["tools", "base", "python", "r", "code-server", "vscode", "mlflow"]
    told = engine.told["images/vscode/Dockerfile"]
    assert re.fullmatch(r"localhost/sardonyx-build/code-server:\w{16}", told["code-server"])
    assert re.fullmatch(r"localhost/sardonyx-build/r:\w{16}", told["BASE"])
    assert engine.told["images/mlflow/Dockerfile"]["TITLE"] == "r with vscode and mlflow"
    assert engine.told["images/mlflow/Dockerfile"]["log"] == "r-vscode-mlflow.log"

    made.packages("vscode")
    made.packages("r+vscode")

    assert files(engine)[7:] == ["vscode"]


def test_extensions_are_a_layer_with_what_was_asked_for(engine: Noted, tmp_path: Path) -> None:
    """Names, and files of this machine under their own names, also two that are called the same."""
    (tmp_path / "other").mkdir()
    first, second = vsix(tmp_path), vsix(tmp_path / "other")
    made = builder(engine, tmp_path, "ms-python.python@1.2.0", str(first), str(second))

    made.packages("r+vscode+extensions")

    assert files(engine)[-1] == "extensions"
    assert engine.given[LIST] == "ms-python.python@1.2.0\n2/hello-1.0.0.vsix\n3/hello-1.0.0.vsix\n"
    assert set(engine.given) == {LIST, "2/hello-1.0.0.vsix", "3/hello-1.0.0.vsix"}


def test_other_extensions_are_another_image(tmp_path: Path) -> None:
    """Of a name without a version others may be published tomorrow; a file counts by what is in it."""
    file = str(vsix(tmp_path))
    keys = [Extensions(each).key("2026-01-01") for each in ((), ("a.b",), ("a.b@1",), ("a.b@1", file), (file, "a.b@1"))]
    assert len(set(keys)) == len(keys)
    assert Extensions(("a.b",)).key("2026-01-02") != keys[1]
    assert Extensions(("a.b@1", file)).key("2026-01-02") == keys[3]

    vsix(tmp_path, description="Another one")

    assert Extensions(("a.b@1", file)).key("2026-01-01") != keys[3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hub+vscode"], "hub+vscode: nobody works in hub, so additions are of no use in it."),
        (["python", "emacs"], "there is no image 'emacs'."),
        (["vscode", "--extension", "nonsense"], "'nonsense' is no extension of VS Code."),
        (["vscode", "--extension", "nowhere.vsix"], "there is no file nowhere.vsix."),
        (
            ["r+mlflow", "hub", "--extension", "a.b"],
            "--extension: none of r+mlflow, hub has VS Code. Name one that has it, such as r+vscode.",
        ),
    ],
)
def test_what_cannot_be_built_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Before podman or docker is looked for."""
    monkeypatch.setattr(sys, "argv", ["images.py", *arguments])
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SystemExit) as caught:
        images.main()

    assert caught.value.code == 2
    assert said in capsys.readouterr().err
