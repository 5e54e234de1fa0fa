"""Starts servers by asking fork servers: each in a sandbox of its own, ready in a fraction of a second."""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sardonyx_spawner import contract
from sardonyx_spawner.language import N_, _
from sardonyx_spawner.local.address import Address
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.fork_client import (
    ForkServer,
    ForkServerError,
    TryAgainError,
    hear_steps,
    problem,
    read_answer,
)
from sardonyx_spawner.local.fork_servers import ForkServers
from sardonyx_spawner.local.fresh_homes import FreshHomes, say_made, share_of
from sardonyx_spawner.local.hidden import Hidden, hidden_here
from sardonyx_spawner.local.isolation import Isolation
from sardonyx_spawner.local.launcher import ChildProcessLauncher, Launcher, LaunchRequest, Places, Tell
from sardonyx_spawner.local.leftovers import end_leftover, end_leftovers, forget, note
from sardonyx_spawner.local.levels import NONE, USER, not_warm
from sardonyx_spawner.local.limits import Limits, ServerLimits, killed_for_memory
from sardonyx_spawner.local.owners import Owners
from sardonyx_spawner.local.process import ProcessId, began, end_namespace, is_first_of_namespace
from sardonyx_spawner.local.sandbox_spec import SandboxSpec
from sardonyx_spawner.local.sockets import SocketFolder

WARMING = N_("Getting Python ready: some seconds, only the first time")
ATTEMPTS = 3
"""How often a request is sent again that a fork server lost before it made a process."""
PROCESSES = 4096
"""Of one server, with threads: some kernels with a thread for each processor of a large machine."""
SOCKETS = "servers"
"""The folder with the servers' sockets, among those of the fork servers."""
KILLED = 128
"""The first process of a namespace leaves with this and the signal's number if a signal ended the server."""

log = logging.getLogger(__name__)


