"""The command line `sardonyx`."""

import os
import sys
from importlib import import_module
from importlib.metadata import version

import click

from sardonyx_hub_config.engines.authority import trust_authority
from sardonyx_hub_config.engines.mounted_variables import take_mounted
from sardonyx_hub_config.errors import OperatorError

COMMANDS = {
    "up": ("up", "up", "Start Sardonyx on this machine."),
    "check": ("commands.check", "check", "Look for faults in the settings, and in a cluster before you install there."),
    "render": ("commands.render", "render", "Print the values for Helm that settings become."),
    "doctor": ("commands.doctor", "doctor", "Look at this machine: what works, and what to do about the rest."),
    "schema": ("commands.check", "schema", "Print the JSON Schema of the settings."),
    "audit": ("commands.audit", "audit", "List who was given which access to data, and until when."),
    "tools": ("commands.tools", "tools", "Tools for servers, such as VS Code and MLflow: list, install, remove."),
    "database": ("commands.database", "database", "The database: move, from files into a PostgreSQL."),
    "vault": ("commands.vault", "vault", "Vault: setup, what it has to know of this place."),
    "class": ("commands.classes", "class_", "Classes: add, list, find, show, change, join, leave, import, many, end."),
    "event": (
        "commands.events",
        "event",
        "Events: create, list, find, show, change, accounts, people, codes, many, end.",
    ),
    "hub": ("commands.hub", "hub", "Be the hub of a cluster, in its Pod; the chart runs this."),
    "proxy": ("commands.hub", "proxy", "Be the proxy of a cluster, in its Pod; the chart runs this."),
    "copies": ("commands.copies", "copies", "Copy repositories for the servers of a cluster; the chart runs this."),
    "user": ("commands.users", "user", "People: add, remove, readmit, list, reset-password, instructor."),
}
"""Command -> module, name in it, help. Loaded when used, so that each command starts at once."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"sardonyx_hub_config.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(version("sardonyx-hub"), prog_name="sardonyx")
def group() -> None:
    """A place to do data science in the browser, for a group of people."""


def main() -> None:
    """Run the command line; what an operator can mend is said in a sentence."""
    try:
        take_mounted(os.environ)
        trust_authority(os.environ)
        group()
    except OperatorError as error:
        sys.stderr.write(f"Sardonyx: {error}\n")
        raise SystemExit(1) from None
