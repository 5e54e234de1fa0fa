"""A registry in the network of a cluster's node, from which it fetches images as from any."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.cluster.cluster import Cluster
from support.go_servers import REGISTRY
from support.waiting import soon

ADDRESS = "127.0.0.1:5000"
"""In the network of the node; containerd asks for no certificate there."""
PATIENCE_S = 600


@dataclass(frozen=True)
class Registry:
    """One that runs as long as its cluster.

    Args:
        disk: folder with what is in it.
    """

    cluster: Cluster
    disk: Path

    def start(self) -> "Registry":
        """Start it; return it."""
        self.cluster.node.run(
            "registry", self._program, "registry", "serve", f"--address={ADDRESS}", f"--disk={self.disk}"
        )
        return self

    def push(self, file: Path, name: str) -> str:
        """Bring an image to it; return the image's name there.

        Args:
            file: as `podman save` writes it.
            name: with its tag.
        """
        image = f"{ADDRESS}/sardonyx/{name}"
        soon(lambda: self._says("push", str(file), image).returncode == 0, PATIENCE_S)
        return image

    def layers(self, image: str) -> list[Path]:
        """Return the packed layers of an image as they are on its disk, the lowest first."""
        manifest = json.loads(self._says("manifest", image).stdout)
        return [self.disk / layer["digest"].replace(":", "/") for layer in manifest["layers"]]

    @property
    def _program(self) -> str:
        return str(REGISTRY.built())

    def _says(self, *told: str) -> subprocess.CompletedProcess[bytes]:
        command = self.cluster.node.command(self._program, *told, "--insecure")
        return subprocess.run(command, capture_output=True, check=False)
