"""Starts the kernel of a person's own environment; what keeps it from starting is said in words, before or when it ends."""

import asyncio
import os
from pathlib import Path
from typing import Any

from traitlets import Unicode

from sardonyx_singleuser.environments.environment import look
from sardonyx_singleuser.environments.readiness import CannotStartError, ready
from sardonyx_singleuser.environments.start_kernel import SAYS
from sardonyx_singleuser.kernels.provisioner import use_sockets
from sardonyx_singleuser.kernels.watched import WatchedProvisioner
from sardonyx_singleuser.language import _

FOLDER = "SARDONYX_KERNEL_FOLDER"
"""Where R is to be, which starts in the notebook's folder."""
READY = "ready"
PATIENCE_S = 60.0


class EnvironmentProvisioner(WatchedProvisioner):
    """See the module."""

    place = Unicode(help="the environment, from the home").tag(config=True)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Get ready what the environment does not have."""
        home = Path.home().resolve()
        environment = look(home / self.place, home)
        if environment is None:
            raise CannotStartError(
                _("{place} is no environment any more. Choose another kernel for this notebook.").format(
                    place=self.place
                )
            )
        variables = dict(kwargs.get("env") or os.environ)
        if environment.kind == "renv":
            variables[FOLDER] = str(environment.folder)
        else:
            variables = await asyncio.to_thread(ready, environment, variables, home, self.log)
            use_sockets(self.parent)
        return dict(await super().pre_launch(**{**kwargs, "env": variables}))

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start it, and wait until it says that it is there."""
        reading, writing = os.pipe()
        with open(reading, "rb", buffering=0) as told:  # noqa: ASYNC230, PTH123 - a pipe's end
            try:
                variables = {**kwargs.pop("env"), SAYS: str(writing)}
                found = await super().launch_kernel(cmd, env=variables, pass_fds=(writing,), **kwargs)
            finally:
                os.close(writing)
            said = await _line(told)
        if said != READY:
            await self._end()
            raise CannotStartError(
                _("The kernel of {place} ended at its start: {reason}.").format(
                    place=self.place, reason=said or _("it did not say why")
                )
            )
        return found

    async def _end(self) -> None:
        await self.kill()
        await self.wait()
        await self.cleanup()
        if self.parent is not None:
            self.parent.cleanup_connection_file()


async def _line(told: Any) -> str:
    """Return the line that comes, "" if none does."""
    reader = asyncio.StreamReader()
    transport, _protocol = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), told
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            return (await reader.readline()).decode(errors="replace").strip().rstrip(".")
    except TimeoutError:
        return _("it was not there after {seconds} seconds").format(seconds=round(PATIENCE_S))
    finally:
        transport.close()
