"""How people come in: Service, Ingress, Gateway; and what the operator is told."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from support.chart import CHART, NAME, NAMESPACE, everything, render

NOTES = """apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data:
  notes: |
    {{- tpl (.Files.Get "notes") . | nindent 4 }}
"""
PUBLIC = {"settings": {"web": {"public_url": "https://notebooks.example.org"}}}


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart with its notes in a manifest: helm prints them only where there is a cluster."""
    chart = Path(copytree(CHART, tmp_path_factory.mktemp("telling") / "sardonyx"))
    (chart / "templates" / "NOTES.txt").rename(chart / "notes")
    (chart / "templates" / "notes.yaml").write_text(NOTES)
    return chart


def test_an_ingress_has_host_and_path_of_the_address_that_people_type() -> None:
    """They stand once, in the settings."""
    ingress = everything().one("Ingress", NAME)
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]

    assert (rule["host"], path["path"], path["pathType"]) == ("notebooks.example.org", "/datalab", "Prefix")
    assert path["backend"]["service"] == {"name": NAME, "port": {"name": "http"}}
    assert ingress["spec"]["ingressClassName"] == "nginx"


def test_cert_manager_is_asked_for_the_certificate() -> None:
    """By an annotation that names its issuer."""
    ingress = everything().one("Ingress", NAME)

    assert ingress["metadata"]["annotations"]["cert-manager.io/cluster-issuer"] == "letsencrypt"
    assert ingress["spec"]["tls"] == [{"secretName": f"{NAME}-tls", "hosts": ["notebooks.example.org"]}]


def test_a_certificate_of_ones_own_is_taken_as_it_is() -> None:
    """Nobody is asked for another one."""
    tls = {"enabled": True, "secretName": "mine"}
    ingress = render({**PUBLIC, "ingress": {"enabled": True, "tls": tls}}).one("Ingress", NAME)

    assert ingress["spec"]["tls"] == [{"secretName": "mine", "hosts": ["notebooks.example.org"]}]
    assert "annotations" not in ingress["metadata"]
    assert ingress["spec"]["rules"][0]["http"]["paths"][0]["path"] == "/"


def test_an_issuer_of_the_namespace_is_named_as_one() -> None:
    """It is another kind, and another annotation."""
    tls = {"enabled": True, "issuer": "ours", "issuerKind": "Issuer"}
    ingress = render({**PUBLIC, "ingress": {"enabled": True, "tls": tls}}).one("Ingress", NAME)

    assert ingress["metadata"]["annotations"] == {"cert-manager.io/issuer": "ours"}


def test_other_hosts_than_that_of_the_settings_can_be_named() -> None:
    """Such as a second name of the same place."""
    hosts = ["a.example.org", "b.example.org"]
    ingress = render({**PUBLIC, "ingress": {"enabled": True, "hosts": hosts}}).one("Ingress", NAME)

    assert [rule["host"] for rule in ingress["spec"]["rules"]] == hosts


def test_a_route_of_the_gateway_api_leads_to_the_same_place() -> None:
    """With the same host and path."""
    route = everything().one("HTTPRoute", NAME)
    (rule,) = route["spec"]["rules"]

    assert route["spec"]["parentRefs"] == [{"name": "public", "namespace": "gateways"}]
    assert route["spec"]["hostnames"] == ["notebooks.example.org"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/datalab"}}]
    assert rule["backendRefs"] == [{"name": NAME, "port": 80}]
    assert rule["timeouts"] == {"request": "0s"}


def test_the_service_can_be_a_load_balancer() -> None:
    """For who has no Ingress."""
    service: dict[str, Any] = everything().one("Service", NAME)

    assert service["spec"]["type"] == "LoadBalancer"
    assert service["spec"]["loadBalancerSourceRanges"] == ["192.0.2.0/24"]
    assert service["spec"]["loadBalancerClass"] == "example.org/fast"
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30080}]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({}, f"kubectl --namespace {NAMESPACE} port-forward service/{NAME} 8000:80", id="nothing set"),
        pytest.param({"proxy": {"service": {"type": "LoadBalancer"}}}, "shows its address under EXTERNAL-IP", id="balancer"),
        pytest.param({"proxy": {"service": {"type": "NodePort"}}}, "shows the port that every node has for it", id="port"),
        pytest.param({**PUBLIC, "ingress": {"enabled": True}}, "   https://notebooks.example.org\n", id="address"),
        pytest.param({}, f"kubectl --namespace {NAMESPACE} get events --sort-by=.lastTimestamp", id="not started"),
        pytest.param({}, 'grep "first administrator"', id="link"),
        pytest.param({}, "People's data is in a store beside the hub, on its volume of 10Gi.", id="store"),
        pytest.param(
            {"networkPolicy": {"enabled": False}}, "Servers of people reach each other and the rest", id="policies"
        ),
        pytest.param(
            {"settings": {"web": {"public_url": "http://a.example.org"}}}, "Passwords travel in the clear", id="http"
        ),
    ],
)  # fmt: skip
def test_the_operator_is_told_what_to_do_next(values: dict[str, Any], said: str, telling: Path) -> None:
    """How to open the place, where the first link is, and what is not as it should be."""
    rendered = render(values, chart=telling)

    assert said in rendered.one("ConfigMap", "notes")["data"]["notes"]


def test_the_operator_of_a_cluster_with_cilium_is_told_of_it(telling: Path) -> None:
    """Where the hub would not reach the Kubernetes API, and nowhere else."""

    def notes(*more: str, cilium: bool = False) -> str:
        rendered = render({"networkPolicy": {"cilium": cilium}}, *more, chart=telling)
        return str(rendered.one("ConfigMap", "notes")["data"]["notes"])

    has_it, told = ("--api-versions", "cilium.io/v2/CiliumNetworkPolicy"), "write networkPolicy.cilium: true."
    assert told in notes(*has_it)
    assert told not in notes()
    assert told not in notes(*has_it, cilium=True)
