"""What the docs tell people to type is there, and their links lead somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest

from sardonyx_hub_config.cli import group

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TYPED = re.compile(r"(?:^|`|: )(?:\.venv/bin/)?(sardonyx [a-z][^`\n]*|make [a-z]+[^`\n]*)", re.MULTILINE)


def typed(page: Path) -> list[str]:
    """Return the commands on a page: in blocks of code, and between backticks."""
    text = page.read_text()
    code = "\n".join(
        re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL) + re.findall(r"`[^`\n]+`", text)
    )
    return [command.split("  #")[0].strip() for command in TYPED.findall(code)]


COMMANDS = [(page, command) for page in PAGES for command in typed(page)]


def test_there_are_commands_to_look_at() -> None:
    """The tutorial has some, and this file finds them."""
    assert {"make up", "sardonyx user add amina --link"} <= {command for _, command in COMMANDS}


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=lambda value: getattr(value, "name", value))
def test_a_command_in_the_docs_is_there(page: Path, command: str) -> None:
    """Its verb, its subcommand, its options."""
    program, *words = shlex.split(command)
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), page
        return
    found: click.Command = group
    while isinstance(found, click.Group) and words:
        below = found.get_command(click.Context(found), words.pop(0))
        assert below is not None, page
        found = below
    found.make_parser(click.Context(found)).parse_args(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """Those to files of ours; the web is not asked."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_test_that_a_page_names_is_there() -> None:
    """The table of threats would promise what nobody tries."""
    named = {name for page in PAGES for name in re.findall(r"`(tests/[^`]+\.py(?:::\w+)?)`", page.read_text())}
    missing = []
    for name in named:
        path, _, test = name.partition("::")
        if not (ROOT / path).exists() or (test and f"def {test}(" not in (ROOT / path).read_text()):
            missing.append(name)

    assert named
    assert missing == []
