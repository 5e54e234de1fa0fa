"""The chart on a real cluster: what Kubernetes lets be, what stays over an upgrade, and what is left behind.

A small program is in the place of the hub, and says what it finds.
"""

import json
import re
import shlex
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from support.chart import CHART, OF_OTHERS, everything
from support.chart_probe import probe_image
from support.cluster.cluster import Cluster
from support.cluster.kinds import brought
from support.cluster.pods import pod, until
from support.waiting import soon

from sardonyx_spawner.kube.rights import RIGHTS

RELEASE = "sardonyx"
RESTRICTED = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "latest",
    "pod-security.kubernetes.io/warn": "restricted",
}
VALUES: dict[str, Any] = {
    "image": {"pullPolicy": "Never"},
    "secretFiles": {"database": {"existingSecret": "database", "key": "url"}},
    "settings": {"title": "Datalab"},
}
MAY = [f"{verb} {resource}" for resource, verbs in RIGHTS.items() for verb in verbs]
MAY_NOT = [
    *(f"{verb} secrets" for verb in ("get", "list", "watch")),
    *("create pods/exec", "create pods/portforward", "get configmaps", "create services", "create serviceaccounts"),
    *("create serviceaccounts/token", "update roles", "create rolebindings", "patch deployments", "get nodes"),
]

KUBERNETES_OWN = {"configmap/kube-root-ca.crt", "serviceaccount/default"}
LEFT = {f"persistentvolumeclaim/{RELEASE}-hub", "pod/somebody", "secret/database", *KUBERNETES_OWN}
NOWHERE = "127.0.0.1:1/sardonyx/hub"
"""A registry that does not answer."""
GROUPS = {"roles": "rbac.authorization.k8s.io", "rolebindings": "rbac.authorization.k8s.io", "deployments": "apps"}
SERVER = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@dataclass
class Installed:
    """The chart in a namespace."""

    cluster: Cluster
    namespace: str

    def helm(self, *told: str, values: Any = None, fails: bool = False) -> str:
        """Run helm for the release; return what it said."""
        verb, *more = told
        command = (verb, RELEASE, *more, f"--namespace={self.namespace}")
        return self.cluster.helm(*command, given=None if values is None else json.dumps(values), fails=fails)

    def install(self, **values: Any) -> None:
        """Install it, or bring it forward; it is through when everything answers."""
        chart = (str(CHART), "--install", "--wait", "--timeout=120s", "--values=-")
        self.helm("upgrade", *chart, values={**VALUES, **values})

    def get(self, *told: str) -> Any:
        """Return what kubectl gets."""
        return self.cluster.get(*told, f"--namespace={self.namespace}")

    def pod(self, component: str) -> dict[str, Any]:
        """Return the one pod of a component."""
        (found,) = self.get("pods", f"--selector=app.kubernetes.io/component={component}")["items"]
        return dict(found)

    def may(self, asked: str, namespace: str) -> bool:
        """Tell whether the hub may do something: "get pods/log"."""
        verb, kind = asked.split()
        resource, _, below = kind.partition("/")
        group = GROUPS.get(resource, "")
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": f"system:serviceaccount:{self.namespace}:{RELEASE}-hub",
                "resourceAttributes": {
                    "namespace": namespace, "verb": verb, "group": group, "resource": resource, "subresource": below,
                },
            },
        }  # fmt: skip
        said = self.cluster.kubectl("create", "-f", "-", "--output=json", given=review)
        return bool(json.loads(said)["status"]["allowed"])

    def would_be(self, *manifests: Any, fails: bool = False) -> str:
        """Return what the API server says of objects that are not made."""
        strictly = ("--dry-run=server", "--validate=strict", "--warnings-as-errors")
        told = ("apply", *strictly, f"--namespace={self.namespace}", "--filename=-")
        return self.cluster.kubectl(*told, given={"apiVersion": "v1", "kind": "List", "items": manifests}, fails=fails)

    def left(self) -> set[str]:
        """Return what is in the namespace."""
        kinds = "all,configmap,secret,persistentvolumeclaim,networkpolicy,role,serviceaccount"
        return set(self.cluster.kubectl("get", kinds, "--output=name", f"--namespace={self.namespace}").split())

    def told(self, notes: str, verb: str) -> str:
        """Return what a command says that Helm has told the operator to type."""
        (command,) = [line for line in notes.splitlines() if f"{self.namespace} {verb}" in line]
        return self.cluster.kubectl(*shlex.split(command)[1:])

    def said(self) -> dict[str, str]:
        """Return what the program in the place of the hub found."""
        name = self.pod("hub")["metadata"]["name"]
        lines = self.cluster.kubectl("logs", name, f"--namespace={self.namespace}").splitlines()
        return dict(line.split(" ", 1) for line in lines)


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """The chart, installed in a namespace in which Pods may do as little as Kubernetes can ask."""
    cluster.load_image(probe_image(tmp_path_factory.mktemp("probe") / "probe.tar"))
    with cluster.namespace(labels=RESTRICTED) as namespace:
        secret = {"metadata": {"name": "database"}, "stringData": {"url": "postgresql://somewhere"}}
        cluster.apply({"apiVersion": "v1", "kind": "Secret", **secret}, namespace=namespace)
        installed = Installed(cluster, namespace)
        installed.install()
        yield installed


