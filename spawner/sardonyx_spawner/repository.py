"""Which repositories and branches are accepted: addresses on the web, and names that git accepts too."""

import re
from urllib.parse import urlsplit

from sardonyx_spawner.errors import UserError, quote

# The rules of git-check-ref-format(1), and no leading dash: git would read it as an option.
_BRANCH_REFUSED = re.compile(r"^[-/.]|\.\.|//|/\.|@\{|[\s~^:?*\[\\\x00-\x1f\x7f]|\.lock(/|$)|[/.]$|^@$")
LONGEST_BRANCH = 200


def check_repository(url: str, pattern: str = "") -> str:
    """Return the address if it can be cloned without a secret in it.

    Args:
        pattern: regular expression of the profile that has to match in full; "" = any address.

    Raises:
        UserError: says what is wrong with it.
    """
    if url.startswith(("git@", "ssh:")):
        raise UserError("This address needs an SSH key. Use the repository's web address, which begins with https://.")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() for c in url):
        raise UserError(f"{quote(url)} is not a repository's web address. It begins with https://, as in a browser.")
    if parts.username is not None or parts.password is not None:
        raise UserError("This address has a password in it, which would be kept where others may see it. Take it out.")
    if pattern and re.fullmatch(pattern, url) is None:
        raise UserError(f"{quote(url)} is not among the repositories that this profile accepts.")
    return url


def check_branch(name: str) -> str:
    """Return the branch name if git accepts it.

    Raises:
        UserError: says what is wrong with it.
    """
    if len(name) > LONGEST_BRANCH or _BRANCH_REFUSED.search(name):
        raise UserError(f"{quote(name)} cannot be the name of a branch. Leave it empty for the main one.")
    return name


def repository_name(url: str) -> str:
    """Return the folder name for a repository: the last part of its address."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    clean = re.sub(r"[^A-Za-z0-9._-]", "-", last).strip(".-")
    return clean or "repository"
