"""Our commands, run as they are from a terminal."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from click import Command
from click.testing import CliRunner, Result


def run_apart(command: Command, told: Sequence[str]) -> Result:
    """Run a command that has a loop of its own, in a thread: a browser of Playwright's keeps one running in that of the tests."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(CliRunner().invoke, command, told).result()
