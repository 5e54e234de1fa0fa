"""Extensions of VS Code for everybody: all that were asked for or none, and what does not fit is said with its reason."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.vsix import PUBLISHER, vsix

from sardonyx_hub_config.tools.extensions import (
    FOLDER,
    LIST,
    SHIPPED,
    ExtensionError,
    add_extensions,
    extensions,
    remove_all_extensions,
    remove_extensions,
)

HELLO = f"{PUBLISHER}.hello"
# In the words of code-server 4.139, whose own is in tests/hub/test_installed_tools.py.
CODE_SERVER = """\
#!/usr/bin/env python3
import json, os, sys, zipfile
told = dict(zip(sys.argv[1::2], sys.argv[2::2]))
wanted, folder = told["--install-extension"], told["--extensions-dir"]
print("[2026-11-29T20:36:59.591Z] info  Wrote default config file")
print("Installing extensions...")
if not wanted.endswith(".vsix"):
    print("(node:1) [DEP0169] DeprecationWarning: `url.parse()`")
    print("Error while installing extensions: getaddrinfo ENOTFOUND open-vsx.org")
    sys.exit(1)
about = json.loads(zipfile.ZipFile(wanted).read("extension/package.json"))
name = about["publisher"] + "." + about["name"]
if about["engines"]["vscode"] == "^9.0.0":
    print(f"Error: Unable to install extension '{name}' as it is not compatible with VS Code '1.139.1'.")
    print("Failed Installing Extensions: file://" + wanted)
    sys.exit(1)
place = f"{name}-{about['version']}"
os.makedirs(f"{folder}/{place}", mode=0o777)
for each in ("package.json", "main.js"):
    with open(os.open(f"{folder}/{place}/{each}", os.O_CREAT | os.O_WRONLY, 0o660), "wb") as file:
        file.write(zipfile.ZipFile(wanted).read(f"extension/{each}"))
listed = f"{folder}/extensions.json"
there = json.load(open(listed)) if os.path.exists(listed) else []
entry = {"identifier": {"id": name}, "version": about["version"], "relativeLocation": place, "metadata": {"source": "vsix"}}
json.dump([*there, {**entry, "location": {"path": f"{folder}/{place}"}}], open(listed, "w"))
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of tools, with a VS Code that has one extension in it."""
    folder = tmp_path / "tools"
    program = folder / "vscode" / "bin" / "code-server"
    program.parent.mkdir(parents=True)
    program.write_text(CODE_SERVER)
    program.chmod(0o755)
    shipped = folder / SHIPPED / "git" / "package.json"
    shipped.parent.mkdir(parents=True)
    shipped.write_text(json.dumps({"publisher": "vscode", "name": "git"}))
    return folder


def there(tools: Path) -> dict[str, str]:
    """Return the versions of those that are there, and look whether their files are."""
    found = extensions(tools)
    assert {each.place for each in found} <= places(tools)
    return {each.name: each.version for each in found}


def places(tools: Path) -> set[str]:
    """Return the folders of extensions."""
    return {path.name for path in (tools / FOLDER).iterdir() if path.is_dir()}


def add(tools: Path, *wanted: str | Path) -> None:
    """Add extensions."""
    add_extensions([str(each) for each in wanted], tools, tools / "log")


def refused(tools: Path, *wanted: str | Path) -> str:
    """Return why they were not added."""
    with pytest.raises(ExtensionError) as caught:
        add(tools, *wanted)
    return str(caught.value)


def modes(paths: Iterable[Path]) -> set[int]:
    """Return what others may do."""
    return {path.stat().st_mode & 0o077 for path in paths}


def test_an_extension_is_there_for_servers(tools: Path, tmp_path: Path) -> None:
    """They read it, whatever user they run as, and none of them can change it."""
    add(tools, vsix(tmp_path))

    assert there(tools) == {HELLO: "1.0.0"}
    found = [path for path in (tools / FOLDER).rglob("*") if not path.name.startswith(".")]
    assert modes(path for path in (tools / FOLDER, *found) if path.is_dir()) == {0o055}
    assert modes(path for path in found if path.is_file()) == {0o044}
    assert "location" not in (tools / FOLDER / LIST).read_text()


def test_others_come_beside_it_and_a_newer_one_in_its_place(tools: Path, tmp_path: Path) -> None:
    """Servers that run the one of before still have its files, until the next is added."""
    add(tools, vsix(tmp_path))
    add(tools, vsix(tmp_path, "more"), vsix(tmp_path, version="1.1.0"))
    assert there(tools) == {HELLO: "1.1.0", f"{PUBLISHER}.more": "1.0.0"}
    assert f"{HELLO}-1.0.0" in places(tools)

    add(tools, vsix(tmp_path, version="1.1.0", description="Built again"))

    assert there(tools) == {HELLO: "1.1.0", f"{PUBLISHER}.more": "1.0.0"}
    assert f"{HELLO}-1.0.0" not in places(tools)
    assert "Built again" in (tools / FOLDER / f"{HELLO}-1.1.0" / "package.json").read_text()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param("nonsense", "'nonsense' is no extension of VS Code. Write its name, such as ms-python.python", id="no name"),
        pytest.param("--force", "'--force' is no extension of VS Code.", id="an option"),
        pytest.param("a.b;id", "'a.b;id' is no extension of VS Code.", id="a command"),
        pytest.param("", "'' is no extension of VS Code.", id="nothing"),
        pytest.param("nowhere.vsix", "there is no file nowhere.vsix.", id="no file"),
        pytest.param("text.vsix", "those are zip files with extension/package.json in them.", id="no zip"),
    ],
)  # fmt: skip
def test_what_is_no_extension_is_refused_before_anything_is_made(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, said: str
) -> None:
    """With what it should have been."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.vsix").write_text("no zip")

    assert said in refused(tools, vsix(tmp_path), wanted)
    assert not (tools / FOLDER).exists()


