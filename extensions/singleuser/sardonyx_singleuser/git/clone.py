"""A repository of the plan: cloned into the home, or brought up to date there."""

import os
import re
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

from sardonyx_singleuser.git import command
from sardonyx_singleuser.git.arrival import LONGEST_S, Arrival
from sardonyx_singleuser.git.command import NO_GIT, Answer, Git, GitError
from sardonyx_singleuser.git.inside import bring_inside
from sardonyx_singleuser.git.large_files import bring_large_files, left_for_later
from sardonyx_singleuser.git.material import BROUGHT, KeptError, bring
from sardonyx_singleuser.git.mirror import ON_ITS_WAY, mirror_of, ways
from sardonyx_singleuser.git.problems import problem
from sardonyx_singleuser.language import _
from sardonyx_singleuser.plan import Repository

PARTIAL = ".sardonyx-clone-"
"""Begin of the name of a clone that is not complete; it gets its own name when it is."""
AT_ONCE = 4
"""So many repositories are fetched at the same time."""


@dataclass(frozen=True)
class Fetched:
    """What became of a repository.

    Args:
        problem: why it is not (up to date) there; "" = all is well.
        is_kept: it has changes of the person's own and was left as it is.
        set_aside: files of the person's that have another name now, and new ones that stand beside theirs.
        is_coming: it is still on its way.
    """

    folder: Path
    problem: str = ""
    is_kept: bool = False
    set_aside: tuple[str, ...] = ()
    is_coming: bool = False


