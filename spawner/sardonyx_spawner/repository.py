"""Repositories: which addresses, branches, commits and folders are accepted, and where one is in the home."""

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sardonyx_spawner.errors import UserError, quote
from sardonyx_spawner.language import _

LONGEST_ADDRESS = 500
"""Characters; also bounds the work of a profile's pattern, which the operator wrote."""

LONGEST_BRANCH, LONGEST_FOLDER = 200, 200
DEEPEST = 1_000_000
"""Commits; git counts not much further."""

# The rules of git-check-ref-format(1), and no leading dash: git would read it as an option.
_BRANCH_REFUSED = re.compile(r"^[-/.]|\.\.|//|/\.|@\{|[\s~^:?*\[\\\x00-\x1f\x7f]|\.lock(/|$)|[/.]$|^@$")

_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]*")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Material:
    """A git repository, as who leads a class or an event names it: what is new comes in around a student's changes.

    Args:
        url: its address on the web.
        branch: or a tag; "" = the main branch.
        commit: whole name of a commit to stay at; "" = the newest.
        folder: its place below the home; "" = a folder with the last part of the address.
        depth: so many commits of its history; None = all of it.
    """

    url: str
    branch: str = ""
    commit: str = ""
    folder: str = ""
    depth: int | None = None

    @property
    def place(self) -> str:
        """Where it is, below the home."""
        return self.folder or folder_name(self.url)

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept: with what is said of it alone."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


@dataclass(frozen=True)
class Repository(Material):
    """A git repository to find in the home, whoever named it.

    Args:
        is_material: what is new is brought into the person's copy, around their changes.
        is_mirrored: the hub keeps a copy for all servers.
    """

    is_material: bool = False
    is_mirrored: bool = False


def check_repository(url: str, pattern: str = "") -> str:
    """Return the address if it can be cloned without a secret in it.

    Args:
        pattern: regular expression of the profile that has to match in full; "" = any address. It should not
            repeat what already repeats, as in "(a+)+": such a pattern can take for ever on an address of 40 letters.

    Raises:
        UserError: says what is wrong with it.
    """
    if len(url) > LONGEST_ADDRESS:
        raise UserError(_("This address is too long: at most {count} characters.").format(count=LONGEST_ADDRESS))
    if url.startswith(("git@", "ssh:")):
        raise UserError(
            _(
                "This address needs an SSH key, and your server has none. Use the repository's web address, which begins with https://."
            )
        )
    parts = web_address(url)
    if parts is None:
        raise UserError(
            _("{address} is not a repository's web address. It begins with https://, as in a browser.").format(
                address=quote(url)
            )
        )
    if "@" in parts.netloc:
        raise UserError(
            _(
                "This address has a name or a password in it, which would be stored with your choices. Take out what stands before the @."
            )
        )
    if parts.query or parts.fragment:
        raise UserError(
            _("This is the address of a page. Take out the ? or # and what follows, to leave the repository.")
        )
    if pattern and re.fullmatch(pattern, url) is None:
        raise UserError(_("{address} is not among the repositories that can be used here.").format(address=quote(url)))
    return url


def check_branch(name: str) -> str:
    """Return the branch name if git accepts it.

    Raises:
        UserError: says what is wrong with it.

    Source: git-check-ref-format(1).
    """
    if len(name) > LONGEST_BRANCH or _BRANCH_REFUSED.search(name):
        raise UserError(
            _("{name} cannot be the name of a branch. Leave it empty for the main one.").format(name=quote(name))
        )
    return name


def check_commit(name: str) -> str:
    """Return the name of a commit if it is a whole one: part of one may come to mean another.

    Raises:
        UserError: says what is wrong with it.
    """
    if _COMMIT.fullmatch(name) is None:
        raise UserError(
            _("{name} is not the whole name of a commit. Copy all its 40 digits, as “git log” shows it.").format(
                name=quote(name)
            )
        )
    return name


def check_folder(path: str) -> str:
    """Return the path of a folder below the home if people see it there, and no program reads its settings from it.

    Raises:
        UserError: says what is wrong with it.
    """
    if len(path) > LONGEST_FOLDER or not all(_FOLDER.fullmatch(part) for part in path.split("/")):
        raise UserError(
            _("{path} cannot be a folder in the home. Write a path such as courses/stats-101.").format(path=quote(path))
        )
    return path


def check_depth(count: int) -> int:
    """Return how many commits of a history are wanted if git can count so far.

    Raises:
        UserError: it cannot.
    """
    if not 1 <= count <= DEEPEST:
        raise UserError(_("So many commits of its history is a number from 1 to 1,000,000, or nothing for all of it."))
    return count


def check_one_thing(branch: str, commit: str) -> None:
    """Make sure that no repository is to stay at a commit and follow a branch.

    Raises:
        UserError: it is.
    """
    if branch and commit:
        raise UserError(_("It has a branch and a commit. A commit says it all: take out the branch."))


def folder_name(url: str) -> str:
    """Return the folder name for an address: its last part. The user side has the same rule."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]", "-", last).strip(".-") or "repository"


def lies_in(place: str, other: str) -> bool:
    """Tell whether of two folders one is in the other, or the same."""
    return f"{place}/".startswith(f"{other}/") or f"{other}/".startswith(f"{place}/")


def web_address(url: str) -> SplitResult | None:
    """Return the parts of an address on the web; None = it is none."""
    # urlsplit drops line ends and tabs without a word, and git would not.
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    is_on_the_web = parts.scheme in {"http", "https"} and host and not host.startswith("-")
    return parts if is_on_the_web else None