def test_one_for_another_vs_code_is_refused_and_nothing_is_half_made(tools: Path, tmp_path: Path) -> None:
    """In the words of code-server, all of which are in the log."""
    add(tools, vsix(tmp_path))
    new = vsix(tmp_path, "newer", engine="^9.0.0")

    assert refused(tools, vsix(tmp_path, "more"), new) == (
        f"VS Code does not take the extension {new}: Unable to install extension '{PUBLISHER}.newer' as it is not compatible"
        " with VS Code '1.139.1'. Nothing was changed."
    )
    assert there(tools) == {HELLO: "1.0.0"}
    assert places(tools) == {f"{HELLO}-1.0.0"}
    assert "Failed Installing" in (tools / "log").read_text()


def test_a_name_that_cannot_be_had_is_said_with_where_it_was_looked_for(tools: Path) -> None:
    """And with what needs no network."""
    assert refused(tools, "ms-python.python@2026.1.0") == (
        "VS Code does not take the extension ms-python.python@2026.1.0: Error while installing extensions: getaddrinfo"
        " ENOTFOUND open-vsx.org. Nothing was changed. Names are looked for at open-vsx.org; a file of type .vsix needs no network."
    )


def test_what_an_extension_needs_has_to_be_there(tools: Path, tmp_path: Path) -> None:
    """Beside it, from before, or in VS Code itself: without it, it would not start, and nobody would know why."""
    needing = vsix(tmp_path, "needing", extensionDependencies=["vscode.git", HELLO.title()])
    assert refused(tools, needing) == (
        f"the extension {PUBLISHER}.needing needs {HELLO.title()}, which could not be had. Name a file of type .vsix for each."
        " Nothing was changed."
    )

    add(tools, needing, vsix(tmp_path))

    assert set(there(tools)) == {HELLO, f"{PUBLISHER}.needing"}


def test_an_extension_is_removed_with_its_files(tools: Path, tmp_path: Path) -> None:
    """One that is not there is said with those that are, and then none is."""
    add(tools, vsix(tmp_path), vsix(tmp_path, "more"))
    with pytest.raises(ExtensionError, match=re.escape("there is no extension 'a.b' that was installed for servers.")):
        remove_extensions([HELLO, "a.b"], tools)
    assert len(there(tools)) == 2

    remove_extensions([HELLO.upper()], tools)

    assert there(tools) == {f"{PUBLISHER}.more": "1.0.0"}
    assert places(tools) == {f"{PUBLISHER}.more-1.0.0"}
    remove_all_extensions(tools)
    assert extensions(tools) == []
