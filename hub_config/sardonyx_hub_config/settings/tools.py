"""The `tools` section of the settings: programs with a page of their own, which servers offer beside those that are shipped."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from sardonyx_hub_config.settings.section import Duration, Section
from sardonyx_spawner.amounts import duration_seconds

ShippedTool = Literal["vscode", "rstudio", "mlflow", "tensorboard", "spark"]
"""The tools that a server knows; a contract test compares them, and the next three."""
SHIPPED: tuple[str, ...] = get_args(ShippedTool)
TITLES: Mapping[str, str] = dict(zip(SHIPPED, ("VS Code", "RStudio", "MLflow", "TensorBoard", "Spark"), strict=True))
Category = Literal["tools", "apps", "notebooks", "consoles", "other"]
DRAWING = r"[Mm][MmZzLlHhVvCcSsQqTtAa0-9 ,.+-]*"
FILLED_IN = ("socket", "prefix", "folder", "home")
"""What a server writes into a command, and into variables, in the place of {socket} and so on."""
_BRACED = re.compile(r"(?<![$\\{])\{([a-z_]+)\}")


def _icon(text: str) -> str:
    if re.fullmatch(DRAWING, text) is None:
        raise ValueError("is no path of an SVG: write its 'd', which begins with M, such as 'M4 5h16v14H4z'")
    return text


def _filled_in(texts: Iterable[str]) -> None:
    for name in (found for text in texts for found in _BRACED.findall(text)):
        if name not in FILLED_IN:
            raise ValueError(f"names {{{name}}}, which no server knows. Write {{{'}, {'.join(FILLED_IN)}}}")


def _command(words: tuple[str, ...]) -> tuple[str, ...]:
    if not any("{socket}" in word for word in words):
        raise ValueError(
            "says nowhere where to listen. Write {socket} where the program takes the path of a unix socket:"
            " a port could be reached by others, too"
        )
    _filled_in(words)
    return words


def _variables(variables: dict[str, str]) -> dict[str, str]:
    _filled_in(variables.values())
    return variables


class ToolSettings(Section):
    """A program with a page, which a server starts when it is opened for the first time."""

    title: str = Field(min_length=1, max_length=40, description="What people read.")
    description: str = Field(min_length=1, max_length=200, description="What it is for, in one line.")
    command: Annotated[tuple[str, ...], AfterValidator(_command)] = Field(
        min_length=1,
        max_length=100,
        description="The program, as servers find it on their path or below their tools, and what it is told. {socket} is the"
        " unix socket that it has to listen on, {prefix} the path of its address, {folder} what the person works in, {home}"
        " their home.",
    )
    variables: Annotated[dict[str, str], AfterValidator(_variables)] = Field(
        default_factory=dict,
        description="Environment variables for it, in which the same is filled in; never a secret.",
    )
    icon: Annotated[str, AfterValidator(_icon)] = Field(
        default="M4 5h16v14H4zM4 9h16M7 7h.01M9.5 7h.01",
        max_length=2000,
        description="Its drawing, of one stroke in a square of 24: the `d` of a path in an SVG.",
    )
    category: Category = Field(default="tools", description="The row of the launcher that has it.")
    needs_window: bool = Field(default=False, description="It opens in a window of its own, and not in JupyterLab.")
    keeps_prefix: bool = Field(
        default=False,
        description="It wants to see the whole address, which begins with {prefix}; false: what is behind it.",
    )
    ready_path: str = Field(default="/", pattern=r"^/", description="It is ready when it answers here, with whatever.")
    patience: Duration = Field(default="1m", description="It is ready after so long, or it has failed.")
    how_to_get: str = Field(
        default="",
        max_length=300,
        description="What people read in a server that has no such program; empty: the usual.",
    )

    def told(self) -> dict[str, Any]:
        """Return the same as servers read it."""
        found = self.model_dump(exclude={"patience"})
        return {**found, "command": [*self.command], "patience_s": duration_seconds(self.patience)}


def known_tools(tools: Mapping[str, ToolSettings]) -> dict[str, str]:
    """Return how the tools are called that servers can have, by name: those that are shipped, then those of the settings."""
    return {**TITLES, **{name: tool.title for name, tool in tools.items()}}


def tool_faults(
    tools: Mapping[str, ToolSettings], named: Mapping[str, list[str] | None]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what is wrong between tools and the profiles that name them: (path, message) pairs.

    Args:
        named: by profiles.
    """
    for name in tools:
        if name in SHIPPED:
            yield ("tools", name), f"'{name}' is a tool that is there already. Call yours something else."
    known = [*SHIPPED, *(name for name in tools if name not in SHIPPED)]
    for profile, names in named.items():
        for number, name in enumerate(names or ()):
            if name not in known:
                said = ", ".join(f"'{each}'" for each in known)
                yield ("profiles", profile, "tools", str(number)), f"'{name}' is not known here. Write one of: {said}."
