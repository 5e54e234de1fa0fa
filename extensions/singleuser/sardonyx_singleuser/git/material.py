"""Course material in somebody's clone, brought up to date around their changes.

What the person wrote stays, what is new comes, and nobody meets a conflict (the rules of nbgitpuller, with notebooks
that still open afterwards): lines that both changed are the person's, a file that they deleted comes back, a file of
theirs where a new one comes gets another name. Their state before is kept as `refs/sardonyx/before`.
"""

import os
import stat
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from sardonyx_singleuser.git.changes import changed, leads_out, names, repositories_added
from sardonyx_singleuser.git.command import Git, GitError
from sardonyx_singleuser.git.large_files import not_left
from sardonyx_singleuser.git.merging import Merged, merged
from sardonyx_singleuser.language import _

BROUGHT, BEFORE = "refs/sardonyx/brought", "refs/sardonyx/before"
"""The commit that was brought last; the person's state before."""
UNFINISHED, TO = "refs/sardonyx/unfinished", "refs/sardonyx/to"
"""The person's state before an update that is under way, and where it leads: there after it only if it was cut short."""
OPTIONS = (
    *("-c", "user.name=Sardonyx", "-c", "user.email=sardonyx@localhost", "-c", "core.hooksPath=/dev/null"),
    # Repositories inside are brought afterwards, each around what the person did there.
    *("-c", "submodule.recurse=false"),
    "--literal-pathspecs",
)
UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
STALE_LOCK_S = 60
AT = "%Y%m%d%H%M%S"
"""In the names of what is set aside."""


class KeptError(Exception):
    """The clone is left as it is; the message says why, "" = the person works in it by themselves."""


def bring(git: Git, new: str) -> tuple[str, ...]:
    """Bring a clone to a commit; return the names of files that were set aside.

    Raises:
        KeptError: it is left as it is.
        GitError: it could not be done now.
    """
    git = replace(git, options=(*git.options, *OPTIONS))
    finish(git)
    if any((_inside(git) / name).exists() for name in UNDER_WAY) or git.must("ls-files", "--unmerged"):
        raise KeptError(
            _("You are in the middle of a merge there: finish it, and what is new comes with the next start.")
        )
    head = git.must("rev-parse", "HEAD").strip()
    has_own = head != git.line("rev-parse", BROUGHT) and not git.does("merge-base", "--is-ancestor", head, new)
    base = git.line("merge-base", head, new) if has_own else head
    if not base:
        raise KeptError(
            _("It was made anew, and you have commits of your own in it: rename your folder to get the new one.")
        )
    theirs, mine = changed(git, base, new), changed(git, base)
    if any(leads_out(path) for path in theirs):
        raise KeptError(_("It has files with names that lead out of its folder. Nothing was taken from it."))
    set_aside: tuple[str, ...] = ()
    if base != new or "D" in mine.values():
        set_aside = _Update(git, new, base, has_own=has_own).run(theirs, mine)
    git.must("update-ref", BROUGHT, new)
    return set_aside


def finish(git: Git) -> None:
    """Put everything back where an update was cut short, as by the end of a server.

    Raises:
        GitError: it could not be done now.
    """
    if not git.does("rev-parse", "--verify", "--quiet", UNFINISHED):
        return
    lock = _inside(git) / "index.lock"
    if lock.exists() and time.time() - lock.stat().st_mtime > STALE_LOCK_S:
        lock.unlink()
    if (_inside(git) / "MERGE_HEAD").exists():
        git.run("merge", "--abort")
    before = git.must("rev-parse", f"{UNFINISHED}^1").strip()
    mine, theirs = changed(git, before, UNFINISHED), changed(git, before, TO)
    # Only what is as the update left it: somebody may have gone on since.
    came = theirs.keys() - changed(git, TO).keys()
    gone = mine.keys() & (came | (mine.keys() - changed(git, before).keys()))
    git.must("reset", "--quiet", "--mixed", before)
    for path in came:
        if theirs[path] == "A":
            (git.folder / path).unlink(missing_ok=True)
    _checkout(git, before, {path for path in came if theirs[path] != "A"}, "--staged")
    _checkout(not_left(git), UNFINISHED, {path for path in gone if mine[path] != "D"})
    git.must("update-ref", "-d", UNFINISHED)


