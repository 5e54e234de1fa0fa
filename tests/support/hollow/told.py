"""What the kubelet of hollow nodes is told when it starts, as a file of JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

LABEL = "sardonyx.test/hollow"
"""On every hollow node, as a label and as a taint: nothing is placed there that does not ask for it."""
SELECTOR = {LABEL: "true"}
TOLERATION = {"key": LABEL, "operator": "Exists", "effect": "NoSchedule"}
PODS_PER_NODE = 110
"""As kubelets have it unless they are told otherwise."""


@dataclass(frozen=True)
class Told:
    """Where the API server is, which nodes there are, and how long servers take.

    Args:
        server: address of the API server.
        authority: file with the certificate that it is known by.
        token: of somebody who may do everything.
        address: of the node in whose namespaces all this is.
        port: where kubelets are asked for logs.
        certificate: file; what is said there is encrypted with it.
        key: file of the same.
        nodes: their names.
        begins_s: from being bound to a node until the container runs.
        answers_s: from then on until the server in it listens.
        ends_s: from the request to end until it is gone.
        ready: file that is written when the nodes are known.
    """

    server: str
    authority: str
    token: str
    address: str
    port: int
    certificate: str
    key: str
    nodes: tuple[str, ...]
    begins_s: float
    answers_s: float
    ends_s: float
    ready: str

    def write(self, file: Path) -> None:
        """Write it down."""
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: Path) -> "Told":
        """Read what was written."""
        told = json.loads(file.read_text())
        return cls(**{**told, "nodes": tuple(told["nodes"])})
