"""The person's repositories: in place when the server starts, and never at the cost of their work."""

import math
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

from sardonyx_singleuser.plan import Repository

PATIENCE_S = 60
"""A start waits so long for one repository, and then goes on without it. A hub that gives a start less waits in vain."""
SLOW_BYTES, SLOW_S = 1000, 15
"""git gives up on a connection that brings fewer bytes a second for so many seconds."""
TIMED_OUT, NO_GIT = 124, 127
"""Exit codes as timeout(1) and shells have them."""
NOTE = "CODE-IS-MISSING.md"
_SIGNS = (
    (("Authentication failed", "could not read Username", "terminal prompts disabled", "error: 401", "error: 403"),
     "It does not exist, or it is not open to everybody. Look at the address."),
    (("Remote branch", "invalid reference", "did not match any"),
     "It has no branch {branch}. Leave the branch empty for the main one."),
    (("No space left on device", "Disk quota exceeded"),
     "There is no room left for it. Delete something that you do not need, and start again."),
    (("not found", "does not appear to be a git repository", "does not exist"),
     "There is no repository at this address. Look at the address."),
    (("Could not resolve host", "Failed to connect", "Could not connect", "timed out", "Connection refused", "too slow", "error: 5"),
     "Its place on the web does not answer. Try again later."),
    (("would be overwritten",),
     "A file of yours is in the way of one that came new. Rename yours, and start again."),
)  # fmt: skip
PARTIAL = ".sardonyx-clone-"
"""Begin of the name of a clone that is not complete; it gets its own name when it is."""


@dataclass(frozen=True)
class Fetched:
    """What became of a repository.

    Args:
        problem: why it is not (up to date) there; "" = all is well.
        is_kept: it has changes of the person's own and was left as it is.
    """

    folder: Path
    problem: str = ""
    is_kept: bool = False


def folder_name(url: str) -> str:
    """Return the folder name for an address: its last part."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]", "-", last).strip(".-") or "repository"


def fetch(repository: Repository, home: Path) -> Fetched:
    """Clone a repository into the home, or bring an untouched clone up to date.

    A clone with changes of the person's own is left alone. Another thing of the same name gets company, not lost.
    """
    ends_at = time.monotonic() + PATIENCE_S
    try:
        folder = _place(repository, home)
        if not os.path.lexists(folder):
            return Fetched(folder, _clone(repository, folder, ends_at))
        if _is_touched(folder):
            return Fetched(folder, is_kept=True)
        return Fetched(folder, _bring_up_to_date(repository, folder, ends_at))
    except OSError as error:
        return Fetched(home / folder_name(repository.url), _problem(1, error.strerror or "", repository))


def _clone(repository: Repository, folder: Path, ends_at: float) -> str:
    # Under its own name only when it is complete: half a clone would be taken for a whole one at the next start.
    _clear_away(folder.parent)
    partial = Path(mkdtemp(prefix=PARTIAL, dir=folder.parent))
    try:
        branch = ["--branch", repository.branch] if repository.branch else []
        # Contents of old versions are fetched when somebody looks at them: a long history must not delay the start.
        options = ["--quiet", "--filter=blob:none", *branch]
        code, said = _git(["clone", *options, "--", repository.url, str(partial)], folder.parent, ends_at)
        if code == 0:
            partial.rename(folder)
        return _problem(code, said, repository)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _clear_away(home: Path) -> None:
    for left in home.glob(f"{PARTIAL}*"):
        # A younger one may belong to another server of the same person that starts now.
        if time.time() - left.stat().st_mtime > 2 * PATIENCE_S:
            shutil.rmtree(left, ignore_errors=True)


def _bring_up_to_date(repository: Repository, folder: Path, ends_at: float) -> str:
    # Nothing of the person's own is in this clone, and neither command would overwrite a file that git does not know.
    commands = [["fetch", "--quiet", "origin"]]
    if repository.branch:
        commands.append(["switch", "--quiet", repository.branch])
    commands.append(["merge", "--quiet", "--ff-only", "@{upstream}"])
    for arguments in commands:
        code, said = _git(arguments, folder, ends_at)
        if code != 0:
            return f"It is here, but not up to date. {_problem(code, said, repository)}"
    return ""


def _place(repository: Repository, home: Path) -> Path:
    name = folder_name(repository.url)
    for number in range(1, 1000):
        folder = home / (name if number == 1 else f"{name}-{number}")
        if not os.path.lexists(folder) or _origin(folder) == repository.url:
            return folder
    return home / f"{name}-{os.getpid()}"


def _origin(folder: Path) -> str:
    code, said = _git(["config", "--get", "remote.origin.url"], folder) if (folder / ".git").exists() else (1, "")
    return said.strip() if code == 0 else ""


def _is_touched(folder: Path) -> bool:
    code, said = _git(["status", "--porcelain", "--branch", "--untracked-files=no"], folder)
    lines = said.splitlines()
    return code != 0 or len(lines) != 1 or "..." not in lines[0] or "ahead" in lines[0] or "[gone]" in lines[0]


def _git(arguments: list[str], folder: Path, ends_at: float = math.inf) -> tuple[int, str]:
    """Run git; return its exit code and what it said."""
    environment = {
        **os.environ,
        # Nobody is there to be asked for a password: say no at once.
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "LC_ALL": "C.UTF-8",
        "GIT_HTTP_LOW_SPEED_LIMIT": str(SLOW_BYTES),
        "GIT_HTTP_LOW_SPEED_TIME": str(SLOW_S),
    }
    try:
        process = subprocess.Popen(
            ["git", *arguments], cwd=folder, env=environment, text=True, errors="replace", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        return NO_GIT, f"git is not there: {error.strerror}"
    with process:
        try:
            said, _ = process.communicate(timeout=max(1, min(PATIENCE_S, ends_at - time.monotonic())))
        except subprocess.TimeoutExpired:
            # git does its work in other programs: end them all.
            os.killpg(process.pid, signal.SIGKILL)
            return TIMED_OUT, f"no answer after {PATIENCE_S} seconds"
    return process.returncode, said


def _problem(code: int, said: str, repository: Repository) -> str:
    if code == 0:
        return ""
    if code == NO_GIT:
        return "This machine has no git. Ask the people who run this place to install it."
    if code == TIMED_OUT:
        return f"It did not arrive within {PATIENCE_S} seconds. Use git clone in a terminal, or try again later."
    known = next((sentence for signs, sentence in _SIGNS if any(sign in said for sign in signs)), "")
    return known.format(branch=repository.branch) or _last_line(said)


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ")[:200] if lines else "git said nothing."


def leave_note(home: Path, problems: dict[str, str]) -> None:
    """Leave a note in the home where the person sees it, or take the last one away."""
    note = home / NOTE
    with suppress(OSError):
        note.unlink(missing_ok=True)
    if not problems:
        return
    lines = [f"- {url}: {problem}" for url, problem in problems.items()]
    # On a full disk there is no note, but still a server in which to make room.
    with suppress(OSError):
        note.write_text(
            "# Your code is not here\n\nYour server started without it. What happened:\n\n" + "\n".join(lines) + "\n\n"
            "To try again, start the server again, or use `git clone` in a terminal. This note goes away by itself.\n"
        )
