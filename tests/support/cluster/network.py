"""The network of a cluster: which addresses it has, and the link by which the host reaches it."""

import ipaddress
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

AT_ONCE = 64


@dataclass(frozen=True)
class Network:
    """Addresses of the cluster with a number, the same on each machine.

    Args:
        number: 0 to 63; no two clusters of a machine have one at a time.
    """

    number: int

    @property
    def name(self) -> str:
        """What the link, the control groups and the folder are called; a link's name has 15 letters at most."""
        return f"sardonyx-k{self.number}"

    @property
    def link(self) -> ipaddress.IPv4Network:
        """The host and the node, and nobody else."""
        return ipaddress.IPv4Network(f"10.231.{self.number}.0/30")

    @property
    def host(self) -> str:
        """Where pods reach the host."""
        return str(self.link[1])

    @property
    def node(self) -> str:
        """Where the host reaches the node."""
        return str(self.link[2])

    @property
    def pods(self) -> ipaddress.IPv4Network:
        """What pods have addresses of."""
        return ipaddress.IPv4Network(f"10.232.{self.number}.0/24")

    @property
    def services(self) -> ipaddress.IPv4Network:
        """What services have addresses of."""
        return ipaddress.IPv4Network(f"10.233.{self.number}.0/24")

    @property
    def names(self) -> str:
        """Where names are asked for."""
        return str(self.services[10])

    def join(self, node: int) -> None:
        """Link the host with the namespace of a process. Whatever is made here ends with that namespace."""
        inside = ("nsenter", f"--net=/proc/{node}/ns/net")
        _run("ip", "link", "add", self.name, "type", "veth", "peer", "name", "eth0", "netns", str(node))
        _run("ip", "address", "add", f"{self.host}/{self.link.prefixlen}", "dev", self.name)
        _run(*inside, "ip", "address", "add", f"{self.node}/{self.link.prefixlen}", "dev", "eth0")
        _run(*inside, "ip", "link", "set", "lo", "up")
        _run(*inside, "ip", "link", "set", "eth0", "up")
        _run("ip", "link", "set", self.name, "up")
        _run(*inside, "ip", "route", "add", "default", "via", self.host)
        for addresses in (self.pods, self.services):
            _run("ip", "route", "add", str(addresses), "via", self.node)


@contextmanager
def network() -> Iterator[Network]:
    """Give a network that no other cluster of the machine has, for as long as it is needed."""
    for number in range(AT_ONCE):
        found = Network(number)
        # A name of the kernel's: whoever has it may be gone without a word, and then it is free.
        with socket.socket(socket.AF_UNIX) as taken:
            try:
                taken.bind(f"\0{found.name}")
            except OSError:
                continue
            if not _is_taken(found):
                yield found
                return
    raise RuntimeError(f"{AT_ONCE} clusters run on this machine, or its routes lead where they would be. End some")


def _is_taken(found: Network) -> bool:
    known = [route["dst"] for route in json.loads(_run("ip", "-json", "route")) if route["dst"] != "default"]
    ours = (found.link, found.pods, found.services)
    return any(addresses.overlaps(ipaddress.IPv4Network(route)) for route in known for addresses in ours)


def _run(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{' '.join(command)}: {result.stderr}"
    return result.stdout
