"""A hub and an object store as far as ends of classes and events need them; both can fail."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError

from sardonyx_services.people.web.errors import AwayError
from sardonyx_services.people.web.hub import Server
from sardonyx_spawner.language import Said

if TYPE_CHECKING:
    from datetime import datetime


class FakeHub:
    """Runs servers of the people that it is told, of the profiles that it is told; what is said to one is kept.

    "amina" is the usual server of amina, and "amina/thesis" the one with that name.
    """

    def __init__(self) -> None:
        self.running: dict[str, str] = {}
        self.profiles: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        self.since: dict[str, datetime] = {}
        self.stuck: set[str] = set()
        self.said: list[tuple[str, str]] = []
        self.stopped: dict[str, str] = {}
        self.started: list[tuple[str, str]] = []
        self.is_away = False
        self.fault: Exception | None = None

    async def servers(self) -> list[Server]:
        """Return those that run."""
        if self.is_away:
            raise AwayError
        if self.fault:
            raise self.fault
        found = []
        for key, state in self.running.items():
            name, _slash, server = key.partition("/")
            what, team, since = self.profiles.get(key, ""), self.teams.get(key, ""), self.since.get(key)
            found.append(Server(name, server, state, what, since, None, None, None, {}, team=team))
        return found

    async def start(self, name: str, profile: str) -> str:
        """Start one."""
        self.running[name], self.profiles[name] = "running", profile
        self.started.append((name, profile))
        return ""

    async def stop(self, name: str, why: Said, server: str = "") -> None:
        """Stop one, unless it is stuck; keep why."""
        key = f"{name}/{server}" if server else name
        if key in self.stuck:
            raise AwayError
        del self.running[key]
        self.stopped[key] = str(why)

    async def say(self, name: str, profile: str, word: Mapping[str, str], server: str = "") -> str:
        """Keep what is said."""
        key = f"{name}/{server}" if server else name
        assert self.profiles[key] == profile
        self.said.append((key, f"{word['said_by']}: {word['text']}"))
        return ""


class FakeStore:
    """An object store with what is told; it can fail after some deletions."""

    def __init__(self) -> None:
        self.objects: dict[str, int] = {}
        self.asked: list[dict[str, str]] = []
        self.fails_after: int | None = None
        self.lies = False
        self.written_at_the_end = ""
        self.bucket = "sardonyx"

    def client(self, purpose: str, asked: dict[str, str]) -> "FakeStore":
        """Return a client: this one."""
        assert purpose == "clear"
        self.asked.append(asked)
        return self

    def list_objects_v2(self, Bucket: str, Prefix: str) -> dict[str, Any]:  # noqa: N803 - S3's
        """Return two at a time, as a store does with thousands."""
        assert Bucket == self.bucket
        if Prefix.startswith("home/") and self.written_at_the_end:
            self.objects[self.written_at_the_end], self.written_at_the_end = 1, ""
        found = self._below(Prefix)
        return {"Contents": found[:2]} if found else {}

    def get_paginator(self, what: str) -> "FakeStore":
        """Return what lists files, or unfinished uploads: this one."""
        assert what in {"list_objects_v2", "list_multipart_uploads"}
        return self

    def paginate(self, Bucket: str, Prefix: str = "") -> list[dict[str, Any]]:  # noqa: N803 - S3's
        """Return the files below a prefix in one page, or that there are no uploads."""
        assert Bucket == self.bucket
        return [{"Contents": self._below(Prefix)}] if Prefix else [{}]

    def _below(self, prefix: str) -> list[dict[str, Any]]:
        return [{"Key": key, "Size": size} for key, size in self.objects.items() if key.startswith(prefix)]

    def delete_objects(self, Bucket: str, Delete: dict[str, list[dict[str, str]]]) -> dict[str, Any]:  # noqa: N803 - S3's
        """Delete those; without an answer, or with one that says which it kept, when it is told to fail."""
        assert Bucket == self.bucket
        if self.lies:
            return {}
        refused = []
        for each in Delete["Objects"]:
            if self.fails_after is not None:
                self.fails_after -= 1
                if self.fails_after < 0 and each == Delete["Objects"][0]:
                    raise EndpointConnectionError(endpoint_url="http://store")
                if self.fails_after < 0:
                    refused.append({**each, "Code": "InternalError", "Message": "the disk is full"})
                    continue
            del self.objects[each["Key"]]
        return {"Errors": refused} if refused else {}
