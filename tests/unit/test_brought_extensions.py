"""Extensions that come with VS Code are in each person's list, and what the person did to them stays."""

import json
from pathlib import Path
from typing import Any

import pytest

from sardonyx_singleuser.tools.brought_extensions import FOLDER, GIVEN, LIST, give_extensions

Entry = dict[str, Any]


def brought(tools: Path, *versions: str) -> None:
    """Let extensions come with the tool, such as "acme.hello 1.0.0"."""
    (tools / FOLDER).mkdir(parents=True, exist_ok=True)
    (tools / FOLDER / LIST).write_text(json.dumps([told(each) for each in versions]))


def told(extension: str) -> Entry:
    """Return an extension as code-server writes it down."""
    name, version = extension.split()
    return {
        "identifier": {"id": name},
        "version": version,
        "relativeLocation": f"{name}-{version}",
        "metadata": {"source": "vsix"},
    }


def of_the_person(own: Path, extension: str) -> Entry:
    """Return one that the person installed, as VS Code writes it down."""
    entry = told(extension)
    place = str(own / "extensions" / entry["relativeLocation"])
    return {**entry, "location": {"$mid": 1, "path": place, "scheme": "file"}}


def listed(own: Path) -> list[Entry]:
    """Return the person's list."""
    found: list[Entry] = json.loads((own / "extensions" / LIST).read_text())
    return found


def write(own: Path, entries: list[Entry]) -> None:
    """Write the person's list, as VS Code does."""
    (own / "extensions").mkdir(parents=True, exist_ok=True)
    (own / "extensions" / LIST).write_text(json.dumps(entries))


def shown(own: Path) -> dict[str, str]:
    """Return the versions in the person's list by name."""
    return {entry["identifier"]["id"]: entry["version"] for entry in listed(own)}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A person's data of VS Code."""
    return tmp_path / "home" / "code-server"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The folder of tools."""
    return tmp_path / "tools"


def test_who_has_none_has_those_that_came(tools: Path, own: Path) -> None:
    """Where they are, outside of the home: nothing is copied."""
    brought(tools, "acme.hello 1.0.0")

    give_extensions(tools, own)

    place = {"$mid": 1, "path": str(tools / FOLDER / "acme.hello-1.0.0"), "scheme": "file"}
    assert listed(own) == [
        {"identifier": {"id": "acme.hello"}, "version": "1.0.0", "metadata": {"source": "vsix"}, "location": place}
    ]


def test_what_somebody_has_of_their_own_stays(tools: Path, own: Path) -> None:
    """Also where it came too, in another version: it may be a newer one."""
    mine = [of_the_person(own, "acme.mine 3.0.0"), of_the_person(own, "ACME.Hello 2.0.0")]
    write(own, mine)
    brought(tools, "acme.hello 1.0.0", "acme.more 1.0.0")

    give_extensions(tools, own)

    assert listed(own)[:2] == mine
    assert shown(own) == {"acme.mine": "3.0.0", "ACME.Hello": "2.0.0", "acme.more": "1.0.0"}


def test_another_version_takes_the_place_of_the_one_that_came_before(tools: Path, own: Path) -> None:
    """From another folder, too: an image that has its tools elsewhere."""
    brought(tools, "acme.hello 1.0.0")
    give_extensions(tools, own)
    elsewhere = tools.parent / "elsewhere"
    brought(elsewhere, "acme.hello 1.1.0")

    give_extensions(elsewhere, own)

    assert [entry["location"]["path"] for entry in listed(own)] == [str(elsewhere / FOLDER / "acme.hello-1.1.0")]


def test_what_somebody_chose_about_one_stays(tools: Path, own: Path) -> None:
    """VS Code writes that into the entry."""
    brought(tools, "acme.hello 1.0.0")
    give_extensions(tools, own)
    chosen = [{**entry, "metadata": {"pinned": False}} for entry in listed(own)]
    write(own, chosen)

    give_extensions(tools, own)

    assert listed(own) == chosen


def test_what_somebody_removed_does_not_come_again(tools: Path, own: Path) -> None:
    """Not in another version either, and others come."""
    brought(tools, "acme.hello 1.0.0")
    give_extensions(tools, own)
    write(own, [])
    brought(tools, "acme.hello 2.0.0", "acme.more 1.0.0")

    give_extensions(tools, own)
    give_extensions(tools, own)

    assert shown(own) == {"acme.more": "1.0.0"}


def test_what_comes_no_more_is_gone_and_comes_again_later(tools: Path, own: Path) -> None:
    """An image without it has no folder for it."""
    brought(tools, "acme.hello 1.0.0")
    give_extensions(tools, own)
    give_extensions(tools.parent / "another", own)
    assert listed(own) == []

    give_extensions(tools, own)

    assert shown(own) == {"acme.hello": "1.0.0"}


@pytest.mark.parametrize("text", ["{", "{}", "[1]", "null"])
def test_a_list_that_cannot_be_read_is_left_to_vs_code(tools: Path, own: Path, text: str) -> None:
    """It says so in its own words."""
    write(own, [])
    (own / "extensions" / LIST).write_text(text)
    brought(tools, "acme.hello 1.0.0")

    give_extensions(tools, own)

    assert (own / "extensions" / LIST).read_text() == text


def test_an_entry_of_another_form_stays(tools: Path, own: Path) -> None:
    """Later releases may have more of them."""
    odd: list[Entry] = [{"identifier": "x"}, {"location": "file:///x/vscode-extensions/y"}]
    write(own, odd)
    brought(tools, "acme.hello 1.0.0")

    give_extensions(tools, own)

    assert listed(own)[:2] == odd


def test_a_home_of_before_there_was_a_list_has_its_extensions_first(tools: Path, own: Path) -> None:
    """VS Code makes the list of what it finds, if there is none."""
    (own / "extensions" / "acme.mine-1.0.0").mkdir(parents=True)
    (own / "extensions" / "acme.mine-1.0.0" / "package.json").touch()
    brought(tools, "acme.hello 1.0.0")

    give_extensions(tools, own)

    assert not (own / "extensions" / LIST).exists()


def test_a_home_that_cannot_be_written_to_keeps_nobody_from_vs_code(tools: Path, own: Path) -> None:
    """A full disk is the same."""
    own.parent.mkdir()
    own.write_text("no folder")
    brought(tools, "acme.hello 1.0.0")

    give_extensions(tools, own)

    assert own.read_text() == "no folder"


def test_where_nothing_came_nothing_is_written(tools: Path, own: Path) -> None:
    """Homes of people without extensions are as they were."""
    give_extensions(tools, own)

    assert not own.exists()
    assert not (own / GIVEN).exists()
