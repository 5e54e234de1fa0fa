"""What a tool is: how it is found, how it is started, and what of its page is something that a person does."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_, _

SHELF = "sardonyx_shelf"
"""Under this name the web application of the server has its tools and apps."""
ASK_OPERATOR = N_("Whoever runs this place can install it, with: sardonyx tools install {tool}")
"""What to do about a tool that the operator can install."""


@dataclass(frozen=True)
class Place:
    """Where a tool is started.

    Args:
        socket: to listen on.
        prefix: of the address under which browsers reach it, without a slash at its end: "/user/alice/tools/mlflow".
        home: the person's files.
        folder: what to open, the home or a repository in it.
        variables: the server's environment.
    """

    socket: Path
    prefix: str
    home: Path
    folder: Path
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Start:
    """How a process is started.

    Args:
        variables: beside those of the server.
        folder: to start it in.
        ready_path: answers, with whatever, when it is ready.
        patience_s: it is ready after so long at most.
    """

    command: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    ready_path: str = "/"
    patience_s: float = 60.0


def every_message(_message: bytes | str) -> bool:
    """Take each message of a page for something that its person did."""
    return True


@dataclass(frozen=True)
class Tool:
    """A program with a page.

    Args:
        name: its part of the address.
        find: looks for the program, by the variables of the server; "" = it is not here.
        start: with what `find` found; None = it is no program of its own, and its pages are answered elsewhere.
        description: marked to be translated, as the next.
        how_to_get: a sentence for the person where it is not here.
        keeps_prefix: it wants to see the whole address, and not what is behind its prefix.
        is_shown_missing: it is offered where it is not here, too, with how to get it.
        is_action: whether a message of its page means that somebody is there; a page that was left open sends some too.
    """

    name: str
    title: str
    description: str
    find: Callable[[Mapping[str, str]], str]
    start: Callable[[str, Place], Start] | None
    how_to_get: str
    keeps_prefix: bool = False
    is_shown_missing: bool = True
    is_action: Callable[[bytes | str], bool] = every_message

    @property
    def way_to_get(self) -> str:
        """What to do where it is not here, in the person's language."""
        return _(self.how_to_get).format(tool=self.name)


def program(tool: str, name: str) -> Callable[[Mapping[str, str]], str]:
    """Return a search for a program: among the tools that the operator installed, then on the path."""

    def find(variables: Mapping[str, str]) -> str:
        folder = variables.get(contract.TOOLS, "")
        installed = Path(folder) / tool / "bin" / name
        if folder and installed.is_file():
            return str(installed)
        return shutil.which(name, path=variables.get("PATH")) or ""

    return find
