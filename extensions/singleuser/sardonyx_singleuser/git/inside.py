"""Repositories inside of a repository (git's submodules): brought with it, around what the person did in them."""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from sardonyx_singleuser.git.changes import INNER, leads_out
from sardonyx_singleuser.git.command import Git, GitError
from sardonyx_singleuser.git.large_files import bring_large_files, left_for_later
from sardonyx_singleuser.git.material import BROUGHT, KeptError, bring
from sardonyx_singleuser.git.problems import problem
from sardonyx_singleuser.language import _

KEPT = "refs/sardonyx/kept"
"""Below it are commits of the person's in a repository whose folder they deleted."""
DEEPEST = 5
"""A repository that has itself inside of it has no end."""
FROM_HOST = re.compile(r"[\w.-]+@[\w.-]+:[^:]+")
"""An address for SSH as people write it: git@example.org:course/tools.git."""
# Whoever wrote the repository chose these addresses, and neither the person nor the operator did.
PROTOCOLS = tuple(
    word
    for each in ("allow=never", "https.allow=always", "http.allow=always", "ssh.allow=always")
    for word in ("-c", f"protocol.{each}")
)


@dataclass(frozen=True)
class Inner:
    """A repository inside of another one, as `.gitmodules` names it."""

    name: str
    path: str
    url: str


@dataclass
class Came:
    """What became of the repositories inside.

    Args:
        problems: which are not (up to date) there, and why.
        set_aside: as of the repository around them.
    """

    problems: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)


def bring_inside(git: Git, deep: int = 1) -> Came:
    """Bring each to the commit that the repository around it names; one may be closed, or gone, and the others come.

    What the person changed or committed there stays, as in material; one that is on a branch is theirs altogether.
    """
    came = Came()
    # The copy is one of the repository around them.
    git = replace(git, options=(*PROTOCOLS, *left_for_later(), "--literal-pathspecs"), asking=())
    for inner in named(git):
        try:
            set_aside = _bring(git, inner)
            came.set_aside += [f"{inner.path}/{name}" for name in set_aside]
            is_there = (git.folder / inner.path / ".git").exists()
            if is_there and (why := bring_large_files(_inside(git, inner), set_aside)):
                came.problems.append(f"{inner.path}: {why}")
            if (git.folder / inner.path / ".gitmodules").is_file():
                deeper = _deeper(git, inner, deep)
                came.problems += [f"{inner.path}/{why}" for why in deeper.problems]
                came.set_aside += [f"{inner.path}/{name}" for name in deeper.set_aside]
        except KeptError as kept:
            came.problems += [f"{inner.path}: {kept}"] if str(kept) else []
        except GitError as error:
            came.problems.append(f"{inner.path}: {problem(error.answer, '')}")
    return came


def named(git: Git) -> list[Inner]:
    """Return what `.gitmodules` names."""
    path = git.folder / ".gitmodules"
    if path.is_symlink() or not path.is_file():
        return []
    found: dict[str, dict[str, str]] = {}
    wanted = ("config", "-z", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.(path|url)$")
    for entry in git.run(*wanted).out.split("\0")[:-1]:
        key, _newline, value = entry.partition("\n")
        name, _dot, what = key.removeprefix("submodule.").rpartition(".")
        found.setdefault(name, {})[what] = value
    return [Inner(name, each["path"], each.get("url", "")) for name, each in found.items() if "path" in each]


def refusal(inner: Inner) -> str:
    """Return why nothing is fetched from the address of a repository inside; "" = it may be."""
    url = inner.url
    if leads_out(inner.name):
        return _("It has a name that leads out of its folder.")
    if url.startswith(("./", "../")) or FROM_HOST.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url if url.isprintable() and " " not in url and "\\" not in url else "")
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in {"http", "https", "ssh"} or not host or host.startswith("-"):
        return _("It has no address on the web, such as https://. Tell who keeps the repository around it.")
    if ("@" in parts.netloc and parts.scheme != "ssh") or parts.password is not None:
        return _("There is a name or a password in its address. Tell who keeps the repository around it.")
    return ""


def _bring(git: Git, inner: Inner) -> tuple[str, ...]:
    """Bring one of them; return the names of files that were set aside."""
    commit = _commit(git, inner.path)
    if not commit:
        return ()
    if why := refusal(inner):
        raise KeptError(why)
    folder = git.folder / inner.path
    here = _inside(git, inner)
    if not _is_there(here):
        kept = git.folder / git.must("rev-parse", "--git-path", "modules").strip() / inner.name
        _keep(git, kept)
        with git.watching(kept):
            git.must("submodule", "--quiet", "update", "--init", "--", inner.path)
        # git looks in the folders around for a repository else; the person may have told it to leave this one out.
        if (folder / ".git").exists():
            if not _is_there(here):
                here.must("checkout", "--quiet", "--force", "--detach", commit)
            here.must("update-ref", BROUGHT, "HEAD")
        return ()
    if here.line("symbolic-ref", "--quiet", "HEAD"):
        raise KeptError
    if not here.does("cat-file", "-e", f"{commit}^{{commit}}"):
        here.fetch("--", "origin", commit)
    return bring(here, commit)


def _deeper(git: Git, inner: Inner, deep: int) -> Came:
    if deep == DEEPEST:
        raise KeptError(_("What is inside of it was left out: it is too deep inside."))
    return bring_inside(_inside(git, inner), deep + 1)


def _inside(git: Git, inner: Inner) -> Git:
    return replace(git, folder=git.folder / inner.path)


def _commit(git: Git, path: str) -> str:
    """Return the commit that is wanted in a folder; "" = none is."""
    mode, _space, rest = git.run("ls-files", "--stage", "--", path).out.partition(" ")
    return rest.split()[0] if mode == INNER else ""


def _is_there(git: Git) -> bool:
    """Tell whether it was ever checked out: a start may have ended before."""
    if not (git.folder / ".git").exists():
        return False
    index = git.folder / git.must("rev-parse", "--git-path", "index").strip()
    return index.exists() or any(path.name != ".git" for path in git.folder.iterdir())


def _keep(git: Git, kept: Path) -> None:
    """Keep what the person committed in one whose folder they deleted, and clear away one that came in half."""
    if not kept.is_dir():
        return
    here = replace(git, folder=kept, options=("--git-dir", str(kept), "--work-tree", str(kept)))
    head = here.line("rev-parse", "--verify", "--quiet", "HEAD")
    if not head:
        shutil.rmtree(kept, ignore_errors=True)
    elif head != here.line("rev-parse", "--verify", "--quiet", BROUGHT):
        here.must("update-ref", f"{KEPT}/{head}", head)
