import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from support import web
from support.cluster.cluster import Cluster, running_cluster
from support.cluster.images import busybox_image
from support.cluster.pods import phase, pod, said, until
from support.waiting import soon

MIB = 1024 * 1024


@contextmanager
def answering_with_who_asks(address: str) -> Iterator[int]:
    """Answer, on an address of the host's, with the address of whoever asks."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"you are {self.client_address[0]}\n".encode())

        def log_message(self, *_told: object) -> None:
            pass

    with ThreadingHTTPServer((address, 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_what_a_pod_said_is_read(cluster: Cluster, namespace: str) -> None:
    """A pod runs, and its log is read."""
    assert said(cluster, namespace, "greeter", "echo hello; id -u") == "hello\n0\n"


def test_the_name_of_a_service_leads_to_its_pod_from_pods_and_its_address_from_the_host(
    cluster: Cluster, namespace: str
) -> None:
    """Names, services and the way between host and pods are those of a real cluster."""
    page = "mkdir -p /tmp/www; echo a page > /tmp/www/index.html; exec httpd -f -p 8000 -h /tmp/www"
    cluster.apply(
        pod("pages", page),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {"selector": {"app": "pages"}, "ports": [{"port": 80, "targetPort": 8000}]},
        },
        namespace=namespace,
    )
    until(cluster, namespace, "pages", "Running")
    address = cluster.get("service", "web", f"--namespace={namespace}")["spec"]["clusterIP"]
    soon(lambda: web.get(f"http://{address}", timeout=2).text == "a page\n")

    ask = f"nslookup web.{namespace}.svc.cluster.local; wget -q -O - http://{address}/"
    words = said(cluster, namespace, "reader", ask)

    assert f"Address: {address}" in words
    assert words.endswith("a page\n")


def test_a_pod_reaches_the_host_under_its_own_address_and_the_host_reaches_the_pod(
    cluster: Cluster, namespace: str
) -> None:
    """A hub or a store on the host is reached by pods, and reaches them, without translation."""
    with answering_with_who_asks(cluster.host_address) as port:
        ask = f"wget -q -O - http://{cluster.host_address}:{port}/; exec httpd -f -p 8000 -h /etc"
        cluster.apply(pod("caller", ask), namespace=namespace)
        until(cluster, namespace, "caller", "Running")
        address = cluster.get("pod", "caller", f"--namespace={namespace}")["status"]["podIP"]
        soon(lambda: cluster.kubectl("logs", "caller", f"--namespace={namespace}") == f"you are {address}\n")

    soon(lambda: web.get(f"http://{address}:8000/passwd", timeout=2).status_code == 200)


def test_a_claimed_volume_keeps_a_file_over_two_pods_and_is_gone_with_its_claim(
    cluster: Cluster, namespace: str
) -> None:
    """The storage class makes volumes, and removes them."""
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "home"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        },
        namespace=namespace,
    )
    mounted = {
        "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": "home"}}],
        "container": {"volumeMounts": [{"name": "home", "mountPath": "/work"}]},
        "securityContext": {"runAsUser": 1000},
    }

    said(cluster, namespace, "writer", "echo kept > /work/note", **mounted)
    cluster.kubectl("delete", "pod", "writer", f"--namespace={namespace}")
    assert said(cluster, namespace, "reader", "cat /work/note", **mounted) == "kept\n"

    volume = cluster.get("pvc", "home", f"--namespace={namespace}")["spec"]["volumeName"]
    folder = cluster.folder / "volumes" / volume
    assert (folder / "note").read_text() == "kept\n"
    cluster.kubectl("delete", "pod/reader", "pvc/home", f"--namespace={namespace}")
    soon(lambda: not folder.exists(), 60)


def test_limits_are_in_the_control_group_of_the_container(cluster: Cluster, namespace: str) -> None:
    """What the pod's limits say is what the kernel keeps."""
    limits = {"resources": {"limits": {"memory": "64Mi", "cpu": "500m"}}}
    cluster.apply(pod("limited", "sleep 600", container=limits), namespace=namespace)
    until(cluster, namespace, "limited", "Running")

    status = cluster.get("pod", "limited", f"--namespace={namespace}")
    container = status["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    groups = list(Path("/sys/fs/cgroup").glob(f"**/{cluster.node.network.name}/**/{container}/memory*max"))
    groups += Path("/sys/fs/cgroup").glob(f"**/{cluster.node.network.name}/**/{container}/memory.limit_in_bytes")

    assert str(64 * MIB) in [group.read_text().strip() for group in groups]


def test_a_pod_that_takes_more_memory_than_its_limit_is_killed(cluster: Cluster, namespace: str) -> None:
    """A limit of memory ends what takes more, and Kubernetes says so."""
    limits = {"resources": {"limits": {"memory": "32Mi"}}}
    # A variable that doubles until there is no room.
    greedy = "word=xxxxxxxxxxxxxxxx; while :; do word=$word$word; done"
    cluster.apply(pod("greedy", greedy, container=limits), namespace=namespace)

    until(cluster, namespace, "greedy", "Failed")

    status = cluster.get("pod", "greedy", f"--namespace={namespace}")
    assert status["status"]["containerStatuses"][0]["state"]["terminated"]["reason"] == "OOMKilled"


def test_a_namespace_that_is_restricted_refuses_a_pod_of_root(cluster: Cluster) -> None:
    """Pod Security is on."""
    with cluster.namespace(labels={"pod-security.kubernetes.io/enforce": "restricted"}) as restricted:
        told = ("apply", f"--namespace={restricted}", "-f", "-")
        reason = cluster.kubectl(*told, given=pod("root", "true"), fails=True)
        assert 'violates PodSecurity "restricted:latest"' in reason
        assert "runAsNonRoot != true" in reason

        own = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        person = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
        words = said(cluster, restricted, "person", "id -u", container={"securityContext": own}, securityContext=person)
        assert words == "1000\n"


def test_a_service_account_reads_what_its_role_says_and_the_audit_log_has_it(cluster: Cluster, namespace: str) -> None:
    """Rights are kept, and what was asked for is written down."""
    role = {"kind": "Role", "metadata": {"name": "reader"}, "apiVersion": "rbac.authorization.k8s.io/v1"}
    may = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]
    who = [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}]
    given = {"kind": "Role", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}
    cluster.apply(
        {**role, "rules": may}, {**role, "kind": "RoleBinding", "subjects": who, "roleRef": given}, namespace=namespace
    )
    token = cluster.kubectl("create", "token", "default", f"--namespace={namespace}").strip()

    with web.Client(headers={"Authorization": f"Bearer {token}"}, verify=False) as asked:
        address = f"{cluster.server}/api/v1/namespaces/{namespace}"
        assert asked.get(f"{address}/pods").status_code == 200
        assert asked.get(f"{address}/secrets").status_code == 403

    name = f"system:serviceaccount:{namespace}:default"
    lines = map(json.loads, cluster.audit_log.read_text().splitlines())
    used = [(line["verb"], line["objectRef"]["resource"]) for line in lines if line["user"].get("username") == name]
    assert used == [("list", "pods"), ("list", "secrets")]


