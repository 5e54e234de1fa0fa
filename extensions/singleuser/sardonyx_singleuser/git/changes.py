"""What differs between two versions of a repository, or between one and what the person has."""

from sardonyx_singleuser.git.command import Git

INNER = "160000"
"""The mode of a repository inside (git-ls-tree)."""


def changed(git: Git, *commits: str) -> dict[str, str]:
    """Return path -> A, M, D or T: what differs between two commits, or in the person's files from one.

    Without repositories inside, of which each has files of its own.
    """
    parts = names(git.must("diff", "--name-status", "-z", "--no-renames", "--ignore-submodules=all", *commits))
    return dict(zip(parts[1::2], parts[::2], strict=True))


def repositories_added(git: Git, base: str, new: str) -> set[str]:
    """Return the paths of repositories inside that a commit has and the one before had not."""
    parts = names(git.must("diff", "--raw", "-z", "--no-renames", "--diff-filter=A", base, new))
    return {path for about, path in zip(parts[::2], parts[1::2], strict=True) if about.split()[1] == INNER}


def leads_out(path: str) -> bool:
    """Tell whether a path is none of a clone's own; git takes no such file either, but it is asked later."""
    return any(part in {"", ".", ".."} or part.lower() == ".git" for part in path.split("/"))


def names(out: str) -> list[str]:
    """Return what git puts out with `-z`."""
    return out.split("\0")[:-1]
