"""Who lets people in by https: nginx of this machine, told what an Ingress or an HTTPRoute of the cluster says, as a controller is."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from support.authority import Certificate
from support.cluster.cluster import Cluster
from support.nginx import Site


def of_ingress(cluster: Cluster, namespace: str, name: str) -> Site:
    """Return what an Ingress says: its host, the Secret with its certificate, and the Service behind its path."""
    ingress = cluster.get("ingress", name, f"--namespace={namespace}")["spec"]
    (rule,), (tls,) = ingress["rules"], ingress["tls"]
    (path,) = rule["http"]["paths"]
    assert tls["hosts"] == [rule["host"]]
    service = path["backend"]["service"]
    behind = _behind(cluster, namespace, service["name"], service["port"])
    return _site(cluster, _certificate(cluster, namespace, tls["secretName"]), path["path"], behind, [rule["host"]])


def of_route(cluster: Cluster, namespace: str, name: str) -> Site:
    """Return what an HTTPRoute says, with the certificate of its Gateway."""
    route = cluster.get("httproute.gateway.networking.k8s.io", name, f"--namespace={namespace}")["spec"]
    (parent,), (rule,) = route["parentRefs"], route["rules"]
    gateway = cluster.get("gateway.gateway.networking.k8s.io", parent["name"], f"--namespace={parent['namespace']}")
    (listener,) = gateway["spec"]["listeners"]
    (secret,), (match,), (backend,) = listener["tls"]["certificateRefs"], rule["matches"], rule["backendRefs"]
    behind = _behind(cluster, namespace, backend["name"], {"number": backend["port"]})
    certificate = _certificate(cluster, parent["namespace"], secret["name"])
    assert match["path"]["type"] == "PathPrefix"
    return _site(cluster, certificate, match["path"]["value"], behind, route["hostnames"])


def _site(cluster: Cluster, certificate: Certificate, path: str, behind: str, names: Sequence[str]) -> Site:
    return Site(f"{cluster.host_address}:443", certificate, {path: behind}, names)


def _behind(cluster: Cluster, namespace: str, name: str, port: Mapping[str, Any]) -> str:
    service = cluster.get("service", name, f"--namespace={namespace}")["spec"]
    (found,) = [each["port"] for each in service["ports"] if port in ({"name": each["name"]}, {"number": each["port"]})]
    return f"http://{service['clusterIP']}:{found}"


def _certificate(cluster: Cluster, namespace: str, name: str) -> Certificate:
    data = cluster.get("secret", name, f"--namespace={namespace}")["data"]
    return Certificate(*(base64.b64decode(data[key]).decode() for key in ("tls.crt", "tls.key")))
