"""Large files of a repository that are kept beside it (Git LFS): fetched after it, so that it is there without them."""

import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sardonyx_singleuser.git.command import Git
from sardonyx_singleuser.git.problems import problem
from sardonyx_singleuser.language import _

PROGRAM = "git-lfs"
NOTE = re.compile(rb"version https://git-lfs[^\n]*\noid sha256:([0-9a-f]{64})\n")
NOTE_BYTES = 1024
"""What git has in the place of a large file is smaller (git-lfs, docs/spec.md)."""
# A download that fails in the middle of a checkout would keep all of the repository away.
LATER = (
    *("-c", f"filter.lfs.smudge={PROGRAM} smudge --skip -- %f"),
    *("-c", f"filter.lfs.process={PROGRAM} filter-process --skip"),
)
NOW = tuple(word.replace(" --skip", "") for word in LATER)


def left_for_later() -> tuple[str, ...]:
    """Return the options with which git leaves notes in the places of large files, for now."""
    return LATER if shutil.which(PROGRAM) else ()


def not_left(git: Git) -> Git:
    """Return one that leaves none: what the person changed is all here."""
    return replace(git, options=(*git.options, *NOW)) if shutil.which(PROGRAM) else git


def bring_large_files(git: Git, beside: Iterable[str] = ()) -> str:
    """Fetch what is not here of the version that is checked out; return what is missing and why, "" = nothing.

    Args:
        beside: names of files that may be new versions beside the person's own.
    """
    # A copy of the repository has none of them: the forge is asked.
    git = replace(git, options=())
    if not git.does("grep", "--quiet", "filter=lfs", "--", ".gitattributes", "*/.gitattributes"):
        return ""
    if shutil.which(PROGRAM) is None:
        return _(
            "It is here, but its large files are not: they are kept with Git LFS, which this machine does not have."
            " Ask the people who run this place to install git-lfs."
        )
    with git.watching(git.folder / git.line("rev-parse", "--git-path", "lfs")):
        answer = git.run("lfs", "pull")
    for name in beside:
        _fill(git, git.folder / name)
    if answer.code == 0:
        return ""
    return _("It is here, but not all of its large files. {problem}").format(problem=problem(answer, ""))


def _fill(git: Git, path: Path) -> None:
    """Put what was fetched into a file that only names it: git-lfs looks at none that git does not know."""
    with suppress(OSError):
        with path.open("rb") as file:
            note = NOTE.match(file.read(NOTE_BYTES))
        if note is not None:
            digest = note[1].decode()
            kept = git.line("rev-parse", "--git-path", f"lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}")
            shutil.copyfile(git.folder / kept, path)
