"""A server that runs: what the hub knows of it, and finds again after a restart of its own."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.language import kept
from sardonyx_spawner.plan import ServerPlan


@dataclass(frozen=True)
class Running:
    """The server, as every engine knows it.

    Args:
        is_there: it runs; else not yet, or no more.
        url: where hub and proxy reach it.
        owner_id: whose it is, by immutable id: the name may belong to nobody any more, or to somebody else, when it ends.
        fresh: its home goes with it.
        ends_at: seconds since the epoch; None = it may run for ever.
        lifetime_s: how long it may run, in all, as it is now.
        longest_s: as far as its person may prolong that.
        idle_stop_s: see `ServerPlan`; the service that stops what nobody uses reads it in the state.
        summary: what it is, in English.
        summaries: language -> the same for people.
        memory: bytes that it may use; None = no limit.
        last_owner: whose it was when it last ran, if it does not run.
        profile: slug of what it is, or was when it last ran.
        collaboration: its owner can invite others.
        invited: names that its owner has invited, whether anybody has them or not.
        team: id of the team whose server it is; "" = it is its owner's alone.
        mates: names of those of the team who are let in.
        volumes: what it has of the files of a class or a team.
        ended: language -> why it ended, where an engine keeps that here.
    """

    is_there: bool = False
    url: str = ""
    owner_id: str = ""
    fresh: bool = False
    ends_at: float | None = None
    lifetime_s: int = 0
    longest_s: int = 0
    idle_stop_s: int | None = None
    summary: str = ""
    summaries: Mapping[str, str] = field(default_factory=dict)
    memory: int | None = None
    last_owner: str = ""
    profile: str = ""
    collaboration: bool = False
    invited: tuple[str, ...] = ()
    team: str = ""
    mates: tuple[str, ...] = ()
    volumes: tuple[GroupVolume, ...] = ()
    ended: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Running":
        """Read what an earlier hub wrote down; it may have been of an earlier version, and known less."""
        return cls(
            # Earlier versions, which knew one machine only, wrote down its process.
            is_there=bool(state.get("is_there", state.get("pid", 0))),
            url=str(state.get("url", "")),
            owner_id=str(state.get("owner_id", "")),
            fresh=bool(state.get("fresh", False)),
            ends_at=state.get("ends_at"),
            lifetime_s=int(state.get("lifetime_s", 0)),
            longest_s=int(state.get("longest_s", 0)),
            idle_stop_s=state.get("idle_stop_s"),
            summary=str(state.get("summary", "")),
            summaries=dict(state.get("summaries", {})),
            memory=state.get("memory"),
            last_owner=str(state.get("last_owner", "")),
            profile=str(state.get("profile", "")),
            collaboration=bool(state.get("collaboration", False)),
            invited=tuple(map(str, state.get("invited", ()))),
            team=str(state.get("team", "")),
            mates=tuple(map(str, state.get("mates", ()))),
            volumes=tuple(GroupVolume(**each) for each in state.get("volumes", ())),
            ended=dict(state.get("ended", {})),
        )

    def to_state(self) -> dict[str, Any]:
        """Return what JupyterHub keeps in its database; of one that does not run, what of it may be left."""
        if not self.is_there:
            kept = ("fresh", "last_owner", "profile", "collaboration", "invited", "mates", "ended")
            return {name: value for name, value in asdict(self).items() if name in kept and value}
        return asdict(self)

    def over(self) -> "Running":
        """Return what is known of it when it has ended."""
        return Running(
            fresh=self.fresh,
            last_owner=self.owner_id or self.last_owner,
            profile=self.profile,
            collaboration=self.collaboration,
            invited=self.invited,
            mates=self.mates,
            ended=self.ended,
        )

    def begun(self, plan: ServerPlan, team: str = "", *, has_volumes: bool = False) -> "Running":
        """Return what is known of the next server when it begins to start.

        Who was invited into the last one stays so in one of the same kind and the same person only.

        Args:
            team: id of the team whose server it is; "" = none's.
            has_volumes: classes and teams have volumes here.
        """
        is_same = self.profile == plan.profile and (self.owner_id or self.last_owner) == plan.person
        return Running(
            owner_id=plan.person,
            fresh=plan.home == "fresh",
            summary=plan.summary,
            summaries=plan.summaries,
            profile=plan.profile,
            collaboration=plan.collaboration,
            invited=self.invited if plan.collaboration and is_same else (),
            team=team if plan.collaboration else "",
            volumes=plan.volumes if has_volumes else (),
        )

    def started(self, plan: ServerPlan, url: str = "") -> "Running":
        """Return what is known of it when it is there.

        Args:
            url: where hub and proxy reach it; "" = as JupyterHub remembers it.
        """
        return replace(
            self,
            is_there=True,
            url=url,
            ends_at=time.time() + plan.lifetime_s if plan.lifetime_s else None,
            lifetime_s=plan.lifetime_s or 0,
            longest_s=plan.longest_s or 0,
            idle_stop_s=plan.idle_stop_s,
            memory=plan.memory,
        )

    def inviting(self, names: Iterable[str]) -> "Running":
        """Return it with these people invited."""
        return replace(self, invited=tuple(dict.fromkeys(names)))

    @property
    def said(self) -> str:
        """What it is, in the language that is spoken."""
        return kept(self.summaries, self.summary)

    @property
    def may_be_kept_s(self) -> int:
        """Seconds by which its end can be moved."""
        return 0 if self.ends_at is None else max(0, self.longest_s - self.lifetime_s)

    def kept(self, seconds: int) -> "Running":
        """Return it with a later end, as far as that may be moved."""
        if self.ends_at is None:
            return self
        more = min(seconds, self.may_be_kept_s)
        return replace(self, ends_at=self.ends_at + more, lifetime_s=self.lifetime_s + more)

    def is_over(self, now: float) -> bool:
        """Tell whether its time is over."""
        return self.ends_at is not None and now >= self.ends_at