def test_all_pods_are_let_into_a_namespace_that_is_restricted(place: Installed) -> None:
    """Kubernetes refuses them there, or they run."""
    ready = {
        each["metadata"]["name"]: each["status"].get("readyReplicas") for each in place.get("deployments")["items"]
    }

    assert ready == {f"{RELEASE}-hub": 1, f"{RELEASE}-proxy": 1}
    assert "violates PodSecurity" not in json.dumps(place.get("events"))


def test_everything_that_can_be_switched_on_is_taken_without_a_warning(place: Installed) -> None:
    """By the API server itself, which warns of Pods that it would refuse, and of what it does not know."""
    manifests = [each for each in everything().manifests if each["kind"] not in OF_OTHERS]

    assert len(place.would_be(*manifests).splitlines()) == len(manifests)


@pytest.fixture(scope="module")
def kinds_of_others(cluster: Cluster) -> Iterator[None]:
    """What the Gateway API, the Prometheus operator and Cilium bring into a cluster."""
    with brought(cluster, *OF_OTHERS):
        yield


@pytest.mark.usefixtures("kinds_of_others")
def test_kinds_of_others_are_taken_as_those_define_them(place: Installed) -> None:
    """By the API server, with their own definitions: no field is unknown, and none of a wrong kind."""
    manifests = [each for each in everything().manifests if each["kind"] in OF_OTHERS]

    assert {each["kind"] for each in manifests} == OF_OTHERS
    assert len(place.would_be(*manifests).splitlines()) == len(manifests)


@pytest.mark.usefixtures("kinds_of_others")
@pytest.mark.parametrize(
    ("kind", "part"), [("HTTPRoute", "rules"), ("ServiceMonitor", "endpoints"), ("CiliumNetworkPolicy", "egress")]
)
def test_a_field_that_others_do_not_know_is_refused(place: Installed, kind: str, part: str) -> None:
    """So the test above would find it."""
    (manifest,) = deepcopy(everything().of(kind))
    manifest["spec"][part][0]["tls_secret"] = "mine"

    # By kubectl, where it has heard of the kind, or else by the API server.
    assert re.search(r'unknown field "[\w.\[\]]*tls_secret"', place.would_be(manifest, fails=True))


def test_the_hub_is_nobody_who_may_change_its_image(place: Installed) -> None:
    """A user with a number, and a file system to read."""
    found = place.said()

    assert found["user"] == "1000:1000"
    assert found["root"] == "shut"


def test_a_secret_is_read_by_the_group_of_the_pod_and_by_nobody_else(place: Installed) -> None:
    """It is root's: this is what the hub takes for closed in a Pod."""
    assert place.said()["secret"] == "postgresql://somewhere 440 0:1000"


def test_the_data_folder_and_its_keys_are_the_hubs_alone(place: Installed) -> None:
    """After another start, too: Kubernetes does not open them to the group."""
    before = place.said()
    place.cluster.kubectl("rollout", "restart", f"deployment/{RELEASE}-hub", f"--namespace={place.namespace}")
    place.cluster.kubectl("rollout", "status", f"deployment/{RELEASE}-hub", f"--namespace={place.namespace}")

    assert before["folder"] == "700 1000:1000"
    assert before["key"].endswith(" 600 1000:1000")
    assert place.said() == before


@pytest.mark.parametrize(
    ("elsewhere", "asked", "allowed"),
    [
        pytest.param(False, MAY, True, id="what it does"),
        pytest.param(False, MAY_NOT, False, id="anything else"),
        pytest.param(True, MAY, False, id="the same in another namespace"),
    ],
)
def test_the_hub_may_what_it_does_and_nothing_else(
    place: Installed, asked: list[str], *, elsewhere: bool, allowed: bool
) -> None:
    """As Kubernetes itself says of its service account."""
    namespace = "default" if elsewhere else place.namespace

    assert {each: place.may(each, namespace) for each in asked} == dict.fromkeys(asked, allowed)


