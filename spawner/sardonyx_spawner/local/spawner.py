"""JupyterHub's spawner for one machine."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any

from jupyterhub.spawner import Spawner
from traitlets import Any as AnyTrait
from traitlets import Callable as CallableTrait
from traitlets import Float, default

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.local import contract
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.process import (
    MARK,
    TICK_S,
    ChildProcessLauncher,
    Launcher,
    LaunchRequest,
    ProcessId,
    end,
    is_alive,
)
from sardonyx_spawner.local.progress import follow
from sardonyx_spawner.local.variables import server_variables
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.spawner import ProfileSpawner, StartRefusedError

LOOPBACK = "127.0.0.1"
LAUNCHER = ChildProcessLauncher()
"""One for all servers: it reaps its children."""


class SardonyxLocalSpawner(ProfileSpawner, Spawner):  # type: ignore[misc]  # JupyterHub is untyped
    """Starts a server as a process with a home, an environment and a log of its own."""

    homes = AnyTrait(help="Folder with one home per person (a Path).").tag(config=True)
    servers = AnyTrait(help="Folder for plan, progress and log of each server (a Path).").tag(config=True)
    prefix_source = CallableTrait(help="(slug) -> Path: the folder of an environment.").tag(config=True)
    environment_maker = CallableTrait(
        help="(slug) -> None: makes an environment that is not there; may take minutes."
    ).tag(config=True)
    storage = AnyTrait(None, allow_none=True, help="Where object storage is (a StorageAccess).").tag(config=True)
    patience_s = Float(5.0, help="Seconds that a server gets to stop by itself.").tag(config=True)

    launcher: Launcher = LAUNCHER
    process = ProcessId(0, 0)
    ends_at: float | None = None
    fresh = False

    @default("poll_interval")
    def _poll_often(self) -> int:
        return 10

    @property
    def folders(self) -> ServerFolders:
        """The folders of this server."""
        return ServerFolders.of(self.homes, self.servers, self.person().id, self.name, fresh=self.fresh)

    @property
    def stop_reason(self) -> str:
        """Why the last server ended, in words for the person; kept in a file, because JupyterHub makes a new object."""
        try:
            return (self.folders.private / contract.END_FILE).read_text()
        except (OSError, LookupError):
            return ""

    def _note_end(self, reason: str) -> None:
        # The first to notice knows the reason; JupyterHub asks again, from several places.
        with suppress(FileExistsError), (self.folders.private / contract.END_FILE).open("x") as file:
            file.write(reason)

    async def start(self) -> tuple[str, int]:
        """Start the server that the plan describes; return its address."""
        plan = self.plan
        if plan is None:
            raise RuntimeError("start without a plan: apply_user_options did not run")
        self.fresh = plan.home == "fresh"
        folders = self.folders
        try:
            folders.prepare()
            self._begin_progress(folders)
            await self._environment(plan, folders)
            request = self._request(plan, folders)
            self.process = self.launcher.start(request)
        except UserError as error:
            raise StartRefusedError(error.message, reason="home", status_code=500) from error
        except OSError as error:
            raise StartRefusedError(
                "Your server could not be started on this machine. The people who run this place find the reason in the log.",
                reason="machine",
                status_code=500,
                log_message=f"{self._log_name}: {error}",
            ) from error
        self.ends_at = time.time() + plan.lifetime_s if plan.lifetime_s else None
        await self._answers()
        self.log.info("Started %s for %s: %s, pid %d", self._log_name, plan.person, plan.summary, self.process.pid)
        return LOOPBACK, self.port

    async def _answers(self) -> None:
        """Wait until the server takes connections; JupyterHub sets the limit, and a server that ended is not waited for."""
        while True:
            if not is_alive(self.process):
                self.log.error(
                    "%s ended while it started; see %s", self._log_name, self.folders.private / contract.LOG_FILE
                )
                raise StartRefusedError(
                    "Your server ended while it started. Try again; if it happens again, tell the people who run this place.",
                    reason="ended",
                    status_code=500,
                )
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, self.port)
            except OSError:
                await asyncio.sleep(TICK_S)
            else:
                writer.close()
                return

    def _begin_progress(self, folders: ServerFolders) -> None:
        for name in (contract.PROGRESS_FILE, contract.END_FILE):
            (folders.private / name).unlink(missing_ok=True)
        self._tell(folders, "Found room for your server", "done")

    def _tell(self, folders: ServerFolders, message: str, state: str) -> None:
        line = json.dumps({"at": time.time(), "message": message, "state": state}) + "\n"
        with (folders.private / contract.PROGRESS_FILE).open("a") as file:
            file.write(line)

    async def _environment(self, plan: ServerPlan, folders: ServerFolders) -> None:
        """Make the environment at its first use."""
        if (self.prefix_source(plan.environment) / "bin" / "python").exists():
            return
        self._tell(folders, f"Getting “{plan.title}” ready on this machine: some minutes, only this once", "now")
        await asyncio.to_thread(self.environment_maker, plan.environment)

    def _request(self, plan: ServerPlan, folders: ServerFolders) -> LaunchRequest:
        python = self.prefix_source(plan.environment) / "bin" / "python"
        if not python.exists():
            self.log.error("%s: there is no %s", self._log_name, python)
            raise UserError(
                f"“{plan.title}” is not ready on this machine. Ask the people who run this place to look at it."
            )
        (folders.private / "tmp").mkdir(mode=0o700, exist_ok=True)
        (folders.private / contract.PLAN_FILE).write_text(json.dumps(plan.to_json()))
        self.port = _free_port()
        variables = server_variables(plan, folders, python.parent.parent, self.storage, self.get_env())
        command = [str(python), "-m", "sardonyx_singleuser", *self.get_args()]
        return LaunchRequest(command, variables, folders.home, folders.rotate_log(contract.LOG_FILE))

    async def poll(self) -> int | None:
        """Return None while the server runs; end it when its time is over."""
        if not self.process.pid:
            return 0
        if is_alive(self.process):
            if self.ends_at is None or time.time() < self.ends_at:
                return None
            self._note_end("It reached the end that you chose for it.")
            self.log.info("%s reached its end", self._log_name)
            await self.stop()
            return 0
        code = self.launcher.exit_code(self.process)
        self._note_end(_say_exit(code))
        return code or 0

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - JupyterHub's signature
        """Stop the server and everything that was started in it."""
        folders = self.folders
        if self.process.pid:
            mark = f"{MARK}{folders.private / contract.PLAN_FILE}"
            await end(self.process, mark, 0.5 if now else self.patience_s)
            self.launcher.exit_code(self.process)
            folders.clear()

    async def progress(self) -> AsyncGenerator[dict[str, Any]]:
        """Tell the person what happens, in the words of the user side."""
        async with aclosing(follow(self.folders.private / contract.PROGRESS_FILE)) as events:
            async for event in events:
                yield event

    def get_state(self) -> dict[str, Any]:
        """Return what a restarted hub needs to know about the server."""
        state: dict[str, Any] = super().get_state()
        if self.process.pid:
            state.update(pid=self.process.pid, began=self.process.began, ends_at=self.ends_at, fresh=self.fresh)
            state["summary"] = self.plan.summary if self.plan else ""
        return state

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Find the server again after a restart of the hub."""
        super().load_state(state)
        self.process = ProcessId(int(state.get("pid", 0)), int(state.get("began", 0)))
        self.ends_at = state.get("ends_at")
        self.fresh = bool(state.get("fresh", False))

    def clear_state(self) -> None:
        """Forget the server that ran."""
        super().clear_state()
        self.process, self.ends_at = ProcessId(0, 0), None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def _say_exit(code: int | None) -> str:
    if code is None:
        # Started by an earlier hub: its exit was told to nobody.
        return "It ended while nobody watched."
    if code == -9:  # noqa: PLR2004 - SIGKILL
        return "It was ended from outside, most often because the machine had no memory left."
    return "It ended by itself."
