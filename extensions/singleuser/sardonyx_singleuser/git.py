"""The person's repositories: in place when the server starts, and never at the cost of their work."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sardonyx_singleuser.plan import Repository

PATIENCE_S = 60
SLOW_BYTES, SLOW_S = 1000, 15
"""git gives up on a connection that brings fewer bytes a second for so many seconds."""
NOTE = "CODE-IS-MISSING.md"


@dataclass(frozen=True)
class Fetched:
    """What became of a repository: its folder, and "" or the reason why it is not (up to date) there."""

    folder: Path
    problem: str = ""


def folder_name(url: str) -> str:
    """Return the folder name for an address: its last part."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]", "-", last).strip(".-") or "repository"


def fetch(repository: Repository, home: Path) -> Fetched:
    """Clone a repository into the home, or bring an untouched clone up to date.

    A clone with changes of the person's own is left alone. Another thing of the same name gets company, not lost.
    """
    folder = _place(repository, home)
    if not folder.exists():
        branch = ["--branch", repository.branch] if repository.branch else []
        # Contents of old versions are fetched when somebody looks at them: a long history must not delay the start.
        code, said = _git(["clone", "--quiet", "--filter=blob:none", *branch, "--", repository.url, str(folder)], home)
        return Fetched(folder, _problem(code, said, repository))
    if _is_touched(folder):
        return Fetched(folder)
    code, said = _git(["pull", "--quiet", "--ff-only"], folder)
    return Fetched(folder, "" if code == 0 else f"It could not be brought up to date: {_last_line(said)}")


def _place(repository: Repository, home: Path) -> Path:
    name = folder_name(repository.url)
    for number in range(1, 1000):
        folder = home / (name if number == 1 else f"{name}-{number}")
        if not folder.exists() or _origin(folder) == repository.url:
            return folder
    return home / f"{name}-{os.getpid()}"


def _origin(folder: Path) -> str:
    code, said = _git(["config", "--get", "remote.origin.url"], folder) if (folder / ".git").exists() else (1, "")
    return said.strip() if code == 0 else ""


def _is_touched(folder: Path) -> bool:
    code, said = _git(["status", "--porcelain", "--branch", "--untracked-files=no"], folder)
    lines = said.splitlines()
    return code != 0 or len(lines) != 1 or "ahead" in lines[0] or "..." not in lines[0]


def _git(arguments: list[str], folder: Path) -> tuple[int, str]:
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
        result = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 124, f"no answer after {PATIENCE_S} seconds"
    except OSError as error:
        return 127, f"git is not there: {error.strerror}"
    return result.returncode, result.stdout


def _problem(code: int, said: str, repository: Repository) -> str:
    if code == 0:
        return ""
    if "Authentication failed" in said or "could not read Username" in said or "terminal prompts disabled" in said:
        return "It does not exist, or it is not open to everybody. Look at the address."
    if "not found" in said and "Remote branch" in said:
        return f"It has no branch {repository.branch}. Leave the branch empty for the main one."
    if "not found" in said or "does not appear to be a git repository" in said:
        return "There is no repository at this address. Look at the address."
    if "Could not resolve host" in said or "Failed to connect" in said or "timed out" in said or code == 124:  # noqa: PLR2004 - as timeout(1)
        return "Its place on the web does not answer. Try again later."
    return _last_line(said)


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ")[:200] if lines else "git said nothing."


def leave_note(home: Path, problems: dict[str, str]) -> None:
    """Leave a note in the home where the person sees it, or take the last one away."""
    note = home / NOTE
    if not problems:
        note.unlink(missing_ok=True)
        return
    lines = [f"- {url}: {problem}" for url, problem in problems.items()]
    note.write_text(
        "# Your code is not here\n\nYour server started without it. What happened:\n\n" + "\n".join(lines) + "\n\n"
        "To try again, start the server again, or use `git clone` in a terminal. This note goes away by itself.\n"
    )
