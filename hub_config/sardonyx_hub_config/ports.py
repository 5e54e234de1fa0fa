"""Which ports a place uses, the public one and six behind it, and where they are: on loopback, or behind Services of a cluster."""

import errno
import socket
import time
from dataclasses import dataclass

from sardonyx_hub_config.errors import OperatorError

LOOPBACK = "127.0.0.1"
RETRY_S = 0.1


@dataclass(frozen=True)
class Ports:
    """The public port and those counted on from it.

    Args:
        inside: the host by which hub and services are found by servers, by the proxy and by each other.
        proxy: the host by which the hub finds the proxy's control port.
    """

    public: int
    inside: str = LOOPBACK
    proxy: str = LOOPBACK

    @property
    def listen(self) -> str:
        """The address on which hub and services listen; "" = all: then only policies of the network close them."""
        return LOOPBACK if self.inside == LOOPBACK else ""

    def url(self, port: int) -> str:
        """Return the address of the hub or a service."""
        return f"http://{self.inside}:{port}"

    @property
    def hub(self) -> int:
        """JupyterHub itself, behind the proxy."""
        return self.public + 1

    @property
    def proxy_api(self) -> int:
        """The proxy's control port, guarded by a token."""
        return self.public + 2

    @property
    def credentials(self) -> int:
        """The credentials service, behind the proxy."""
        return self.public + 3

    @property
    def object_store(self) -> int:
        """The S3 endpoint of the embedded object store."""
        return self.public + 4

    @property
    def links(self) -> int:
        """The service that opens links to files, behind the proxy."""
        return self.public + 5

    @property
    def people(self) -> int:
        """The service of classes, behind the proxy."""
        return self.public + 6

    def check(
        self,
        address: str,
        *,
        with_object_store: bool,
        with_links: bool = True,
        proxy_runs: bool = False,
        patience_s: float = 0,
    ) -> None:
        """Make sure that every port can be bound now, or soon: what an earlier run started may still be ending.

        Args:
            proxy_runs: our own proxy outlived its hub and holds its two ports; the next hub takes its place.
            patience_s: how long a busy port is looked at again.

        Raises:
            OperatorError: names the port, what it is for, and what to do.
        """
        wanted = [
            (LOOPBACK, self.hub, "the hub"),
            (LOOPBACK, self.credentials, "the keys for data"),
            (LOOPBACK, self.people, "the classes"),
        ]
        if with_object_store:
            wanted.append((LOOPBACK, self.object_store, "the object store"))
        if with_links:
            wanted.append((LOOPBACK, self.links, "links to files"))
        if not proxy_runs:
            wanted[:0] = [(address, self.public, "the web pages"), (LOOPBACK, self.proxy_api, "the proxy's control")]
        deadline = time.monotonic() + patience_s
        for where, port, purpose in wanted:
            while True:
                try:
                    _check(where, port, purpose)
                    break
                except OperatorError:
                    if time.monotonic() >= deadline:
                        raise
                    time.sleep(RETRY_S)


def _check(address: str, port: int, purpose: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        # As the servers do: a port in TIME_WAIT after a restart is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise OperatorError(_explain(address, port, purpose, error)) from error


def _explain(address: str, port: int, purpose: str, error: OSError) -> str:
    change = "Set SARDONYX_PORT to another one (the six after it are used too), for example: SARDONYX_PORT=8100 make up"
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {address}, for {purpose}, is used by another program. Stop that program. Or: {change}"
    if error.errno == errno.EACCES:
        return f"port {port}, for {purpose}, may only be used by root. {change}"
    return f"{address} port {port}, for {purpose}, cannot be used: {error.strerror}. Correct 'web' in the settings."
