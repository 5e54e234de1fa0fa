"""A person's own settings of Jupyter, which may keep a server from starting: found, named, and left out of a second try."""

import os
from pathlib import Path
from types import TracebackType

from sardonyx_singleuser.language import _, ngettext
from sardonyx_singleuser.sandbox.layout import OWN

FOLDERS = (".jupyter", ".config/jupyter", ".local/etc/jupyter")
FILES = ("jupyter*config*.py", "jupyter*config*.json")
PATTERNS = (*FILES, "jupyter*config.d/*.json")
"""Packages write into the last of them in an environment; elsewhere somebody did."""
ELSEWHERE = f"{OWN}/without"
"""Empty folders that Jupyter takes for the person's in a second try; they go with the server."""
MOST_NAMED = 3
MOST_TEXT = 200


def found(home: Path) -> list[str]:
    """Return the files with settings, as a person would call them: ~/.jupyter/jupyter_server_config.py."""
    names = []
    for folder in (home / name for name in FOLDERS):
        # A folder that is none, or is closed, keeps Jupyter from starting, too.
        if os.path.lexists(folder) and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            names.append(folder)
        elif folder.is_dir():
            names += [path for pattern in PATTERNS for path in sorted(folder.glob(pattern))]
        elif os.path.lexists(folder):
            names.append(folder)
    return [f"~/{path.relative_to(home)}" for path in names]


def place(trace: TracebackType | None, home: Path) -> str:
    """Return where in a file of the person's something went wrong: "~/.jupyter/jupyter_config.py, line 3"; "" if nowhere."""
    where = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(home):
            where = _("{file}, line {line}").format(file=f"~/{path.relative_to(home)}", line=trace.tb_lineno)
        trace = trace.tb_next
    return where[:MOST_TEXT]


def say(where: str, files: list[str]) -> str:
    """Say that a server starts without a person's settings, and what to do.

    Args:
        where: the place that is to blame; "" = it is not known.
        files: all that may be.
    """
    more = len(files) - MOST_NAMED
    named = where or ", ".join(files[:MOST_NAMED])
    if not where and more > 0:
        named = ngettext("{files} and {count} more", "{files} and {count} more", more).format(files=named, count=more)
    return _(
        "Your own Jupyter settings keep this server from starting: {named}."
        " It starts without them. Correct or delete them there, and start it again."
    ).format(named=named)


def leave_out() -> None:
    """Let Jupyter find empty folders in their place, in a process that has not looked yet."""
    for name, folder in (("JUPYTER_CONFIG_DIR", "config"), ("JUPYTER_DATA_DIR", "data")):
        path = Path(ELSEWHERE) / folder
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[name] = str(path)