def test_an_image_is_brought_to_the_node(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    """An image is there without a registry."""
    cluster.load_image(busybox_image(tmp_path / "image.tar", "sardonyx.test/other:3", ("echo", "from the image")))

    described = pod("other", "")
    del described["spec"]["containers"][0]["command"]
    described["spec"]["containers"][0]["image"] = "sardonyx.test/other:3"
    cluster.apply(described, namespace=namespace)
    until(cluster, namespace, "other", "Succeeded")
    assert cluster.kubectl("logs", "other", f"--namespace={namespace}") == "from the image\n"


def test_a_chart_is_installed_and_removed(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    """Helm works with it."""
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: words\nversion: 1.0.0\n")
    said_by = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "words"}, "data": {"word": "{{ .Values.word }}"}}'
    (chart / "templates/words.yaml").write_text(said_by)

    cluster.helm("install", "words", str(chart), "--set=word=hello", f"--namespace={namespace}")
    assert cluster.get("configmap", "words", f"--namespace={namespace}")["data"] == {"word": "hello"}
    cluster.helm("uninstall", "words", f"--namespace={namespace}")
    assert "not found" in cluster.kubectl("get", "configmap", "words", f"--namespace={namespace}", fails=True)


def test_two_pods_for_one_gpu_are_started_one_after_the_other(cluster: Cluster, namespace: str) -> None:
    """A resource that the node only says it has is given to one pod at a time."""
    cluster.set_capacity("nvidia.com/gpu", 1)
    one = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}
    cluster.apply(pod("first", "sleep 600", container=one), namespace=namespace)
    until(cluster, namespace, "first", "Running")
    cluster.apply(pod("second", "sleep 600", container=one), namespace=namespace)
    told = ("events", f"--namespace={namespace}", "--for=pod/second")
    soon(lambda: "Insufficient nvidia.com/gpu" in cluster.kubectl(*told))
    assert phase(cluster, namespace, "second") == "Pending"

    cluster.kubectl("delete", "pod", "first", f"--namespace={namespace}")

    until(cluster, namespace, "second", "Running")