def put_back(git: Git, path: str) -> str:
    """Put a file back as it was brought; return the name that the person's own has now, "" = there was none.

    Raises:
        KeptError: there is no such file in what was brought.
        GitError: it could not be done now.
    """
    git = replace(git, options=(*git.options, *OPTIONS))
    if leads_out(path) or git.line("cat-file", "-t", f"{BROUGHT}:{path}") != "blob":
        raise KeptError(_("There is no file “{path}” in the material.").format(path=path[:80]))
    own = git.folder / path
    aside = ""
    if git.does("diff", "--quiet", BROUGHT, "--", path):
        return ""
    if os.path.lexists(own):
        aside = free_name(git.folder, PurePosixPath(path))
        own.rename(git.folder / aside)
    try:
        _checkout(git, BROUGHT, {path})
    except GitError:
        if aside:
            (git.folder / aside).rename(own)
        raise
    return aside


def free_name(folder: Path, path: PurePosixPath) -> str:
    """Return a name beside a file that nothing has: two things may be set aside within a second."""
    number, at = 1, time.strftime(AT)
    found = path.with_name(f"{path.stem}__{at}{path.suffix}")
    while os.path.lexists(folder / found):
        number += 1
        found = path.with_name(f"{path.stem}__{at}-{number}{path.suffix}")
    return str(found)


