"""Ways that the chart's policies close, opened for the machine of the tests, which is outside of the cluster."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from support.cluster.place import Place


@contextmanager
def open_to_the_host(place: Place, component: str, *ports: int) -> Iterator[None]:
    """Let the host reach ports of the Pods of a component meanwhile."""
    name = f"tests-{component}"
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/component": component}},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [{"ipBlock": {"cidr": f"{place.cluster.host_address}/32"}}],
                    "ports": [{"port": port} for port in ports],
                }
            ],
        },
    }
    place.cluster.apply(policy, namespace=place.namespace)
    try:
        yield
    finally:
        place.kubectl("delete", "networkpolicy", name)


def listens(address: tuple[str, int]) -> bool:
    """Tell whether the host connects to an address."""
    with suppress(OSError), socket.create_connection(address, timeout=5):
        return True
    return False
