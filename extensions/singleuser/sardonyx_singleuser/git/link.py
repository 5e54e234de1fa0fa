"""What a link of nbgitpuller asks for: `git-pull?repo=…&branch=…&urlpath=…`, as teachers have written them.

A link comes from anywhere, so it names addresses of the web only, branches and no options, and folders that no program
reads its settings from.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import strftime
from urllib.parse import quote, unquote, urlsplit

from sardonyx_singleuser.git.clone import folder_name, place_name
from sardonyx_singleuser.git.coming import Coming
from sardonyx_singleuser.language import _
from sardonyx_singleuser.plan import Repository

FOLDER = re.compile(r"\w[\w. -]*")
BRANCH = re.compile(r"\w[\w./+@#-]*")
NEVER_IN_BRANCHES = ("..", "//", "/.", "@{")
DEEPEST = 1000


class LinkError(Exception):
    """The link cannot be followed; the message is for who clicked it."""


@dataclass(frozen=True)
class Link:
    """A link, looked at.

    Args:
        page: what is opened then, below the server's address.
        is_backup: a folder that is there gets another name first.
    """

    repository: Repository
    page: str
    is_backup: bool = False


def read_link(told: Callable[[str], str]) -> Link:
    """Return what a link asks for.

    Args:
        told: returns a parameter of it, "" = it has none.

    Raises:
        LinkError: it makes no sense, or is not harmless.
    """
    url = told("repo").strip()
    _check_address(url)
    branch = told("branch")
    if branch and (not BRANCH.fullmatch(branch) or any(part in branch for part in NEVER_IN_BRANCHES)):
        raise LinkError(_("The branch in this link cannot be the name of a branch. Ask who gave you the link."))
    folder = (told("targetpath") or told("targetPath") or folder_name(url)).strip("/")
    if not all(FOLDER.fullmatch(part) for part in folder.split("/")):
        raise LinkError(_("The folder in this link is not one for files of yours. Ask who gave you the link."))
    depth = told("depth")
    if depth and not (depth.isascii() and depth.isdigit() and int(depth) <= DEEPEST):
        raise LinkError(_("The depth in this link is not a number. Ask who gave you the link."))
    repository = Repository(url, branch, folder=folder, depth=int(depth or 0) or None, is_material=True)
    inside = told("subpath") or told("subPath")
    page = told("urlpath") or told("urlPath") or f"lab/tree/{folder}/{inside}".rstrip("/.")
    return Link(repository, _page(page), told("backup").lower() in {"1", "true", "yes"})


def follow(link: Link, home: Path) -> Coming:
    """Begin to bring what a link asks for."""
    folder = home / place_name(link.repository)
    if link.is_backup and folder.exists():
        folder.rename(folder.with_name(f"{folder.name}_backup_{strftime('%Y%m%d%H%M%S')}"))
    return Coming(link.repository, home)


def page_of(link: Link, found: str) -> str:
    """Return the page to open, below the server's address.

    Args:
        found: the folder below the home in which the repository is.
    """
    wanted = place_name(link.repository)
    if wanted == found:
        return link.page
    # Something else of the person's has that name.
    return re.sub(rf"^lab/tree/{re.escape(quote(wanted))}(?=/|$)", f"lab/tree/{quote(found)}", link.page)


def _check_address(url: str) -> None:
    if not url:
        raise LinkError(_("This link names no repository. Ask who gave you the link."))
    try:
        parts = urlsplit(url if url.isprintable() and " " not in url and "\\" not in url else "")
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or host.startswith("-"):
        raise LinkError(
            _("The repository in this link has no address on the web, such as https://. Ask who gave you the link.")
        )
    if "@" in parts.netloc:
        raise LinkError(
            _(
                "The link has a name or a password in it, which nothing may see that comes by. Ask who gave you the link."
            )
        )


def _page(path: str) -> str:
    """Return a page of this server and of no other: a link may not lead elsewhere."""
    path, mark, query = path.lstrip("/").partition("?")
    if "\\" in path or not path.isprintable() or ".." in unquote(path).split("/") or ":" in path.partition("/")[0]:
        raise LinkError(_("The page in this link is not one of your server. Ask who gave you the link."))
    return quote(unquote(path), safe="/:@!$&'()*+,;=~") + mark + quote(query, safe="=&/:%+,-._~")