class _Update:
    def __init__(self, git: Git, new: str, base: str, *, has_own: bool) -> None:
        self._git, self._new, self._base, self._has_own = git, new, base, has_own
        self._now = time.strftime(AT)
        self._set_aside: list[str] = []

    def run(self, theirs: Mapping[str, str], mine: Mapping[str, str]) -> tuple[str, ...]:
        git = self._git
        tracked = set(names(git.must("ls-tree", "-r", "-z", "--name-only", "HEAD")))
        deleted = {path for path, change in mine.items() if change == "D"}
        both = tracked & theirs.keys() & mine.keys() - deleted
        self._refuse_links(both)
        results = {path: self._merge(path) for path in both}
        # A file that was written anew as it was is not changed; git looks again only if it is told to.
        git.run("update-index", "-q", "--refresh")
        before = git.must("stash", "create", "before new material").strip()
        if before:
            git.must("update-ref", TO, self._new)
            git.must("update-ref", BEFORE, before)
            git.must("update-ref", UNFINISHED, before)
        try:
            self._move(theirs, tracked, both | deleted)
        except GitError:
            git.run("merge", "--abort")
            finish(git)
            raise
        for path, result in results.items():
            self._write(path, result)
        if before:
            git.must("update-ref", "-d", UNFINISHED)
        return tuple(self._set_aside)

    def _move(self, theirs: Mapping[str, str], tracked: set[str], as_it_was: set[str]) -> None:
        """Take the clone to the new version; what the person changed in the same files is not in them now."""
        git = self._git
        git.must("reset", "--quiet", "--mixed")
        for path in (theirs.keys() | repositories_added(git, self._base, self._new)) - tracked:
            self._make_way(PurePosixPath(path), tracked)
        # The index knows how large a file is, and that differs where a large one is left for later.
        _checkout(git, "HEAD", tracked & as_it_was, "--staged")
        git.run("update-index", "-q", "--refresh")
        if self._has_own:
            self._merge_commits()
        else:
            git.must("reset", "--quiet", "--keep", self._new)

    def _refuse_links(self, paths: Iterable[str]) -> None:
        for path in paths:
            if not stat.S_ISREG((self._git.folder / path).lstat().st_mode):
                raise KeptError(
                    _("{path} is a file in the new version and something else in yours: rename yours.").format(
                        path=path
                    )
                )

    def _merge(self, path: str) -> Merged:
        mine = (self._git.folder / path).read_bytes()
        return merged(self._git, path, mine, self._version(self._base, path), self._version(self._new, path))

    def _version(self, commit: str, path: str) -> bytes | None:
        answer = self._git.run("cat-file", "blob", f"{commit}:{path}")
        if answer.code == 0:
            return answer.out.encode(errors="surrogateescape")
        if " blob " in self._git.must("ls-tree", "-z", commit, "--", path):
            # It is there, and could not be had.
            raise GitError(answer)
        return None

    def _make_way(self, new: PurePosixPath, tracked: set[str]) -> None:
        """Give another name to what the person has where a new file comes, or one of its folders."""
        for part in [*reversed(new.parents), new]:
            found = self._git.folder / part
            if str(part) in tracked or not os.path.lexists(found):
                continue
            if found.is_symlink() or not found.is_dir():
                self._rename(part, self._other_name(part))
                return
            if part == new:
                self._clear(part, tracked)

    def _clear(self, folder: PurePosixPath, tracked: set[str]) -> None:
        """Take the person's own files out of a folder that becomes a file; git takes away the others."""
        here = self._git.folder
        found = sorted((here / folder).rglob("*"), reverse=True)
        for path in found:
            name = PurePosixPath(path.relative_to(here))
            if str(name) not in tracked and (path.is_symlink() or not path.is_dir()):
                self._rename(name, self._other_name(folder) / name.relative_to(folder))
        for path in (*found, here / folder):
            with suppress(OSError):
                path.rmdir()

    def _other_name(self, path: PurePosixPath) -> PurePosixPath:
        return path.with_name(f"{path.stem}__{self._now}{path.suffix}")

    def _rename(self, path: PurePosixPath, name: PurePosixPath) -> None:
        (self._git.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self._git.folder / path).rename(self._git.folder / name)
        self._set_aside.append(str(name))

    def _merge_commits(self) -> None:
        git = self._git
        answer = git.run("merge", "--quiet", "--no-edit", "-X", "ours", "-X", "no-renames", self._new)
        if answer.code == 0:
            return
        stages: dict[str, set[str]] = {}
        for line in names(git.must("ls-files", "--unmerged", "-z")):
            about, _tab, path = line.partition("\t")
            stages.setdefault(path, set()).add(about.split()[2])
        if not stages:
            raise GitError(answer)
        for path, found in stages.items():
            # Changed by one and deleted by the other: it stays.
            git.must("checkout", "--quiet", "--ours" if "2" in found else "--theirs", "--", path)
            git.must("add", "--", path)
        git.must("commit", "--quiet", "--no-edit")

    def _write(self, path: str, result: Merged) -> None:
        name = PurePosixPath(path)
        try:
            _replace(self._git.folder / path, result.text)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            # What was a folder is a file now, or the other way round.
            name = self._other_name(PurePosixPath(name.parts[0])) / PurePosixPath(*name.parts[1:])
            _replace(self._git.folder / name, result.text)
            self._set_aside.append(str(name))
        if result.beside is not None:
            beside = name.with_name(f"{name.stem}.new{name.suffix}")
            _replace(self._git.folder / beside, result.beside)
            self._set_aside.append(str(beside))


def _replace(path: Path, text: bytes) -> None:
    """Write a file in one step, with the rights that it has."""
    mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else 0o644
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
        Path(partial).chmod(mode)
        Path(partial).rename(path)
    finally:
        Path(partial).unlink(missing_ok=True)


def _checkout(git: Git, source: str, paths: set[str], *options: str) -> None:
    if paths:
        git.must(
            *("restore", f"--source={source}", "--worktree", *options, "--pathspec-from-file=-", "--pathspec-file-nul"),
            given="\0".join(sorted(paths)),
        )


def _inside(git: Git) -> Path:
    return git.folder / git.must("rev-parse", "--git-dir").strip()
