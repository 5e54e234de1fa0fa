"""What git is told in a server: as whom it commits, and whom it asks for tokens.

It stands where git reads the machine's settings, below those of the person and of a repository: whatever they tell git
themselves counts.
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

from sardonyx_singleuser.git.mirror import owners
from sardonyx_singleuser.plan import Plan

VARIABLE = "GIT_CONFIG_SYSTEM"
NAME = "gitconfig"
LARGE_FILES = """\
[filter "lfs"]
	clean = git-lfs clean -- %f
	smudge = git-lfs smudge -- %f
	process = git-lfs filter-process
	required = true
"""
"""As `git lfs install` writes it (git-lfs 3)."""


def give_git(plan: Plan, folder: Path) -> None:
    """Let every git of this server know it.

    Args:
        folder: for the file; of this server alone.
    """
    path = folder / NAME
    before = os.environ.get(VARIABLE, "/etc/gitconfig")
    if before == str(path):
        return
    path.write_text(configuration(plan, before))
    os.environ[VARIABLE] = str(path)


def configuration(plan: Plan, machine: str) -> str:
    """Return the text of the file.

    Args:
        machine: path of the machine's own settings.
    """
    helper = shlex.join([sys.executable, "-I", "-m", "sardonyx_singleuser.git.helper"])
    parts = [
        f"[include]\n\tpath = {_quoted(machine)}\n",
        # A link that somebody was sent must not run a program of its own.
        '[protocol "ext"]\n\tallow = never\n',
        f"[credential]\n\thelper = {_quoted(f'!{helper}')}\n",
    ]
    if plan.author_name:
        parts.append(f"[user]\n\tname = {_quoted(plan.author_name)}\n\temail = {_quoted(plan.author_mail)}\n")
    parts.append(owners(plan.repositories))
    if shutil.which("git-lfs"):
        parts.append(LARGE_FILES)
    return "".join(parts)


def _quoted(text: str) -> str:
    """Return a value as git reads it back (git-config, "Syntax")."""
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inside}"'
