"""Images of the tests' own: nothing is fetched from a registry."""

import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

BUSYBOX = Path("/usr/bin/busybox")
"""Of Debian's busybox-static: a whole system in one file that needs no library."""
SHELL = "sardonyx.test/shell:1"


def busybox_image(path: Path, name: str, command: tuple[str, ...] = ("sh",)) -> Path:
    """Write an archive with an image of busybox, in the form that `ctr images import` and `podman load` read."""
    write_image(path, name, busybox_layer(), {"Cmd": list(command), "Env": ["PATH=/bin"]})
    return path


def busybox_layer() -> bytes:
    """Return what is in such an image, as a tar file."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tree:
        for folder in ("bin", "etc", "tmp", "home"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tree.addfile(entry)
        _add(tree, "bin/busybox", BUSYBOX.read_bytes(), 0o755)
        _add(tree, "etc/passwd", b"root:x:0:0:root:/home:/bin/sh\nperson:x:1000:1000:person:/home:/bin/sh\n")
        for applet in (
            "sh",
            "sleep",
            "cat",
            "echo",
            "httpd",
            "nslookup",
            "wget",
            "id",
            "ip",
            "ls",
            "mkdir",
            "nc",
            "true",
        ):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tree.addfile(link)
    return layer.getvalue()


def write_image(path: Path, name: str, layer: bytes, run: Mapping[str, Any]) -> None:
    """Write an image of one layer as an archive.

    Args:
        run: how it is run, as in the image's configuration (`Cmd`, `Env`, `User`).
    """
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": run,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(layer).hexdigest()}"]},
        }
    ).encode()
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as archive:
        _add(archive, "config.json", config)
        _add(archive, "layer.tar", layer)
        _add(archive, "manifest.json", json.dumps(manifest).encode())


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))