def folder_name(url: str) -> str:
    """Return the folder name for an address: its last part."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]", "-", last).strip(".-") or "repository"


def place_name(repository: Repository) -> str:
    """Return the folder of a repository, below the home."""
    return repository.folder or folder_name(repository.url)


def fetch(
    repository: Repository,
    home: Path,
    patience_s: float | None = None,
    *,
    is_news: bool = False,
    arrival: Arrival | None = None,
) -> Fetched:
    """Clone a repository into the home, or bring its clone up to date.

    Material is brought up to date around the person's changes. Of other repositories, a clone with changes of the
    person's own is left alone. Another thing of the same name gets company, not lost.

    Args:
        patience_s: None = as long as a start has.
        is_news: somebody says that there is something new.
        arrival: a clone may take longer than that, and what is kept beside a repository or inside of it, while
            something comes.
    """
    began = time.monotonic()
    ends_at = began + (command.PATIENCE_S if patience_s is None else patience_s)
    folder = home / place_name(repository)
    try:
        folder = _place(repository, home)
        found = ways(repository, is_news=is_news)
        # A service that hangs leaves as much time for the forge.
        is_half = bool(found[0].options) and mirror_of(repository) is None
        until = (began + ends_at) / 2 if is_half else ends_at
        if arrival is not None:
            arrival.place = folder if os.path.lexists(folder) else None
            until = ends_at = began + LONGEST_S
            arrival.begin(1 / 2 if is_half else 1)
        failure = GitError(Answer(NO_GIT))
        for way in found:
            options = (*left_for_later(), *way.options)
            try:
                fetched = _when_it_came(repository, Git(folder, until, options, way.asking, began, arrival), home)
            except GitError as error:
                # What the forge says counts: it has all that a copy has, and a copy has most of it.
                failure = failure if way.options else error
                until = ends_at
                if arrival is not None:
                    arrival.begin()
            else:
                return replace(fetched, problem=_not_up_to_date(repository, failure)) if way.is_old else fetched
        raise failure
    except KeptError as kept:
        return Fetched(folder, str(kept), is_kept=not str(kept))
    except GitError as error:
        if folder.exists():
            return Fetched(folder, _not_up_to_date(repository, error))
        return Fetched(folder, problem(error.answer, _wanted(repository)))
    except OSError as error:
        why = error.strerror or _("Its folder cannot be written")
        return Fetched(folder, f"{why}: {folder.name}.")


def _not_up_to_date(repository: Repository, error: GitError) -> str:
    said = problem(error.answer, _wanted(repository))
    return _("It is here, but not up to date. {problem}").format(problem=said)


def _when_it_came(repository: Repository, git: Git, home: Path) -> Fetched:
    """Bring a repository, as soon as the service has its copy: all of a class would go to the forge else."""
    while True:
        try:
            return _bring(repository, git, home)
        except GitError as error:
            if git.arrival is None or ON_ITS_WAY not in error.answer.said:
                raise
            git.arrival.moves()


def _bring(repository: Repository, git: Git, home: Path) -> Fetched:
    if not os.path.lexists(git.folder):
        return _clone(repository, git, home)
    if repository.is_material:
        return _bring_material(repository, git)
    if _is_touched(git):
        return Fetched(git.folder, is_kept=True)
    _bring_untouched(repository, git)
    return _with_its_parts(git)


def _wanted(repository: Repository) -> str:
    return repository.commit or repository.branch


def _clone(repository: Repository, wanted: Git, home: Path) -> Fetched:
    folder = wanted.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Under its own name only when it is complete: half a clone would be taken for a whole one at the next start.
    _clear_away(folder.parent)
    partial = Path(mkdtemp(prefix=PARTIAL, dir=folder.parent))
    if wanted.arrival is not None:
        wanted.arrival.folder = partial
    try:
        # Contents of old versions are fetched when somebody looks at them: a long history must not delay the start.
        options = ["--quiet", "--filter=blob:none"]
        options += ["--depth", str(repository.depth)] if repository.depth else []
        options += ["--no-checkout"] if repository.commit else []
        options += ["--branch", repository.branch] if repository.branch else []
        replace(wanted, folder=folder.parent).must(
            *wanted.asking, "clone", *options, "--", repository.url, str(partial)
        )
        git = replace(wanted, folder=partial)
        if repository.commit:
            git.must("checkout", "--quiet", "--detach", _brought_by_commit(git, repository.commit))
        if not git.does("rev-parse", "--verify", "--quiet", "HEAD"):
            return Fetched(folder, _("There is nothing in it yet: somebody has to commit to it first."))
        git.must("update-ref", BROUGHT, "HEAD")
        fetched = _with_its_parts(git)
        # The person may have taken the name since, or have cloned it themselves.
        folder = _place(repository, home)
        if not os.path.lexists(folder):
            partial.rename(folder)
        return replace(fetched, folder=folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _brought_by_commit(git: Git, commit: str) -> str:
    # Most forges give a commit by its name, all give it with a branch that it is in.
    if not git.does("cat-file", "-e", f"{commit}^{{commit}}"):
        git.fetch("--", "origin", commit)
    return commit


def _with_its_parts(git: Git, set_aside: tuple[str, ...] = ()) -> Fetched:
    """Get what a repository consists of besides its own files."""
    inside = bring_inside(git)
    missing = bring_large_files(git, set_aside)
    if inside.problems:
        why = _("It is here, but not all repositories inside of it. {problem}").format(
            problem=" ".join(inside.problems)
        )
        missing = f"{why} {missing}".strip()
    return Fetched(git.folder, missing, set_aside=(*set_aside, *inside.set_aside))


def _clear_away(parent: Path) -> None:
    for left in parent.glob(f"{PARTIAL}*"):
        # A younger one may belong to another server of the same person that starts now.
        if time.time() - left.stat().st_mtime > 2 * command.PATIENCE_S:
            shutil.rmtree(left, ignore_errors=True)


def _bring_material(repository: Repository, git: Git) -> Fetched:
    on = git.line("symbolic-ref", "--short", "--quiet", "HEAD")
    if on and (repository.commit or on != (repository.branch or on)):
        # They work on a branch of their own.
        return Fetched(git.folder, is_kept=True)
    new = _newest(repository, git)
    forge = replace(git, options=left_for_later(), asking=())
    if git != forge and new != git.line("rev-parse", BROUGHT) and git.does("merge-base", "--is-ancestor", new, BROUGHT):
        # This machine's copy is from before the news that came last, or somebody took it back: the forge knows which.
        new = _newest(repository, forge)
    return _with_its_parts(git, bring(git, new))


def _newest(repository: Repository, git: Git) -> str:
    """Fetch what is new; return the commit that the plan wants."""
    if repository.commit:
        return _brought_by_commit(git, repository.commit)
    # Without a name this is the branch that the clone is on.
    wanted = repository.branch or git.line("symbolic-ref", "--short", "--quiet", "HEAD")
    if not wanted:
        raise KeptError
    git.fetch("--", "origin", wanted)
    return git.must("rev-parse", "FETCH_HEAD^{commit}").strip()


def _bring_untouched(repository: Repository, git: Git) -> None:
    # Nothing of the person's own is in this clone, and no command would overwrite a file that git does not know.
    if not git.does("symbolic-ref", "--quiet", "HEAD") or repository.commit:
        git.must("checkout", "--quiet", "--detach", _newest(repository, git))
    else:
        git.fetch("origin")
        if repository.branch:
            git.must("switch", "--quiet", repository.branch)
        git.must("merge", "--quiet", "--ff-only", "@{upstream}")
    git.must("update-ref", BROUGHT, "HEAD")


def _is_touched(git: Git) -> bool:
    answer = git.run("status", "--porcelain", "--branch", "--untracked-files=no")
    lines = answer.out.splitlines()
    if answer.code != 0 or len(lines) != 1:
        return True
    if lines[0] == "## HEAD (no branch)":
        return git.line("rev-parse", "HEAD") != git.line("rev-parse", BROUGHT)
    return "..." not in lines[0] or "ahead" in lines[0] or "[gone]" in lines[0]


def _place(repository: Repository, home: Path) -> Path:
    name = place_name(repository)
    for number in range(1, 1000):
        folder = home / (name if number == 1 else f"{name}-{number}")
        if not os.path.lexists(folder) or _origin(folder) == repository.url:
            return folder
    return home / f"{name}-{os.getpid()}"


def _origin(folder: Path) -> str:
    return Git(folder).line("config", "--get", "remote.origin.url") if (folder / ".git").exists() else ""
