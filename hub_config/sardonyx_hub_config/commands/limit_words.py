"""What commands are told of the tools and the time of a class or an event, and how they say it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from sardonyx_hub_config.errors import OperatorError
from sardonyx_spawner.amounts import say_duration
from sardonyx_spawner.class_limits import Limits

Decorator = Callable[[Callable[..., None]], Callable[..., None]]
LIMITS = frozenset({"tools", "no_tools", "lifetime", "idle_stop"})
"""Options that say something of it."""


def limit_options() -> tuple[Decorator, ...]:
    """Return the options."""
    return (
        click.option(
            "--tool",
            "tools",
            metavar="NAME",
            multiple=True,
            help="A tool of the profile that its servers offer. Once for each, and all of them; '': all that the profile has.",
        ),
        click.option("--no-tools", is_flag=True, default=None, help="Its servers offer no tool beside JupyterLab."),
        click.option(
            "--lifetime",
            metavar="TIME",
            help="Its servers run for so long at most, such as 4h; '': as long as the profile says.",
        ),
        click.option(
            "--idle-stop",
            metavar="TIME",
            help="A server of it that nobody uses for so long is stopped, such as 30m; '': as the profile says.",
        ),
    )


def tools_of(said: Mapping[str, Any], before: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the tools that were said, by the names of the options; None = all.

    Args:
        before: those that there were.

    Raises:
        OperatorError: some, and none.
    """
    if said.get("no_tools"):
        if said.get("tools"):
            raise OperatorError("Some tools and none were said. Write --tool, or --no-tools.")
        return ()
    if not said.get("tools"):
        return before
    return tuple(filter(None, (name.strip() for name in said["tools"]))) or None


def say_limits(limits: Limits) -> Iterator[str]:
    """Say what is not as the profile has it, a line each."""
    if limits.tools is not None:
        yield f"Tools: {', '.join(limits.tools) or 'none'}"
    if limits.lifetime_s is not None:
        yield f"A server runs for {say_duration(limits.lifetime_s)} at most."
    if limits.idle_stop_s is not None:
        yield f"A server that nobody uses is stopped after {say_duration(limits.idle_stop_s)}."