def test_pods_go_on_while_the_api_server_is_away(cluster: Cluster, namespace: str) -> None:
    """The API server can be taken away and brought back."""
    cluster.apply(pod("steady", "exec httpd -f -p 8000 -h /etc"), namespace=namespace)
    until(cluster, namespace, "steady", "Running")
    address = cluster.get("pod", "steady", f"--namespace={namespace}")["status"]["podIP"]

    cluster.stop_api_server()
    try:
        with pytest.raises(httpx.ConnectError):
            web.get(cluster.server, timeout=5)
        soon(lambda: web.get(f"http://{address}:8000/passwd", timeout=2).status_code == 200)
    finally:
        cluster.bring_api_server_back()

    assert phase(cluster, namespace, "steady") == "Running"


def _the_machine() -> dict[str, set[str]]:
    """Return what a cluster could leave; other tests that run at the same time have mounts and groups of their own."""

    def lines(*command: str) -> list[str]:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    usual = ("/run/netns", "/run/containerd", "/run/runc", "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers")
    return {
        "mounts": {line for line in lines("cat", "/proc/mounts") if "sardonyx-k" in line or "kubelet" in line},
        "links": {line for line in lines("ip", "-brief", "link") if "sardonyx-k" in line},
        "routes": set(lines("ip", "route")),
        "rules": {line for line in lines("iptables-save") if not line.startswith("#")},
        "groups": {str(path) for path in Path("/sys/fs/cgroup").glob("**/sardonyx-k*")},
        "places": {place for place in usual if Path(place).exists()},
    }


def test_two_clusters_stand_beside_each_other_and_nothing_is_left_of_one_that_ended(cluster: Cluster) -> None:
    """Clusters of two runs do not meet, and the machine is as it was."""
    before = _the_machine()

    with running_cluster() as other, other.namespace() as namespace:
        assert other.server != cluster.server
        assert said(other, namespace, "greeter", "echo from the other") == "from the other\n"
        other.apply(pod("forgotten", "sleep 600"))
        until(other, "default", "forgotten", "Running")
        assert namespace not in cluster.kubectl("get", "namespaces")
        folder = other.folder

    # The first one goes on: what it had of earlier tests may be gone since.
    assert not {kind: left for kind, found in _the_machine().items() if (left := found - before[kind])}
    assert not folder.exists()
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(folder) + "/" not in running
