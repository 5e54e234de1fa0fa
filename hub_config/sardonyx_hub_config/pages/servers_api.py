"""What every server does now, over JupyterHub's REST API: for the page of a class, which asks for all at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import Scope
from tornado import web

from sardonyx_spawner.dates import in_utc
from sardonyx_spawner.language import in_all
from sardonyx_spawner.troubles import TROUBLES, Trouble

NEEDED = ("list:users", "read:servers")
PENDING = {"spawn": "starting", "stop": "stopping", "check": "running"}
"""A hub that has just started checks the servers of the last one; until then they run, as far as it knows."""


@dataclass(frozen=True)
class Facts:
    """What the hub knows of a server.

    Args:
        pending: "spawn", "stop", "check", or None: nothing is under way.
        profile: slug of what it is.
        memory: bytes that it uses; None = that is not known.
        memory_limit: bytes that it may use; None = no limit.
        ends_at: seconds since 1970; None = it may run for ever.
        team: id of the team whose server it is; "" = none's.
        doing: what its start waits for; "" = nothing that is known.
    """

    name: str
    server: str
    pending: str | None
    ready: bool
    profile: str
    started: datetime | None
    last_activity: datetime | None
    memory: int | None
    memory_limit: int | None
    ends_at: float | None
    invited: tuple[str, ...] = ()
    team: str = ""
    doing: str = ""


def entry_of(facts: Facts, trouble: Trouble | None) -> dict[str, Any] | None:
    """Return what is said of a server; None = it does nothing, and nothing went wrong with it."""
    state = PENDING.get(facts.pending or "", "running" if facts.ready else "")
    if not state:
        return failed_entry(facts.name, facts.server, trouble) if trouble is not None and trouble.is_end else None
    shown = trouble if trouble is not None and not trouble.is_end and state == "running" else None
    return {
        "name": facts.name,
        "server": facts.server,
        "state": state,
        "profile": facts.profile,
        "since": _iso(facts.started),
        "last_activity": _iso(facts.last_activity),
        "memory": facts.memory,
        "memory_limit": facts.memory_limit,
        "problem": None if shown is None else dict(shown.words),
        "step": in_all(facts.doing) if state == "starting" and facts.doing else None,
        "ends_at": None if facts.ends_at is None else _iso(datetime.fromtimestamp(facts.ends_at, UTC)),
        "invited": list(facts.invited),
        "team": facts.team,
    }


def failed_entry(name: str, server: str, trouble: Trouble) -> dict[str, Any]:
    """Return what is said of a server that is not there because something went wrong."""
    return {
        "name": name,
        "server": server,
        "state": "failed",
        "profile": trouble.profile,
        "since": _iso(datetime.fromtimestamp(trouble.at, UTC)),
        "last_activity": None,
        "memory": None,
        "memory_limit": None,
        "problem": dict(trouble.words),
        "step": None,
        "ends_at": None,
        "invited": [],
        "team": "",
    }


class ServersAPIHandler(APIHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """All servers, for who may see all: a part of them is given to nobody."""

    def get(self) -> None:
        """Return them; with `profile`, those of one profile."""
        if any(self.parsed_scopes.get(scope) is not Scope.ALL for scope in NEEDED):
            raise web.HTTPError(403)
        profile = self.get_query_argument("profile", "")
        found = self._entries(TROUBLES.all())
        self.write({"servers": [entry for entry in found if not profile or entry["profile"] == profile]})

    def _entries(self, troubles: Mapping[tuple[str, str], Trouble]) -> Iterator[dict[str, Any]]:
        left = dict(troubles)
        for user in self.users.values():
            for spawner in user.spawners.values():
                trouble = left.pop((user.name, spawner.name), None)
                entry = entry_of(_facts(user.name, spawner), trouble)
                if entry is not None:
                    yield entry
        # Of whom no page has been asked since their server went.
        for (name, server), trouble in left.items():
            if trouble.is_end:
                yield failed_entry(name, server, trouble)


def _facts(name: str, spawner: Any) -> Facts:
    running = spawner.running
    plan = spawner.plan
    return Facts(
        name=name,
        server=spawner.name,
        pending=spawner.pending,
        ready=bool(spawner.ready),
        profile=running.profile or (plan.profile if plan is not None else ""),
        started=spawner.orm_spawner.started,
        last_activity=spawner.orm_spawner.last_activity,
        memory=spawner.memory_used if spawner.ready else None,
        memory_limit=running.memory,
        ends_at=running.ends_at,
        invited=running.invited,
        team=running.team,
        # It may read a file: nobody is told of those that run.
        doing=spawner.doing() if spawner.pending == "spawn" else "",
    )


def _iso(then: datetime | None) -> str | None:
    return None if then is None else in_utc(then).isoformat(timespec="seconds")
