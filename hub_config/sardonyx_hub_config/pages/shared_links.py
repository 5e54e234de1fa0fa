"""“Links I share” on the page “Data”: what somebody shares by links now, decided from the keys service's answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sardonyx_spawner.language import N_, _


@dataclass(frozen=True)
class LinkShown:
    """A link, as its owner sees it.

    Args:
        mark: what the button to take it back says.
        place: whose the file is: "My place", or the title of a class or team.
        opened: how often, in words.
    """

    mark: str
    name: str
    place: str
    path: str
    until: datetime
    opened: str


def links_shown(answer: Mapping[str, Any]) -> tuple[LinkShown, ...]:
    """Return the links, from the answer of `GET /access/all`."""
    titles: dict[str, str] = {
        str(answer["home"]["prefix"]): _("My place"),
        str(answer["public"]["prefix"]): _("Published"),
    }
    for group in answer["memberships"]:
        titles.update((str(place["prefix"]), str(group["title"])) for place in group["places"])

    def shown(link: Mapping[str, Any]) -> LinkShown:
        key = str(link["key"])
        # Who has left a class has no title for it any more; the link opens nothing then.
        prefix = next((prefix for prefix in titles if key.startswith(prefix)), "")
        folders, _slash, name = key.removeprefix(prefix).rpartition("/")
        until = datetime.fromisoformat(link["until"]).astimezone(UTC)
        place = titles.get(prefix, _("A place that you left: it opens nothing"))
        return LinkShown(str(link["mark"]), name, place, folders, until, say_times(int(link["opened"])))

    return tuple(shown(link) for link in answer.get("links", ()))


def say_times(times: int) -> str:
    """Say how often something was done."""
    usual = {0: N_("never"), 1: N_("once"), 2: N_("twice")}
    return _(usual[times]) if times in usual else _("{count} times").format(count=times)
