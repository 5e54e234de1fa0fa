"""`sardonyx check --kubernetes` on a real cluster: what is wrong there is found before anything is installed."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.chart import CHART
from support.chart_probe import probe_image
from support.cluster.cluster import Cluster
from support.cluster.images import SHELL
from support.cluster.people import kubeconfig, somebody
from support.cluster.place import RESTRICTED
from support.commands import sardonyx
from support.installations import an_installation
from support.waiting import soon

from sardonyx_hub_config.cluster_check.rights import Right, to_give, to_install

SMALL = {"title": "Small", "image": SHELL, "cpu": 0.5, "memory": "256M"}
SETTINGS: dict[str, Any] = {"profiles": {"python": None, "small": SMALL}, "kubernetes": {"image_pull_policy": "Never"}}
VALUES: dict[str, Any] = {"image": {"pullPolicy": "Never"}, "settings": SETTINGS}
FOUND = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def lab(cluster: Cluster) -> Iterator[str]:
    """A namespace as the docs tell operators to make one."""
    with cluster.namespace(labels=RESTRICTED) as namespace:
        yield namespace


@pytest.fixture
def looked(cluster: Cluster, lab: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FOUND:
    """Run the command for values; return its exit code and its lines."""

    def look(values: Mapping[str, Any], *told: str, access: Path | None = None) -> tuple[int, list[str]]:
        monkeypatch.setenv("KUBECONFIG", str(access or cluster.kubeconfig))
        path = tmp_path / "values.yaml"
        path.write_text(yaml.safe_dump({**VALUES, **values}))
        code, said = sardonyx("check", "--kubernetes", f"--namespace={lab}", f"--values={path}", *told)
        return code, said.splitlines()

    return look


def told(lines: Sequence[str], state: str) -> list[str]:
    """Return what was found of a state, without it."""
    return [line.removeprefix(f"{state:<6} ") for line in lines if line.startswith(f"{state} ")]


def settings(**more: Any) -> dict[str, Any]:
    """Return values with more in the settings."""
    return {"settings": {**SETTINGS, **more}}


def as_rules(rights: Sequence[Right]) -> list[dict[str, Any]]:
    """Return a Role's rules."""
    return [{"apiGroups": [each.group], "resources": [each.resource], "verbs": [each.verb]} for each in rights]


def test_a_cluster_without_a_fault_is_said_so_and_nothing_is_left_there(
    cluster: Cluster, lab: str, looked: FOUND, tmp_path: Path
) -> None:
    """Each image is fetched by a Pod that may do nothing."""
    cluster.load_image(probe_image(tmp_path / "probe.tar"))
    code, lines = looked({}, "--images")

    assert (code, told(lines, "FAULT"), told(lines, "note")) == (0, [], [])
    said = "\n".join(told(lines, "ok"))
    assert f"kubeconfig   context tests, namespace {lab}: {cluster.server}" in said
    assert "cluster      Kubernetes v1.36" in said
    assert f"rights       you may do in the namespace {lab} what helm install does" in said
    assert "homes        the storage class 'folders' makes them, and lets them grow" in said
    assert "nodes        one node; each kind of server that is offered fits on an empty one" in said
    assert (
        "namespace    it takes the hub, the proxy, the hub's volume, the job that checks the settings, homes and servers"
        in said
    )
    assert "images       sardonyx/hub:0.1.0 was fetched" in said
    assert f"images       {SHELL} was fetched" in said
    soon(lambda: cluster.get("pods", f"--namespace={lab}")["items"] == [])
    assert cluster.get("persistentvolumeclaims", f"--namespace={lab}")["items"] == []


def test_a_namespace_that_is_not_there_is_a_fault(looked: FOUND) -> None:
    """What is in it is not looked at; what is around it is."""
    code, lines = looked({}, "--namespace=nowhere")

    assert code == 1
    (fault,) = told(lines, "FAULT")
    assert fault.startswith("namespace    there is no namespace nowhere. Make it: kubectl create namespace nowhere")
    assert any(line.startswith("homes") for line in told(lines, "ok"))


def test_a_storage_class_that_is_not_there_is_a_fault(looked: FOUND) -> None:
    """A home would wait for ever."""
    code, lines = looked(settings(kubernetes={"homes": {"storage_class": "fast"}}))

    assert code == 1
    (fault,) = told(lines, "FAULT")
    assert fault == (
        "homes        there is no storage class 'fast'. Correct kubernetes.homes.storage_class in the settings; there are: folders."
    )