class ForkLauncher:
    """Starts servers as forks; where nothing can be isolated it says so loudly, and starts them as child processes.

    Args:
        folder: for the fork servers' own folders.
        servers: with one folder per person.
        hidden: what no server may see, wherever it lies; None = nothing of the kind.
        readable: more of the machine that servers see, read-only.
        fresh: where homes are that go with their server.
        idle_s: a fork server ends after so many seconds without a server and a request.
        accept_not_isolated: where nothing can be isolated, start everybody's servers, not only administrators'.
        preimport: see `ForkServers`.
    """

    hides_devices = True

    def __init__(
        self,
        folder: Path,
        servers: Path,
        *,
        hidden: Hidden | None = None,
        readable: tuple[Path, ...] = (),
        fresh: FreshHomes | None = None,
        idle_s: float = 1800,
        accept_not_isolated: bool = False,
        preimport: Mapping[Path, tuple[str, ...]] | None = None,
    ) -> None:
        self._folder, self._servers = folder, ForkServers(folder, idle_s, preimport or {})
        self._hidden, self._readable, self._fresh = hidden or Hidden(), readable, fresh or FreshHomes()
        self._servers_folder, self._owners = servers, Owners(servers)
        self._sockets = SocketFolder(folder / SOCKETS)
        self._children = ChildProcessLauncher(accept_not_isolated=accept_not_isolated)
        self._starting: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter, Tell]] = {}
        self._warned: set[str] = set()
        self.isolation = Isolation(folder, accept_not_isolated=accept_not_isolated)
        self._limits: ServerLimits | None = None
        self._known: set[ProcessId] = set()
        self._sweeping = asyncio.Lock()

    async def choose(self, prefix: Path) -> Launcher:
        """Return this launcher, or the plain one where the machine leaves no choice.

        Raises:
            ForkServerError: the environment does not say, such as one whose user side is too old: a server is never
                started without its sandbox where the machine could have one.
            TryAgainError: it cannot say at the moment.
        """
        server = self._servers.of(prefix)
        try:
            level = await server.find_level()
        except TryAgainError as error:
            raise TryAgainError(f"{prefix}: {error}", error.code) from error
        except ForkServerError as error:
            raise ForkServerError(f"{prefix}: {error}") from error
        if level != NONE:
            await self._begin()
        controllers = self._limits.controllers if self._limits is not None else None
        self.isolation.found(level, server.problem, controllers, are_names_apart=server.are_names_apart)
        return self._children if level == NONE else self

    async def _begin(self) -> None:
        """Find what can be limited, and clear away what hubs left that crashed; once, before the first start."""
        async with self._sweeping:
            if self._limits is None:
                found = ServerLimits.find(self._servers_folder)
                count = await end_leftovers(self._servers_folder, self._known)
                if count:
                    log.warning("%d servers were ended that a crashed hub had started and not written down", count)
                await found.sweep({process.pid for process in self._known})
                self._sockets.sweep()
                self._limits = found

    async def warm_up(self, prefix: Path) -> None:
        """Start the fork server of an environment before the first person needs it; say if nothing can be isolated."""
        try:
            if await self.choose(prefix) is self:
                _, writer = await self._servers.of(prefix).connect()
                writer.close()
        except ForkServerError as error:
            log.critical("Servers cannot be started: %s", error)

    async def cool_down(self) -> None:
        """Let the fork servers end as soon as they have no server: the hub stops."""
        await self._servers.rest()

    def places(self, _folders: ServerFolders) -> Places:
        """Return the places inside of a sandbox, the same in all."""
        return Places(
            temporary="/tmp",  # noqa: S108 - one of its own
            plan=contract.SANDBOX_PLAN,
            token=contract.SANDBOX_TOKEN,
            runtime=contract.SANDBOX_JUPYTER,
        )

    def address(self, folders: ServerFolders) -> AbstractContextManager[Address]:
        """Return a socket's path: nobody else can listen there."""
        return nullcontext(self._sockets.address(folders.private))

    def may_start(self, *, is_admin: bool) -> bool:  # noqa: ARG002 - the protocol's signature
        """Return True: each server is in a sandbox of its own."""
        return True

    def owner(self, folders: ServerFolders) -> int | None:
        """Return the person's own user where the hub is root."""
        return self._owners.of(folders.private.parent) if self.isolation.has(USER) else None

    async def start(self, request: LaunchRequest) -> ProcessId:
        """Ask for a server.

        Raises:
            OSError: the system refuses it, or the fork server cannot be had.
        """
        server, private = self._servers.of(request.prefix), request.folders.private
        await self._begin()
        if await end_leftover(private):
            log.warning("A server of %s was ended that nobody knew of", private)
        process = None
        try:
            process = await self._started(server, request)
            note(private, process)
        except BaseException:
            if process is not None:
                await end_namespace(process, 0)
            if self._limits is not None:
                await self._limits.remove(private)
            raise
        return process

    async def _started(self, server: ForkServer, request: LaunchRequest) -> ProcessId:
        line = json.dumps(self._told(request)).encode() + b"\n"
        try:
            for _ in range(ATTEMPTS):
                reader, writer = await server.connect()
                process = None
                try:
                    writer.write(b"s" + line)
                    process = await self._process(reader, request)
                finally:
                    if process is None:
                        writer.close()
                if process is not None:
                    self._starting[process.pid] = reader, writer, request.tell
                    return process
        except TryAgainError as error:
            raise OSError(error.code, f"the fork server of {request.prefix}: {error}") from error
        except ForkServerError as error:
            raise OSError(f"the fork server of {request.prefix}: {error}") from error
        raise OSError(f"the fork server of {request.prefix} ended {ATTEMPTS} times before it made a process")

    async def _process(self, reader: asyncio.StreamReader, request: LaunchRequest) -> ProcessId | None:
        """Return the process of the new server; None if the request was lost before there was one."""
        while answer := await read_answer(reader):
            if answer.get("warming"):
                request.tell(_(WARMING), "now")
            elif "slow" in answer:
                self._warn(not_warm(request.prefix, str(answer["slow"]), self._folder))
            elif answer.get("again"):
                return None
            elif "pid" in answer:
                pid = int(answer["pid"])
                return ProcessId(pid, began(pid) or 0)
            else:
                raise problem(answer)
        return None

    async def wait_until_ready(self, process: ProcessId) -> None:
        """Wait for the server's own word.

        Raises:
            OSError: the sandbox could not be entered.
        """
        reader, writer, tell = self._starting.pop(process.pid)
        try:
            await hear_steps(reader, tell)
        except ForkServerError as error:
            raise OSError(f"the server of process {process.pid}: {error}") from error
        finally:
            writer.close()

    async def exit_code(self, process: ProcessId) -> int | None:
        """Return the exit code, from whoever knows it: also for a server that an earlier hub started."""
        code = await self._children.exit_code(process)
        if code is not None:
            return code
        found = await self._servers.ended(process)
        return KILLED - found if found is not None and found > KILLED else found

    async def end(self, process: ProcessId, folders: ServerFolders, patience_s: float) -> None:
        """End a server by its namespace, or one without a sandbox by its family."""
        if is_first_of_namespace(process):
            await end_namespace(process, patience_s)
        else:
            await self._children.end(process, folders, patience_s)
        starting = self._starting.pop(process.pid, None)
        if starting is not None:
            starting[1].close()
        # Also one that ended before the first start of this hub: its groups are written down.
        await (self._limits or ServerLimits((), self._servers_folder)).remove(folders.private)
        self._sockets.forget(folders.private)
        forget(folders.private)

    def knows(self, process: ProcessId) -> None:
        """Take note of a server that an earlier hub started: it is no leftover."""
        self._known.add(process)

    def killed_for_memory(self, folders: ServerFolders) -> int:
        """Return how many processes of a server were ended because it used more memory than it may."""
        return killed_for_memory(folders.private)

    def _told(self, request: LaunchRequest) -> dict[str, Any]:
        folders, groups = request.folders, self._limits or ServerLimits((), self._servers_folder)
        home_bytes = self._fresh.bytes_for(request.memory, request.home_size) if folders.fresh else 0
        if home_bytes:
            request.tell(say_made(home_bytes), "now")
        sandbox = SandboxSpec(
            home=str(folders.home),
            plan=str(folders.private / contract.PLAN_FILE),
            name=request.name,
            user=request.owner,
            hidden=hidden_here(self._hidden, request.prefix),
            readable=(*map(str, self._readable), *(request.gpus.folders if request.gpus else ())),
            home_bytes=home_bytes,
            tmp_bytes=share_of(request.memory),
            processes=PROCESSES,
            process_bytes=groups.of_each_process(request.memory),
            cgroups=groups.make(folders.private, Limits(request.memory, request.cpu, PROCESSES)),
            dev=str(request.gpus.dev) if request.gpus else "/dev",
            devices=request.gpus.nodes if request.gpus else (),
        )
        return {
            "version": contract.FORK_VERSION,
            "variables": dict(request.environment),
            "arguments": list(request.arguments),
            "log": str(request.log),
            "socket": str(request.address.socket),
            "sandbox": asdict(sandbox),
        }

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            # The terminal shows the operator nothing less.
            log.critical(text)
