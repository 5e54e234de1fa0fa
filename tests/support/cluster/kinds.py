"""Kinds that others bring into a cluster, as they define them: from their Go modules, of which nothing is compiled."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from support.cluster.cluster import Cluster
from support.go_programs import find_go

MODULE = Path(__file__).parents[1] / "go_kinds"
GATEWAY_API = "sigs.k8s.io/gateway-api"
PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator"
CILIUM = "github.com/cilium/cilium"
ROUTES = "config/crd/standard/gateway.networking.k8s.io_{}.yaml"
DEFINED = {
    "Gateway": (GATEWAY_API, ROUTES.format("gateways")),
    "HTTPRoute": (GATEWAY_API, ROUTES.format("httproutes")),
    "ServiceMonitor": (
        PROMETHEUS_OPERATOR,
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
    "CiliumNetworkPolicy": (CILIUM, "pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml"),
}
"""A kind -> the module, and the file in it with its CustomResourceDefinition."""
PATIENCE_S = 300


@cache
def _modules() -> dict[str, Path]:
    """Return where the modules are, fetched by the first run on a machine; go.sum says what has to be in them."""
    told = [find_go("what others bring into a cluster is fetched with it"), "mod", "download", "-json"]
    result = subprocess.run(
        told,
        cwd=MODULE,
        env={**os.environ, "GOWORK": "off"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    decoder, text, found = json.JSONDecoder(), result.stdout.strip(), {}
    while text:
        each, end = decoder.raw_decode(text)
        found[each["Path"]] = Path(each["Dir"])
        text = text[end:].lstrip()
    return found


@contextmanager
def brought(cluster: Cluster, *kinds: str) -> Iterator[None]:
    """Let a cluster know kinds of others meanwhile."""
    files = [_modules()[module] / file for module, file in (DEFINED[kind] for kind in kinds)]
    named = [f"--filename={file}" for file in files]
    # They are larger than what `apply` writes down of an object.
    cluster.kubectl("create", *named)
    try:
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", *named)
        yield
    finally:
        cluster.kubectl("delete", *named)