def test_an_ingress_class_that_is_not_there_is_a_fault(cluster: Cluster, looked: FOUND) -> None:
    """Nobody would serve the Ingress."""
    of_others = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "haproxy"}}
    cluster.apply({**of_others, "spec": {"controller": "example.org/haproxy"}})
    try:
        code, lines = looked({"ingress": {"enabled": True, "className": "nginx", "hosts": ["x.example.org"]}})
    finally:
        cluster.kubectl("delete", "ingressclass", "haproxy")

    assert code == 1
    assert told(lines, "FAULT") == [
        "ingress      there is no Ingress class 'nginx'. Correct ingress.className; there are: haproxy."
    ]


def test_a_gateway_where_there_is_no_gateway_api_is_a_fault(looked: FOUND) -> None:
    """Helm would fail in the middle."""
    code, lines = looked(
        {"gateway": {"enabled": True, "parentRefs": [{"name": "public"}], "hostnames": ["x.example.org"]}}
    )

    assert code == 1
    assert told(lines, "FAULT")[0].startswith(
        "cluster      it has no gateway.networking.k8s.io. The Gateway API is not installed"
    )


def test_a_secret_that_is_missing_or_lacks_a_key_is_a_fault(cluster: Cluster, lab: str, looked: FOUND) -> None:
    """With the command that makes it; what is in one is never said."""
    secret = {"metadata": {"name": "there"}, "stringData": {"key": "a-secret-value"}}
    cluster.apply({"apiVersion": "v1", "kind": "Secret", **secret}, namespace=lab)
    named = {"A": {"existingSecret": "there", "key": "key"}, "B": {"existingSecret": "there", "key": "other"}}
    code, lines = looked({"secretEnv": {**named, "C": {"existingSecret": "lost", "key": "key"}}})

    assert code == 1
    assert told(lines, "FAULT") == [
        "secrets      the Secret 'there', which secretEnv.B names, has no key 'other'. It has: key.",
        (
            f"secrets      there is no Secret 'lost' in the namespace {lab}, which secretEnv.C names. Make it: kubectl --namespace"
            f" {lab} create secret generic lost --from-file=key=FILE"
        ),
    ]
    assert "a-secret-value" not in "\n".join(lines)


def test_a_profile_that_is_too_large_for_every_node_is_a_fault(looked: FOUND) -> None:
    """By what is kept for it alone; GPUs are looked for by their name."""
    huge, gpu = {**SMALL, "memory": "1000T"}, {**SMALL, "gpus": 1}
    code, lines = looked(settings(profiles={"python": None, "huge": huge, "gpu": gpu}))

    assert code == 1
    (without, large) = [line for line in told(lines, "FAULT") if line.startswith("nodes")]
    assert large.startswith(
        "nodes        no node can ever hold a server of the profile 'huge': 512000 GB are kept for it alone"
    )
    assert without.startswith(
        "nodes        no node can ever hold a server of the profile 'gpu': it asks for nvidia.com/gpu, and no node has any."
    )


def test_a_quota_that_is_too_small_is_a_fault(cluster: Cluster, lab: str, looked: FOUND) -> None:
    """As the cluster itself says, for the server that is too large and not for the other; and for all of them together."""
    hard = {"limits.memory": "3Gi", "requests.storage": "30Gi"}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}}
    cluster.apply(quota, namespace=lab)
    soon(lambda: "used" in cluster.get("resourcequota", "small", f"--namespace={lab}").get("status", {}))
    large = {**SMALL, "memory": "4G"}
    code, lines = looked(settings(profiles={"python": None, "small": SMALL, "large": large}))

    assert code == 1
    assert told(lines, "FAULT") == [
        (
            "namespace    it does not take servers of the profile 'large': the ResourceQuota small is too small for one"
            " (limits.memory: 4 GB asked for, 0 MB of 3 GB in use). Have it made larger, or change profiles.large in the settings."
        )
    ]
    assert "quota        the ResourceQuota small has room for 2 servers of the smallest kind (limits.memory)" in told(
        lines, "ok"
    )


