"""What was looked at and what was found, a line for each: as `sardonyx doctor` and `sardonyx check` say it."""

from collections.abc import Iterable
from dataclasses import dataclass

import click

GOOD, NOTE, BAD = "ok", "note", "FAULT"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `BAD` = Sardonyx does not start, or does not keep what it promises."""

    state: str
    about: str
    text: str


def say_all(findings: Iterable[Finding]) -> bool:
    """Print each when it is found; return whether there was a fault."""
    is_bad = False
    for finding in findings:
        click.echo(f"{finding.state:<6} {finding.about:<12} {finding.text}")
        is_bad |= finding.state == BAD
    return is_bad
