"""JupyterHub's spawner for one machine."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

from jupyterhub.spawner import Spawner
from traitlets import Callable as CallableTrait
from traitlets import Float, Instance

from sardonyx_spawner import contract
from sardonyx_spawner.ends import why_over
from sardonyx_spawner.language import Said, _
from sardonyx_spawner.local.address import Address
from sardonyx_spawner.local.admission import admit
from sardonyx_spawner.local.folder_spawner import FolderSpawner
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.gpu_allotment import GivenGpus, GpuAllotment
from sardonyx_spawner.local.launcher import ChildProcessLauncher, Launcher, LaunchRequest
from sardonyx_spawner.local.machine import Machine, refuse_too_large
from sardonyx_spawner.local.making import EnvironmentMakers
from sardonyx_spawner.local.once import OncePerProcess
from sardonyx_spawner.local.process import NO_PROCESS, TICK_S, ProcessId, is_alive
from sardonyx_spawner.local.progress import follow, last_step, tell
from sardonyx_spawner.local.reasons import part_ended, why_ended, why_part_ended
from sardonyx_spawner.local.refusals import WHY_NOT, ended_while_starting, refusals
from sardonyx_spawner.local.variables import server_variables
from sardonyx_spawner.local.watch import EndWatch
from sardonyx_spawner.mirrors import Mirrors
from sardonyx_spawner.noted import noted
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.queue import StartQueue, Ticket
from sardonyx_spawner.quotas import Claim
from sardonyx_spawner.troubles import TROUBLES

CHILD_PROCESSES = ChildProcessLauncher()
"""One for all servers: it reaps its children."""
NO_GPUS = GpuAllotment()
NO_MIRRORS = Mirrors(Path(os.devnull))
MAKERS = EnvironmentMakers()
QUEUE = StartQueue((os.cpu_count() or 1) + 1)
"""One more at once than there are processors: a start also waits for the disk and for the hub."""


class SardonyxLocalSpawner(FolderSpawner, Spawner):  # type: ignore[misc]  # JupyterHub is untyped
    """Starts a server as a process with a home, an environment and a log of its own."""

    prefix_source = CallableTrait(help="(slug) -> Path: the folder of an environment.").tag(config=True)
    environment_maker = CallableTrait(
        None, allow_none=True, help="(slug) -> None: makes an environment that is not there; may take minutes."
    ).tag(config=True)
    mirrors_source = CallableTrait(
        lambda: NO_MIRRORS, help="() -> Mirrors: this machine's copies of repositories, the same object each time."
    ).tag(config=True)
    launcher_source = CallableTrait(
        lambda: CHILD_PROCESSES, help="() -> Launcher: how servers are started, the same object each time."
    ).tag(config=True)
    gpu_source = CallableTrait(
        lambda: NO_GPUS, help="() -> GpuAllotment: who gives out the GPUs, the same object each time."
    ).tag(config=True)
    room_source = CallableTrait(
        lambda: None, help="() -> HomeRoom: how much room homes have, the same object each time; None = all there is."
    ).tag(config=True)
    patience_s = Float(5.0, help="Seconds that a server gets to stop by itself.").tag(config=True)

    endings = Instance(
        OncePerProcess, (), help="The clearing up after a server, once: the next one has the same folders."
    )
    news = Instance(OncePerProcess, (), help="The word to JupyterHub that a server ended, once.")
    ticket = Instance(Ticket, (), help="This server's place in the queue of starts.")
    killed_for_memory: int | None = None
    watch: EndWatch | None = None
    gpus: GivenGpus | None = None

    async def start(self) -> str:
        """Start the server that the plan describes; return its address."""
        plan = self.planned()
        self.begin(plan)
        self.process = NO_PROCESS
        folders = self.folders
        with noted(self._key, plan.profile, **WHY_NOT), refusals(plan.title, self._log_name):
            refuse_too_large(plan.memory, Machine.here())
            await asyncio.to_thread(folders.prepare)
            making = _("Getting “{title}” ready on this machine: some minutes, only this once")
            prefix = await MAKERS.ready(
                plan.environment,
                self.prefix_source,
                self.environment_maker,
                lambda: tell(folders, making.format(title=plan.title), "now"),
            )
            await self._renew_copies(plan, lambda: tell(folders, _("Getting your code to this machine"), "now"))
            gpus = self.gpu_source().given(folders.private, plan.gpus, self.other_claims())
            async with QUEUE.turn(self.ticket, plan.person), gpus as self.gpus:
                tell(folders, _("Found room for your server"), "done")
                await self._launch(plan, folders, prefix)
        self.follow_team()
        self._watch()
        self.log.info("Started %s for %s: %s, pid %d", self._log_name, plan.person, plan.summary, self.process.pid)
        return self.running.url

    async def renew_copies(self, plan: ServerPlan) -> None:
        """Bring this machine's copies of a plan's repositories up to date."""
        await self._renew_copies(plan, None)

    async def _renew_copies(self, plan: ServerPlan, waiting: Callable[[], None] | None) -> None:
        await self.mirrors_source().ready((each.url for each in plan.repositories if each.is_mirrored), waiting)

    async def _launch(self, plan: ServerPlan, folders: ServerFolders, prefix: Path) -> None:
        launcher = await self.launcher_source().choose(prefix)
        admit(launcher, is_admin=bool(self.user.admin), server=self._log_name)
        owner = launcher.owner(folders)
        await asyncio.to_thread(folders.claim_home, owner)
        room = self.room_source()
        if room is not None and not self.running.fresh and (said := await room.claim(plan.person, owner)):
            tell(folders, said, "warn")
        with launcher.address(folders) as address:
            self.port = address.port
            self._reach(address.url)
            self.process = process = await launcher.start(self._request(plan, folders, prefix, launcher, address))
            self.killed_for_memory = 0
            self.running = self.running.started(plan, address.url)
            if self.gpus is not None:
                self.gpus.keep(process)
            await launcher.wait_until_ready(process)
            # JupyterHub sets the limit, and a server that ended is not waited for.
            while not await address.answers():
                if not is_alive(process):
                    log, killed = folders.private / contract.LOG_FILE, launcher.killed_for_memory(folders)
                    raise ended_while_starting(self._log_name, log, plan.memory, killed)
                await asyncio.sleep(TICK_S)

    def _reach(self, url: str) -> None:
        """Let hub and proxy find the server: of what `start` returns, JupyterHub 6.1 keeps a host in small letters."""
        if url and self.server is not None:
            self.server.connect_url = url

    def use_of_gpus(self, claims: Sequence[Claim]) -> list[Said]:
        """Say how many of the GPUs here are in use, and when one is free."""
        said: list[Said] = self.gpu_source().say_use(claims)
        return said

    def _watch(self) -> None:
        """Hear of the server's end at once: until its route is gone, anybody on this machine can take its port."""
        if self.watch is not None:
            self.watch.close()
        process = self.process
        self.watch = EndWatch(process, lambda: self._notice(process))

    async def _notice(self, process: ProcessId) -> None:
        # A start or a stop that is under way sees it by itself.
        while self.pending:  # noqa: ASYNC110 - JupyterHub tells nobody when it is through
            await asyncio.sleep(TICK_S)
        if self.process == process:
            await self.poll_and_notify()

    def _request(
        self, plan: ServerPlan, folders: ServerFolders, prefix: Path, launcher: Launcher, address: Address
    ) -> LaunchRequest:
        owner = launcher.owner(folders)
        folders.write_plan(self.plan_text(plan), owner)
        return LaunchRequest(
            prefix=prefix,
            address=address,
            arguments=tuple(self.get_args()),
            environment=server_variables(
                plan,
                folders.home,
                launcher.places(folders),
                prefix=prefix,
                storage=self.storage,
                vault=self.vault if plan.has_vault else None,
                surroundings=self.surroundings,
                hub=self.get_env(),
                gpus=self.gpus.variables(hides_others=launcher.hides_devices) if self.gpus else {},
                home_size=self._home_size(plan),
            ),
            folders=folders,
            log=folders.rotate_log(contract.LOG_FILE),
            name=self.user.name,
            owner=owner,
            memory=plan.memory,
            home_size=plan.home_size,
            cpu=plan.cpu,
            gpus=self.gpus,
            tell=lambda message, state: tell(folders, message, state),
        )

    def _home_size(self, plan: ServerPlan) -> int | None:
        """Return how many bytes a kept home may have; a fresh one is as large as it is."""
        room = self.room_source()
        limit = None if room is None or self.running.fresh else room.limit(plan.person)
        return None if limit is None else limit.bytes

    async def poll(self) -> int | None:
        """Return None while the server runs; end it when its time is over."""
        if not self.process.pid:
            return 0
        if is_alive(self.process):
            over = why_over(self.running.lifetime_s) if self.running.is_over(time.time()) else self._why_moved()
            if not over:
                await asyncio.to_thread(self.folders.cut_log, contract.LOG_FILE)
                self._tell_of_kills()
                self.follow_team()
                return None
            self.folders.note_end(over)
            self.log.info("%s reached its end", self._log_name)
            await self.stop()
            return 0
        return await self.endings.run(self.process, self._clear_up)

    async def _clear_up(self) -> int:
        code = await self.launcher_source().exit_code(self.process)
        killed = self.launcher_source().killed_for_memory(self.folders)
        why = why_ended(code, self.running.memory, killed)
        self.folders.note_end(why)
        TROUBLES.note(self._key, why, self.running.profile, is_end=True)
        # Kernels and terminals of a server that was killed would run on without anybody being able to reach them.
        await self._end(self.patience_s)
        return code or 0

    async def poll_and_notify(self) -> int | None:
        """Tell JupyterHub of an end, once; a start that comes meanwhile waits until it is through with the old server.

        JupyterHub 6.1 lets it begin while the route and the record of the old one are taken away, and then stops the new
        one as the old one.
        """
        return await self.news.run(self.process, self._tell_of_end)

    async def _tell_of_end(self) -> int | None:
        status = await self.poll()
        # Who stops it takes away the rest, too.
        if status is not None and self.pending != "stop":
            await super().poll_and_notify()
        return status

    def _tell_of_kills(self) -> None:
        known, self.killed_for_memory = self.killed_for_memory, self.launcher_source().killed_for_memory(self.folders)
        # The first look at a server of an earlier hub finds what was told already.
        if known is not None and self.killed_for_memory > known:
            self.log.warning("%s: %s", self._log_name, part_ended(self.running.memory))
            self.folders.add_to_log(contract.LOG_FILE, f"Sardonyx: {part_ended(self.running.memory)}")
            TROUBLES.note(self._key, why_part_ended(self.running.memory), self.running.profile, is_end=False)

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - JupyterHub's signature
        """Stop the server and everything that was started in it."""
        if self.process.pid:
            await self.endings.run(self.process, partial(self._end, 0.5 if now else self.patience_s))

    async def _end(self, patience_s: float) -> int:
        process, folders, launcher = self.process, self.folders, self.launcher_source()
        self.leave_team()
        await launcher.end(process, folders, patience_s)
        code = await launcher.exit_code(process)
        self.end_notice(self.user.name, self.name)
        self.gpu_source().free(folders.private)
        # May be many files: others are served meanwhile.
        await asyncio.to_thread(folders.clear)
        return code or 0

    async def progress(self) -> AsyncGenerator[dict[str, Any]]:
        """Tell the person what happens, in the words of the user side."""
        async with aclosing(follow(self.folders, lambda: QUEUE.before(self.ticket))) as events:
            async for event in events:
                yield event

    def doing(self) -> str:
        """Return what the start waits for, to be said to others than its person; "" = nothing that is known."""
        return QUEUE.say_of(self.ticket) or last_step(self.folders)

    def get_state(self) -> dict[str, Any]:
        """Return what a restarted hub needs to know about the server."""
        process = {"pid": self.process.pid, "began": self.process.began} if self.process.pid else {}
        return {**super().get_state(), **process}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Find the server again after a restart of the hub."""
        super().load_state(state)
        self.process = ProcessId(int(state.get("pid", 0)), int(state.get("began", 0)))
        self._reach(self.running.url)
        if self.process.pid:
            self.launcher_source().knows(self.process)
            self._watch()

    def clear_state(self) -> None:
        """Forget the server that ran."""
        super().clear_state()
        if self.watch is not None:
            self.watch.close()
        self.process = NO_PROCESS