def test_what_a_namespace_does_not_let_in_is_a_fault(cluster: Cluster, lab: str, looked: FOUND) -> None:
    """By its limits, by its level, or because a name is wrong."""
    limits = [{"type": "Container", "max": {"memory": "128Mi"}}]
    about = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "r"}, "spec": {"limits": limits}}
    refusals = {
        'lets in only Pods of the level restricted:latest: allowPrivilegeEscalation != false (container "more"': {
            "initContainers": [{"name": "more", "image": SHELL}]
        },
        "there is no RuntimeClass 'gvisor', which kubernetes.pod in the settings names.": {
            "runtimeClassName": "gvisor"
        },
        'what a Pod does not have: unknown field "spec.runtimeClasName"': {"runtimeClasName": "gvisor"},
    }
    for said, pod in refusals.items():
        (fault,) = told(looked(settings(kubernetes={"pod": pod}))[1], "FAULT")
        assert said in fault
    (priority,) = told(looked(settings(kubernetes={"priority_class": "lost"}))[1], "FAULT")
    cluster.apply(about, namespace=lab)
    limited = told(looked({})[1], "FAULT")

    assert "it does not take servers of the profile 'small': there is no PriorityClass 'lost'." in priority
    assert any(
        "it does not take the hub: a LimitRange of the namespace says: maximum memory usage per Container" in f
        for f in limited
    )


def test_an_image_that_no_node_has_is_a_fault(cluster: Cluster, lab: str, looked: FOUND) -> None:
    """And its Pod is removed, too."""
    lost = {**SMALL, "image": "localhost/lost:1"}
    code, lines = looked(settings(profiles={"python": None, "lost": lost}), "--images")

    assert code == 1
    assert any(fault.startswith("images       localhost/lost:1 cannot be fetched: ") for fault in told(lines, "FAULT"))
    soon(lambda: cluster.get("pods", f"--namespace={lab}")["items"] == [])


def test_who_has_no_rights_is_told_which_and_what_could_not_be_looked_at(
    cluster: Cluster, lab: str, looked: FOUND, tmp_path: Path
) -> None:
    """Not being allowed to look is no fault of the cluster."""
    access = kubeconfig(cluster, lab, somebody(cluster, lab, "nobody"), tmp_path / "nobody")
    code, lines = looked({}, "--images", access=access)

    assert code == 1
    (install, give) = told(lines, "FAULT")
    assert install.startswith("rights       you may not get/create/patch/delete serviceaccounts, ")
    assert give.startswith(
        "rights       you may not give the hub its Role, because you yourself may not list/watch/create/patch/delete pods,"
    )
    unseen = {line.split()[0] for line in told(lines, "note") if "could not be looked at: you may not" in line}
    assert unseen == {"namespace", "homes", "nodes", "quota", "images"}


def test_the_role_admin_of_a_namespace_is_enough(cluster: Cluster, lab: str, looked: FOUND, tmp_path: Path) -> None:
    """As the docs say. What is the whole cluster's is not shown to it."""
    access = kubeconfig(cluster, lab, somebody(cluster, lab, "admin", is_admin=True), tmp_path / "admin")
    code, lines = looked({}, access=access)

    assert (code, told(lines, "FAULT")) == (0, [])
    assert f"rights       you may do in the namespace {lab} what helm install does" in told(lines, "ok")
    unseen = {line.split()[0] for line in told(lines, "note") if "could not be looked at: you may not list" in line}
    assert unseen == {"homes", "nodes"}


def test_a_token_that_is_no_longer_good_is_said_so(cluster: Cluster, lab: str, looked: FOUND, tmp_path: Path) -> None:
    """In a sentence, and nothing is asked with it again."""
    token = somebody(cluster, lab, "gone")
    cluster.kubectl("delete", "serviceaccount", "gone", f"--namespace={lab}")
    access = kubeconfig(cluster, lab, token, tmp_path / "gone")
    code, lines = looked({}, access=access)

    assert code == 1
    (fault,) = told(lines, "FAULT")
    assert "it does not know who you are: your sign-in has expired, or is for another cluster." in fault


def test_the_rights_that_are_asked_for_are_enough_to_install_upgrade_and_remove(
    cluster: Cluster, lab: str, looked: FOUND, tmp_path: Path
) -> None:
    """With Helm itself, as somebody who has them and no others."""
    cluster.load_image(probe_image(tmp_path / "probe.tar"))
    values = an_installation().values
    rights = [*to_install(values), *to_give()]
    access = kubeconfig(cluster, lab, somebody(cluster, lab, "installer", as_rules(rights)), tmp_path / "installer")
    _code, lines = looked({}, access=access)
    given = json.dumps({"image": {"pullPolicy": "Never"}})
    at = (f"--namespace={lab}", f"--kubeconfig={access}")
    install = ("upgrade", "place", str(CHART), "--install", "--wait", "--timeout=120s", "--values=-", *at)

    assert told(lines, "FAULT") == []
    cluster.helm(*install, given=given)
    cluster.helm(*install, "--set=settings.title=Another", given=given)
    cluster.helm("uninstall", "place", *at)
    assert cluster.get("deployments", f"--namespace={lab}")["items"] == []
