"""What the page “Data” says of somebody's places and keys, decided from the keys service's answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sardonyx_services.credentials.places import is_written
from sardonyx_services.people.groups import STAFF
from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.language import _, ngettext

HOUR_S = 3600
USUAL_LIVES_S = (HOUR_S, 4 * HOUR_S)


@dataclass(frozen=True)
class PlaceShown:
    """A place in the bucket, as people call it.

    Args:
        title: whose it is: "My place", or the title of a class or team.
        what: what it is for.
        may: what can be done there, in words.
        use: how much is there of what may be, in words; "" = that is not limited, or not known yet.
        address: s3://…
        profile: name of the AWS profile that reaches it.
    """

    title: str
    what: str
    may: str
    address: str
    profile: str
    use: str = ""


@dataclass(frozen=True)
class GroupShown:
    """A class or team for which a key can be made."""

    name: str
    title: str


@dataclass(frozen=True)
class KeyShown:
    """Keys that work now.

    Args:
        whose: name of a server, or what keys for one's own computer open.
        given: when; a server that started later has others.
    """

    whose: str
    given: datetime
    until: datetime


@dataclass(frozen=True)
class Reached:
    """All that the page shows of somebody.

    Args:
        home: prefix of their own place.
        trouble: what is wrong with the store now; "" = nothing.
    """

    bucket: str
    home: str
    places: tuple[PlaceShown, ...]
    groups: tuple[GroupShown, ...]
    servers: tuple[KeyShown, ...]
    laptops: tuple[KeyShown, ...]
    trouble: str

    def of_running(self, started: Mapping[str, datetime | None]) -> dict[str, datetime | None]:
        """Return until when the keys of each running server work; None = it has asked for none yet.

        Args:
            started: when each running server was started; keys from before are those of a former run.
        """
        given = {key.whose: key for key in self.servers}
        found: dict[str, datetime | None] = {}
        for name, since in started.items():
            key = given.get(name)
            found[name] = key.until if key is not None and (since is None or key.given >= since) else None
        return found


def reached(answer: Mapping[str, Any]) -> Reached:
    """Return what the page shows, from the answer of `GET /access/all`."""
    bucket = str(answer["bucket"])
    memberships = answer["memberships"]

    def shown(title: str, what: str, place: Mapping[str, Any], profile: str) -> PlaceShown:
        return PlaceShown(title, what, _may(place["access"]), f"s3://{bucket}/{place['prefix']}", profile, _use(place))

    places = [
        shown(_("My place"), _("only you"), answer["home"], "home"),
        *(
            shown(group["title"], what_of(group["role"], place["prefix"]), place, group["name"])
            for group in memberships
            for place in group["places"]
        ),
        shown(_("Published"), _("for everybody here"), answer["public"], "public"),
    ]
    titles = {place["prefix"]: group["title"] for group in memberships for place in group["places"]}
    return Reached(
        bucket=bucket,
        home=str(answer["home"]["prefix"]),
        places=tuple(places),
        groups=tuple(GroupShown(group["name"], group["title"]) for group in memberships),
        servers=tuple(KeyShown(key["name"], _time(key["given"]), _time(key["until"])) for key in answer["servers"]),
        laptops=tuple(
            KeyShown(_opens(key["places"], titles), _time(key["given"]), _time(key["until"]))
            for key in answer["laptops"]
        ),
        trouble=str(answer["trouble"]),
    )


def lives_offered(longest_s: int) -> tuple[tuple[int, str], ...]:
    """Return the lives of a key to choose from, in seconds and in words; the last is the longest that there is."""
    return tuple(
        (life, say_life(life)) for life in (*(usual for usual in USUAL_LIVES_S if usual < longest_s), longest_s)
    )


def say_life(life_s: int) -> str:
    """Say how long something lives: "1 hour", "90 minutes"."""
    minutes, hours = life_s // 60, life_s // HOUR_S
    if life_s % HOUR_S:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)


def _may(access: str) -> str:
    if access == "rd":
        return _("read and delete: it is full")
    return _("read and write") if access == "rw" else _("read")


def _use(place: Mapping[str, Any]) -> str:
    """Say how much is in a place of how much may be, and of an event in all of it."""
    said = []
    if "limit" in place:
        said.append(_("{used} of {limit}").format(used=say_memory(place["bytes"]), limit=say_memory(place["limit"])))
    if "event" in place:
        of_event = _("{used} of {limit} in all of the event")
        said.append(
            of_event.format(used=say_memory(place["event"]["bytes"]), limit=say_memory(place["event"]["limit"]))
        )
    return ", ".join(map(str, said))


def what_of(role: str, prefix: str) -> str:
    """Return what a place of a class, event or team is for; JupyterLab says the same (`sardonyx_singleuser.storage.places`).

    Args:
        role: of the person there.
    """
    if role == "member":
        return _("data of the team")
    if prefix.startswith("event/"):
        return _("data of the event")
    if prefix.endswith("/shared/"):
        return _("data of the class")
    return _("what all hand in") if role in STAFF else _("what you hand in")


def _opens(places: Sequence[str], titles: Mapping[str, str]) -> str:
    groups = dict.fromkeys(
        titles[prefix] for prefix in (place.rpartition(":")[0] for place in places) if prefix in titles
    )
    may = _("read and write") if any(is_written(place.rpartition(":")[2]) for place in places) else _("read")
    return _("{places}: {may}").format(places=", ".join((_("My place"), *groups)), may=may)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
