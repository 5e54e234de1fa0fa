"""What a tool is: how it is found, and how it is started."""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_, _

SHELF = "sardonyx_shelf"
"""Under this name the web application of the server has its tools and apps."""
ASK_OPERATOR = N_("Whoever runs this place can install it, with: sardonyx tools install {tool}")
"""What to do about a tool that the operator can install, on one machine."""
ASK_FOR_IMAGE = N_(
    "Whoever runs this place can choose an image with it in the settings: environments.{environment}.image, or that of the"
    " profile. Now it is {image}."
)
ASK_FOR_IMAGE_OF_PROFILE = N_(
    "Whoever runs this place can choose an image with it in the settings, at the profile. Now it is {image}."
)
"""On Kubernetes nobody installs anything in a server: what is there is in its image."""
ADDITION = N_("Images of Sardonyx have it when they are built with +{tool}.")
"""What the operator can install on one machine is on Kubernetes an addition to images, under the same name."""


Category = Literal["tools", "apps", "notebooks", "consoles", "other"]
"""A row of JupyterLab's launcher."""
DRAWING = re.compile(r"[Mm][MmZzLlHhVvCcSsQqTtAa0-9 ,.+-]*")
"""Source: SVG 2, section 9.3, the data of a path."""


class ToolError(Exception):
    """What is written down is no tool; the message is for whoever wrote it."""


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


@dataclass(frozen=True)
class Tool:
    """A program with a page.

    Args:
        name: its part of the address.
        find: looks for the program, by the variables of the server; "" = it is not here.
        start: with what `find` found; None = it is no program of its own, and its pages are answered elsewhere.
        description: marked to be translated, as `how_to_get`.
        icon: a drawing of one stroke in a square of 24, as the path of an SVG.
        category: where the launcher has it.
        needs_window: it is opened in a window of its own, since it has keys and menus for all of one.
        how_to_get: a sentence for the person where it is not here, on one machine; "" = its own pages say it.
        is_for_persons: anybody can do what that says by themselves, also in a server on Kubernetes.
        keeps_prefix: it wants to see the whole address, and not what is behind its prefix.
        is_shown_missing: it is offered where it is not here, too, with how to get it.

    Raises:
        ToolError: it cannot be shown as is written.
    """

    name: str
    title: str
    description: str
    find: Callable[[Mapping[str, str]], str]
    start: Callable[[str, Place], Start] | None
    icon: str
    category: Category = "tools"
    needs_window: bool = False
    how_to_get: str = ASK_OPERATOR
    is_for_persons: bool = False
    keeps_prefix: bool = False
    is_shown_missing: bool = True

    def __post_init__(self) -> None:
        if DRAWING.fullmatch(self.icon) is None:
            raise ToolError(f"the icon of {self.name} is no path of an SVG: it begins with M, as in 'M4 5h16v14H4z'.")
        if self.category not in get_args(Category):
            raise ToolError(
                f"the category of {self.name} is '{self.category}'. It has to be one of: {', '.join(get_args(Category))}."
            )

    def way_to_get(self, image: str, environment: str) -> str:
        """Return what to do where it is not here, in the person's language.

        Args:
            image: that the server runs from; "" = it runs on one machine.
            environment: in the settings, of which that is the image; "" = the profile names an image alone.
        """
        if self.is_for_persons or not image:
            return _(self.how_to_get).format(tool=self.name)
        ask = ASK_FOR_IMAGE if environment else ASK_FOR_IMAGE_OF_PROFILE
        said = _(ask).format(environment=environment, image=image)
        if self.how_to_get != ASK_OPERATOR:
            return said
        addition = _(ADDITION).format(tool=self.name)
        return f"{said} {addition}"


def program(tool: str, name: str) -> Callable[[Mapping[str, str]], str]:
    """Return a search for a program: among the tools that the operator installed, then on the path."""

    def find(variables: Mapping[str, str]) -> str:
        folder = variables.get(contract.TOOLS, "")
        installed = Path(folder) / tool / "bin" / name
        if folder and installed.is_file():
            return str(installed)
        return shutil.which(name, path=variables.get("PATH")) or ""

    return find
