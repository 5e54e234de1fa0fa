"""Repositories: which addresses and branches are accepted, addresses on the web, and names that git accepts too."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from sardonyx_spawner.errors import UserError, quote
from sardonyx_spawner.language import _

LONGEST_ADDRESS = 500
"""Characters; also bounds the work of a profile's pattern, which the operator wrote."""

LONGEST_BRANCH = 200

# The rules of git-check-ref-format(1), and no leading dash: git would read it as an option.
_BRANCH_REFUSED = re.compile(r"^[-/.]|\.\.|//|/\.|@\{|[\s~^:?*\[\\\x00-\x1f\x7f]|\.lock(/|$)|[/.]$|^@$")


@dataclass(frozen=True)
class Repository:
    """A git repository to find in the home.

    Args:
        url: its address on the web.
        branch: or a tag; "" = the main branch.
        commit: whole name of a commit to stay at; "" = the newest.
        folder: its place below the home; "" = a folder with the last part of the address.
        depth: so many commits of its history; None = all of it.
        is_material: what is new is brought into the person's copy, around their changes.
        is_mirrored: the hub keeps a copy for all servers.
    """

    url: str
    branch: str = ""
    commit: str = ""
    folder: str = ""
    depth: int | None = None
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
    parts = _split(url)
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


def _split(url: str) -> SplitResult | None:
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
