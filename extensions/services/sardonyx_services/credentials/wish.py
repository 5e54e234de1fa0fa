"""What keys are asked for; a wish makes keys less than they could be, and never more."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sardonyx_services.credentials.errors import BadRequestError
from sardonyx_spawner.language import _

SHORTEST_S = 900
"""What STS knows as the shortest life of a key; that of keys for exams."""
FORBIDDEN = re.compile(r"[*?$\\\x00-\x1f\x7f]|//|(?:^|/)\.{1,2}(?:/|$)")
"""In a policy the first three stand for anything; the rest some stores resolve."""
LONGEST_PREFIX = 256


@dataclass(frozen=True)
class Wish:
    """What keys are asked for.

    Args:
        group: name of a class or team ("class-7mw2kfqd"), whose places are wanted beside one's own; "" = none.
        read_only: nothing may be written with the keys.
        prefix: the only part of the bucket that they are for; "" = everything that they could be for.
        lifetime_s: how long they live at most; None = as long as keys live here.
        is_usual: they are the usual ones of a server of the group: with those teams of an event that its person is in, and
            without the group once they are in it no more.
        keeps: they read the places of the group, and write in one's own only what is kept of it.
    """

    group: str = ""
    read_only: bool = False
    prefix: str = ""
    lifetime_s: int | None = None
    keeps: bool = False
    is_usual: bool = False


EVERYTHING = Wish()


def usual_wish(group: str) -> Wish:
    """Return what a server of a class, event or team asks for."""
    return Wish(group=group, is_usual=True)


def wish_of(group: str, query: Sequence[tuple[str, str]], *, is_usual: bool = False) -> Wish:
    """Return the wish of a request: `access=read`, `prefix=home/…/data/`, `lifetime=900`, each at most once.

    Args:
        is_usual: for the usual keys of a server of the group.

    Raises:
        BadRequestError: there is something else in it.
    """
    given = dict(query)
    unknown = sorted(given.keys() - {"access", "prefix", "lifetime"})
    if unknown or len(given) < len(query):
        if unknown:
            text = _(
                "“{name}” is not known here. Ask with “access=read”, “prefix=…” and “lifetime=…”, each once or not at all."
            ).format(name=unknown[0][:40])
        else:
            text = _(
                "something is said twice. Ask with “access=read”, “prefix=…” and “lifetime=…”, each once or not at all."
            )
        raise BadRequestError(text)
    return Wish(
        group=group,
        read_only=_read_only(given.get("access", "")),
        prefix=_prefix(given.get("prefix", "")),
        lifetime_s=_lifetime(given["lifetime"]) if "lifetime" in given else None,
        is_usual=is_usual,
    )


def _read_only(text: str) -> bool:
    if text not in {"", "read"}:
        raise BadRequestError(_("“access” can be “read”; leave it out for keys that can write."))
    return text == "read"


def _prefix(text: str) -> str:
    if text and (FORBIDDEN.search(text) or len(text) > LONGEST_PREFIX or not text.endswith("/")):
        raise BadRequestError(
            _(
                "“prefix” has to be a folder of the bucket, with a slash at its end, without *, ? or $, of at most"
                " {count} characters."
            ).format(count=LONGEST_PREFIX)
        )
    return text


def _lifetime(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < SHORTEST_S:
        raise BadRequestError(
            _("“lifetime” is a number of seconds, {least} at least: shorter keys do not exist.").format(
                least=SHORTEST_S
            )
        )
    return int(text)
