"""What every engine's spawner knows of a server that runs, and does for teams: the first of one who starts lets in the others."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Callable as CallableTrait
from traitlets import default

from sardonyx_spawner.ends import why_less, why_moved
from sardonyx_spawner.language import Said, SaidError, _, speak
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.running import Running
from sardonyx_spawner.shares import end_shares, share, who_may
from sardonyx_spawner.spawner import ProfileSpawner
from sardonyx_spawner.teams import Team, TeamServer, let_in, servers_of_teams, team_of, team_to_host
from sardonyx_spawner.troubles import Key


class TeamSpawner(ProfileSpawner):
    """Mix-in of the spawner: makes a server that of a team, and keeps who is let in up to who is in the team."""

    # Given by JupyterHub's Spawner.
    hub: Any
    ready: bool
    name: str
    server: Any
    proxy_spec: str
    _log_name: Any

    storage = AnyTrait(None, allow_none=True, help="Where object storage is (a StorageAccess).").tag(config=True)
    vault = AnyTrait(None, allow_none=True, help="Where Vault is (a VaultPlace).").tag(config=True)
    surroundings = AnyTrait(None, allow_none=True, help="What servers know of this place (Surroundings).").tag(
        config=True
    )
    end_notice = CallableTrait(lambda _n, _s: None, help="(name, server) -> None: hears of each end.").tag(config=True)

    volume_source = CallableTrait(
        None,
        allow_none=True,
        help="(id of a person, slug of a profile) -> what their server has of the files of a class or team now;"
        " None = these have no volumes here.",
    ).tag(config=True)

    running = Running()

    @default("poll_interval")
    def _poll_often(self) -> int:
        return 10

    @property
    def fresh(self) -> bool:
        """Whether the files of the server, or of the last one, go with it."""
        return self.running.fresh

    @property
    def ends_at(self) -> float | None:
        """When its time is over; its person may prolong that."""
        return self.running.ends_at

    def plan_text(self, plan: ServerPlan) -> str:
        """Return a plan as the server reads it."""
        return json.dumps(plan.to_json(self.surroundings.copies if self.surroundings is not None else None))

    def keep(self, seconds: int) -> None:
        """Let the server run longer, as far as its profile allows."""
        before = self.running
        self.running = before.kept(seconds)
        self.log.info("%s is kept %d s longer", self._log_name, self.running.lifetime_s - before.lifetime_s)

    @property
    def _key(self) -> Key:
        return self.user.name, self.name

    def _why_moved(self) -> Said | None:
        """Say what has changed around a server so that it has to end; None = nothing."""
        moved = why_moved(self.server.base_url, self.proxy_spec) if self.server is not None else None
        return moved or self._why_less()

    def _why_less(self) -> Said | None:
        """Say why a server ends that has more of the files of a class or team than it would get now; None = it goes on."""
        now = self.running
        if not now.volumes or self.volume_source is None:
            return None
        try:
            return why_less(now.volumes, self.volume_source(now.owner_id, now.profile))
        except SaidError as error:
            self.log.warning("It cannot be looked which files %s may have: %s", self._log_name, error)
            return None

    def planned(self) -> ServerPlan:
        """Return what was decided before the start."""
        if self.plan is None:
            raise RuntimeError("start without a plan: apply_user_options did not run")
        return self.plan

    def begin(self, plan: ServerPlan) -> None:
        """Take note that a server begins to start: nobody enters it who was let into another one before."""
        # Whoever starts it: what is told on the way is read by its person.
        speak(plan.language)
        self.leave_team()
        team = self.team_to_host(plan.profile, plan.person)
        self.running = self.running.begun(plan, team, has_volumes=self.volume_source is not None)
        if not self.running.invited:
            end_shares(self.user.db, self.orm_spawner)

    def get_state(self) -> dict[str, Any]:
        """Return what a restarted hub needs to know about the server."""
        return {**super().get_state(), **self.running.to_state()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Find the server again after a restart of the hub."""
        super().load_state(state)
        self.running = Running.from_state(state)

    def clear_state(self) -> None:
        """Forget the server that ran."""
        super().clear_state()
        self.running = self.running.over()

    def team_to_host(self, profile: str, person: str) -> str:
        """Return the id of the team whose server this one is when it starts now; "" = it is its person's alone.

        Nothing is waited for between this look and what is written down of the server: of two starts one is the team's.

        Args:
            person: id of its owner.
        """
        teams: Sequence[Team] = self.team_source(person)
        return team_to_host(teams, profile, self.user.name, (each.running.team for each in self._hosting()))

    def follow_team(self) -> None:
        """Let in who is in the team by now, and nobody any more who is not; nothing happens if it is no team's server."""
        now = self.running
        if not now.team:
            return
        try:
            names = let_in(self.team_source(now.owner_id), now.profile, self.user.name, now.team)
        except SaidError as error:
            # The people are away for a while: nobody has come or gone as far as is known.
            self.log.warning("It cannot be looked who is in the team of %s: %s", self._log_name, error)
            return
        if names is None:
            self.leave_team()
        else:
            self._let_in(now.team, names)

    def leave_team(self) -> None:
        """Let nobody in any more because of the team; whom the owner has invited stays so."""
        if self.running.team or self.running.mates:
            self._let_in("", ())

    def _let_in(self, team: str, names: tuple[str, ...]) -> None:
        now, there = self.running, self.orm_spawner
        may = who_may(self.user.db, there)
        # Whoever was let in under another name since is out, too.
        for name in may:
            if name not in names and name not in now.invited:
                end_shares(self.user.db, there, name)
        for name in names:
            if name not in may:
                share(self.user.db, there, name)
        if (now.team, now.mates) != (team, names):
            self.running = replace(now, team=team, mates=names)
            there.state = self.get_state()
            self.user.db.commit()

    def team_servers(self) -> list[TeamServer]:
        """Return the servers that others of this person's teams have, where they are let in."""
        teams = self.team_source(self.person().id)
        # Nobody's form waits for a look at all servers who is in no such team.
        hosts = {each.running.team: each.user.name for each in self._hosting() if each.ready} if teams else {}
        return servers_of_teams(teams, self.user.name, hosts, self.hub.base_url)

    def say_team(self, profile: Profile, person: str) -> list[Said]:
        """Say whose a server of a profile is, before it is started; [] = it is its person's alone, as everywhere."""
        teams = self.team_source(person)
        if not profile.collaboration or team_of(teams, profile.slug, self.user.name) is None:
            return []
        if self.team_to_host(profile.slug, person):
            return [
                _(
                    "It is the server of your team: everybody in it is let in, and can use everything in it as you do,"
                    " your files, your storage and your keys, too."
                )
            ]
        return [_("Your team has a server: this one is yours alone.")]

    def _hosting(self) -> Iterator["TeamSpawner"]:
        users = self.user.settings.get("users", {})
        for user in users.values():
            for each in user.spawners.values():
                if each is not self and each.active and each.running.team:
                    yield each
