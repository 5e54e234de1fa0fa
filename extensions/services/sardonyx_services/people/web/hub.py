"""What the hub is asked to do: start and stop servers, and say what each does now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from sardonyx_services.people.web.errors import AwayError
from sardonyx_spawner.language import N_, Said, _, kept, spoken

ALMOST_OUT = 0.9
"""Share of its memory from which on a server is about to run out."""
PATIENCE_S = 10.0
START_PATIENCE_S = 60.0
STOP_PATIENCE_S = 20.0
"""The hub itself waits for 10 s before it says that a stop goes on."""
WORD_PATIENCE_S = 150.0
END_SESSIONS_PATIENCE_S = 30.0
"""A server that does not answer is waited for, and then stopped."""
CREATED, ACCEPTED, BAD, NOT_FOUND = 201, 202, 400, 404
NEVER_HERE = N_("They have not signed in here yet. A server can be started after that.")
NOT_NOW = N_(
    "The hub did not start it. Try again in a minute; if it happens again, tell the people who run this place."
)
NOT_SAID = N_("The hub did not say it to their server. Try again in a minute.")


@dataclass(frozen=True)
class Server:
    """What a server does now.

    Args:
        state: "running", "starting", "stopping" or "failed".
        profile: slug of what it is.
        since: when it began to do so.
        seen: when it was last used; None = not yet.
        memory: bytes that it uses; None = that is not known; so is `memory_limit`.
        problem: what is wrong with it, in words, by language; {} = nothing.
        invited: names of those whom its owner has let in.
        step: what its start waits for, in words, by language; {} = nothing that is known.
        team: id of the team whose server it is; "" = none's.
    """

    name: str
    server: str
    state: str
    profile: str
    since: datetime | None
    seen: datetime | None
    memory: int | None
    memory_limit: int | None
    problem: Mapping[str, str]
    invited: tuple[str, ...] = ()
    team: str = ""
    step: Mapping[str, str] = field(default_factory=dict)

    @property
    def doing(self) -> str:
        """What its start waits for, for who reads it now; "" = nothing that is known."""
        return kept(self.step)

    @property
    def said(self) -> str:
        """What is wrong with it, for who reads it now; "" = nothing."""
        return kept(self.problem) if self.problem else ""

    @property
    def is_on(self) -> bool:
        """Whether it runs, or is about to."""
        return self.state in {"running", "starting"}

    @property
    def share(self) -> float | None:
        """The share of its memory that it uses; None = that is not known."""
        return self.memory / self.memory_limit if self.memory is not None and self.memory_limit else None

    @property
    def trouble(self) -> str:
        """What is wrong with it, also what is about to be; "" = nothing."""
        is_full = self.state == "running" and self.share is not None and self.share >= ALMOST_OUT
        return self.said or (_("Almost out of memory.") if is_full else "")


class Hub:
    """The hub's REST API, with this service's own token.

    Args:
        api: its address, without a slash at its end.
    """

    def __init__(self, api: str, token: str, client: httpx.AsyncClient) -> None:
        self._api, self._client = api, client
        self._headers = {"Authorization": f"token {token}"}

    async def servers(self) -> list[Server]:
        """Return what every server does that does something, or failed of late.

        Raises:
            AwayError: the hub does not answer.
        """
        try:
            answer = await self._client.get(f"{self._api}/sardonyx/servers", headers=self._headers, timeout=PATIENCE_S)
            answer.raise_for_status()
            return [server_of(found) for found in answer.json()["servers"]]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise AwayError from error

    async def start(self, name: str, profile: str) -> str:
        """Start somebody's server; return why not, "" = it starts or is there.

        Raises:
            AwayError: the hub does not answer.
        """
        answer = await self._ask("POST", name, START_PATIENCE_S, {"profile": profile})
        if answer.status_code in {CREATED, ACCEPTED}:
            return ""
        if answer.status_code == NOT_FOUND:
            return _(NEVER_HERE)
        said = _message(answer)
        if answer.status_code == BAD and ("already running" in said or "pending" in said):
            return ""
        return said if answer.status_code < 500 and said else _(NOT_NOW)  # noqa: PLR2004 - HTTP

    async def stop(self, name: str, why: Said, server: str = "") -> None:
        """Stop somebody's server; nothing happens if there is none.

        Args:
            why: for its person, who reads it where their server was.
            server: its name; "" = the usual one.

        Raises:
            AwayError: the hub does not answer.
        """
        await self._ask("DELETE", name, STOP_PATIENCE_S, {"why": why.in_all()}, server)

    async def say(self, name: str, profile: str, word: Mapping[str, str], server: str = "") -> str:
        """Say something to somebody's server, if it is of a profile; return why not, or what it could not do.

        Args:
            word: `said_by`, and `text`, perhaps with an `asker` who wants to be let in; or `put_back`, a file of the
                material, perhaps with the `folder` of its repository; without either it gets new material.
            server: its name; "" = the usual one.

        Raises:
            AwayError: the hub does not answer.
        """
        try:
            answer = await self._client.post(
                f"{self._api}/sardonyx/servers/{quote(name, safe='')}/word",
                headers={**self._headers, "Accept-Language": spoken()},
                json={"server": server, "profile": profile, "word": dict(word)},
                timeout=WORD_PATIENCE_S,
            )
            return str(answer.json()["problem"]) if answer.is_success else _message(answer) or _(NOT_SAID)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise AwayError from error

    async def end_sessions(self, name: str) -> int:
        """Let the hub end sessions of somebody now that are to end; return how many of their servers had to be stopped for it.

        Raises:
            AwayError: the hub does not answer, or could not do it; it goes on trying.
        """
        try:
            answer = await self._client.post(
                f"{self._api}/sardonyx/people/{quote(name, safe='')}/end-sessions",
                headers=self._headers,
                timeout=END_SESSIONS_PATIENCE_S,
            )
            answer.raise_for_status()
            return int(answer.json()["stopped"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise AwayError from error

    async def _ask(self, method: str, name: str, patience_s: float, body: object, server: str = "") -> httpx.Response:
        which = f"servers/{quote(server, safe='')}" if server else "server"
        try:
            return await self._client.request(
                method,
                f"{self._api}/users/{quote(name, safe='')}/{which}",
                headers={**self._headers, "Accept-Language": spoken()},
                json=body,
                timeout=patience_s,
            )
        except httpx.HTTPError as error:
            raise AwayError from error


async def stop_same(hub: Hub, server: Server, why: Said) -> None:
    """Stop a server if it still is what it was when it was listed: somebody may have another one by now.

    Args:
        why: for its person.

    Raises:
        AwayError: the hub does not answer.
    """
    which = (server.name, server.server, server.profile)
    if any((each.name, each.server, each.profile) == which for each in await hub.servers()):
        await hub.stop(server.name, why, server.server)


def server_of(found: Mapping[str, Any]) -> Server:
    """Return a server from the hub's answer."""
    return Server(
        name=str(found["name"]),
        server=str(found["server"]),
        state=str(found["state"]),
        profile=str(found["profile"]),
        since=_moment(found.get("since")),
        seen=_moment(found.get("last_activity")),
        memory=found.get("memory"),
        memory_limit=found.get("memory_limit"),
        problem=found.get("problem") or {},
        invited=tuple(map(str, found.get("invited") or ())),
        team=str(found.get("team", "")),
        step=found.get("step") or {},
    )


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _message(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("message", "")) if isinstance(said, dict) else ""
