"""The provisioner of kernels that go before their server when memory runs out, and whose end by it is known."""

from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from sardonyx_singleuser.first_to_go import go_first
from sardonyx_singleuser.victims import OF_THIS_SERVER


class WatchedProvisioner(LocalProvisioner):  # type: ignore[misc]  # jupyter_client's is untyped for us
    """See the module; jupyter_client asks each three seconds whether a kernel runs."""

    victims = OF_THIS_SERVER
    killed_before: int | None = None
    """Programs that had been ended for want of memory when the kernel was last seen; None = it is not looked at."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start it, and let it go first."""
        found = await super().launch_kernel(cmd, **kwargs)
        go_first(self.pid)
        self.watch()
        return found

    def watch(self) -> None:
        """Look from now on whether memory ends it."""
        self.killed_before = self.victims.count()

    async def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        code: int | None = await super().poll()
        # Without a process there is nothing that could have ended.
        if self.process is None:
            return code
        if code is None:
            self.watch()
        elif self.killed_before is not None:
            self.victims.note("kernel", self.kernel_id, code, self.killed_before)
            self.killed_before = None
        return code
