"""A registry of images on the node, as containerd asks one; it has what a folder has. Run as a program: FOLDER PORT."""

import gzip
import hashlib
import json
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


class Answer(SimpleHTTPRequestHandler):
    """Gives files, and says of manifests what they are.

    Source: OCI distribution specification 1.1, pulling manifests and blobs.
    """

    # containerd begins with TLS, and goes on without it where what answers is HTTP, with a status line.
    default_request_version = "HTTP/1.1"

    def guess_type(self, path: Any) -> str:
        """Return the type of what is asked for."""
        return MANIFEST if "/manifests/" in str(path) else "application/octet-stream"


def put_image(folder: Path, name: str, tag: str, layer: bytes, run: dict[str, Any]) -> None:
    """Put an image of one layer into the folder of a registry.

    Args:
        name: without registry and tag.
        layer: a tar file.
        run: how it is run, as in the image's configuration (`Cmd`, `Env`).
    """
    there = folder / "v2" / name
    for kind in ("manifests", "blobs"):
        (there / kind).mkdir(parents=True, exist_ok=True)
    layers = {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]}
    configuration = {"architecture": "amd64", "os": "linux", "config": run, "rootfs": layers}
    parts = [(CONFIGURATION, json.dumps(configuration).encode()), (LAYER, gzip.compress(layer, 1))]
    told = [{"mediaType": kind, "size": len(data), "digest": _kept(there / "blobs", data)} for kind, data in parts]
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": told[0], "layers": told[1:]}
    written = json.dumps(manifest).encode()
    _kept(there / "manifests", written)
    (there / "manifests" / tag).write_bytes(written)


def _kept(folder: Path, data: bytes) -> str:
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    (folder / digest).write_bytes(data)
    return digest


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), partial(Answer, directory=sys.argv[1])).serve_forever()
