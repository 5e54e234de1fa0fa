"""The provisioner of kernels that go before their server when memory runs out, and whose end by it is known."""

from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from sardonyx_singleuser.first_to_go import go_first
from sardonyx_singleuser.victims import OF_THIS_SERVER, Lookout


class WatchedProvisioner(LocalProvisioner):  # type: ignore[misc]  # jupyter_client's is untyped for us
    """See the module; jupyter_client asks each three seconds whether a kernel runs."""

    victims = OF_THIS_SERVER
    lookout: Lookout | None = None
    """None = nothing runs that could be ended."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start it, and let it go first."""
        found = await super().launch_kernel(cmd, **kwargs)
        go_first(self.pid)
        self.watch()
        return found

    def watch(self) -> None:
        """Look from now on whether memory ends it."""
        self.lookout = Lookout(self.victims)

    async def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        code: int | None = await super().poll()
        if self.process is None or self.lookout is None:
            return code
        if code is None:
            self.lookout.look()
        else:
            self.victims.note("kernel", self.kernel_id, code, self.lookout.before)
            self.lookout = None
        return code