def test_an_upgrade_with_a_fault_in_the_settings_changes_nothing(place: Installed) -> None:
    """Helm says what the fault is."""
    before = place.pod("hub")["metadata"]["uid"]
    values = {**VALUES, "settings": {"title": "Wrong"}}
    refused = place.helm("upgrade", str(CHART), "--timeout=60s", "--values=-", values=values, fails=True)

    assert "Sardonyx: the settings have one fault: line 1, title: is wrong." in refused
    assert place.pod("hub")["metadata"]["uid"] == before


def test_an_upgrade_keeps_servers_tokens_and_the_proxy(place: Installed) -> None:
    """Other settings are a matter of the hub alone."""
    server = pod("somebody", "exec sleep 600", securityContext=SERVER, container={"securityContext": CONTAINER})
    server["metadata"]["labels"] |= {
        "app.kubernetes.io/name": "sardonyx",
        "app.kubernetes.io/instance": RELEASE,
        "app.kubernetes.io/component": "singleuser-server",
    }
    place.cluster.apply(server, namespace=place.namespace)
    until(place.cluster, place.namespace, "somebody", "Running")

    def seen() -> dict[str, Any]:
        pods = {part: place.pod(part)["metadata"]["uid"] for part in ("proxy", "singleuser-server")}
        secrets = place.get("secrets", "--selector=app.kubernetes.io/name=sardonyx")["items"]
        return {**pods, **{each["metadata"]["name"]: each["data"] for each in secrets}}

    before, hub = seen(), place.pod("hub")["metadata"]["uid"]
    place.install(settings={"title": "Another"})

    assert len(before) == 4
    assert seen() == before
    assert place.pod("hub")["metadata"]["uid"] != hub


def test_what_was_on_the_volume_is_there_when_it_is_installed_again(place: Installed) -> None:
    """`helm uninstall` leaves that, and what belongs to people."""
    before = place.said()["key"]
    place.helm("uninstall")

    soon(lambda: place.left() == LEFT)
    place.install()

    assert place.said()["key"] == before


def test_another_installation_in_the_cluster_is_no_trouble(place: Installed) -> None:
    """Under the same name, in another namespace."""
    with place.cluster.namespace(labels=RESTRICTED) as namespace:
        other = Installed(place.cluster, namespace)
        other.install(secretFiles={})

        assert other.said()["key"] != place.said()["key"]


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Installed]:
    """A namespace in which nothing was installed yet."""
    with cluster.namespace(labels=RESTRICTED) as namespace:
        yield Installed(cluster, namespace)


def test_who_names_a_wrong_image_of_the_hub_reads_so_and_has_nothing_to_clear_away(empty: Installed) -> None:
    """Helm says which Pod it waited for, the cluster says why, and that outlives what is removed."""
    values = {"image": {"repository": NOWHERE}, "settings": {"title": "Datalab"}}
    said = empty.helm("install", str(CHART), "--timeout=15s", "--values=-", values=values, fails=True)
    events = empty.cluster.kubectl("get", "events", f"--namespace={empty.namespace}")
    empty.helm("uninstall")

    assert f"pod logs for pod: {RELEASE}-check-" in said
    assert "timed out waiting for the condition" in said
    assert f'Failed to pull image "{NOWHERE}:0.1.0"' in events
    soon(lambda: empty.left() == KUBERNETES_OWN)


@pytest.mark.usefixtures("place")  # which brings the image
def test_who_has_no_storage_class_of_that_name_reads_so_by_what_helm_tells_them_to_type(empty: Installed) -> None:
    """The hub's log has nothing: it was never started. The claim stays, as that of any hub."""
    values = {**VALUES, "secretFiles": {}, "hub": {"storage": {"storageClass": "nowhere"}}}
    notes = empty.helm("install", str(CHART), "--timeout=60s", "--values=-", values=values)
    soon(lambda: 'storageclass.storage.k8s.io "nowhere" not found' in empty.told(notes, "get events"))

    assert "PersistentVolumeClaim" in empty.told(notes, "describe pod")
    empty.helm("uninstall")
    soon(lambda: empty.left() == {f"persistentvolumeclaim/{RELEASE}-hub", *KUBERNETES_OWN})
