"""What a plan becomes on a cluster: a Pod, a Secret, and a claim for the home."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.claims import claims_of, grown, home_claim
from sardonyx_spawner.kube.homes import claim_name
from sardonyx_spawner.kube.manifest import PodServer, labels, pod, secret, split_secrets
from sardonyx_spawner.kube.place import Authority, ClusterPlace, Homes, PlaceVolume, SharedVolumes
from sardonyx_spawner.kube.quantities import amount
from sardonyx_spawner.kube.variables import server_variables
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.surroundings import StorageAccess

GOLDEN = Path(__file__).with_name("golden")
PLACE = ClusterPlace(instance="lab")
PLAN = ServerPlan(
    "kite2345",
    "python",
    "Python",
    "Python, with 1 core and 2 GB",
    base="python",
    image="sardonyx/python:1",
    cpu=1,
    memory=2 << 30,
)
OWN = replace(PLACE, node_selector={"pool": "deep"}, read_only_root=False, labels={"cost-centre": "4711"})
READS = GroupVolume("class", "ab2c3d4e", is_writable=False)
SHARING = replace(PLACE, shared_volumes=SharedVolumes("nfs", 20 << 30))
GIVING = replace(
    PLACE,
    volumes=(
        PlaceVolume("sets", "/data", {"persistentVolumeClaim": {"claimName": "sets", "readOnly": True}}),
        PlaceVolume("scratch", "/scratch", {"nfs": {"server": "nas", "path": "/s"}}, is_read_only=False),
        PlaceVolume("licence", "/opt/licence", {"secret": {"secretName": "licence"}}, is_data=False),
    ),
    authority=Authority("company", "root.pem"),
)
SERVER = PodServer(
    name="lab-server-amina",
    home=claim_name("kite2345", PLACE),
    port=8888,
    labels=labels(PLACE, "kite2345"),
    arguments=("--port=8888",),
    start="5f",
)
HUB = {"JUPYTERHUB_API_TOKEN": "secret1", "JPY_API_TOKEN": "secret1", "JUPYTERHUB_USER": "amina", "PATH": "/hub/bin"}


def made(plan: ServerPlan = PLAN, server: PodServer = SERVER, place: ClusterPlace = PLACE) -> dict[str, Any]:
    """Return the Pod of a plan."""
    return pod(server, plan, place, {"SARDONYX_PLAN": "/etc/sardonyx/plan.json"})


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("pod-kept-home", made()),
        (
            "pod-gpu-fresh-home",
            made(
                replace(PLAN, gpus=2, home="fresh", cpu=0.5, profile="gpu", base="gpu"),
                replace(SERVER, home=""),
                replace(
                    PLACE,
                    image_pull_secrets=("registry",),
                    node_selector={"pool": "gpu"},
                    tolerations=({"key": "dedicated", "operator": "Exists"},),
                    priority_class="people",
                    image_pull_policy="IfNotPresent",
                    pod={"runtimeClassName": "gvisor"},
                ),
            ),
        ),
        ("pod-of-a-class", made(replace(PLAN, profile="class-ab2c3d4e", volumes=(READS,)), place=SHARING)),
        (
            "pod-of-a-profile-with-its-own",
            made(replace(PLAN, profile="class-ab2c3d4e"), place=replace(PLACE, of_profiles={"python": OWN})),
        ),
        ("pod-with-volumes", made(place=GIVING)),
        ("class-claim", claims_of(replace(PLAN, volumes=(READS,)), SHARING)[1]),
        ("pod-second-server", made(server=replace(SERVER, shares_node=True))),
        ("pod-elsewhere", made(server=replace(SERVER, avoids="node-7"))),
        ("pod-large-fresh-home", made(replace(PLAN, home="fresh", home_size=20 << 30), replace(SERVER, home=""))),
        ("secret", secret(SERVER, "{}", {"JUPYTERHUB_API_TOKEN": "abc"})),
        ("home-claim", home_claim(SERVER.home, "kite2345", replace(PLACE, homes=Homes("fast", 5 << 30)))),
    ],
)
def test_what_the_cluster_is_asked_for_is_as_it_was_written_down(name: str, found: dict[str, Any]) -> None:
    """All of it: whoever changes it sees in the file what changes."""
    text = yaml.safe_dump(found, sort_keys=False)
    assert text == (GOLDEN / f"{name}.yaml").read_text()


def test_nothing_in_a_pod_is_secret() -> None:
    """Whoever may look at Pods may not look at Secrets."""
    seen, hidden = split_secrets(server_variables(PLAN, HUB))

    assert "secret1" not in yaml.safe_dump(pod(SERVER, PLAN, PLACE, seen))
    assert hidden == {"JUPYTERHUB_API_TOKEN": "secret1", "JPY_API_TOKEN": "secret1"}


def test_a_pod_reads_the_secret_of_its_own_start_alone() -> None:
    """Its variables and its plan: a node may still know the one of the start before, which had the same Pod."""
    start = replace(SERVER, secret="lab-server-amina-20261130215405000003")
    text = yaml.safe_dump(made(server=start))

    assert secret(start, "{}", {})["metadata"]["name"] == start.secret
    assert text.count(f"{start.secret}\n") == 3
    assert "Name: lab-server-amina\n" not in text


def test_nothing_of_the_hubs_own_environment_reaches_a_server() -> None:
    """Only what JupyterHub itself tells it."""
    found = server_variables(PLAN, HUB)
    assert "PATH" not in found
    assert found["JUPYTERHUB_USER"] == found["USER"] == "amina"


def test_a_profile_cannot_change_what_sardonyx_tells_a_server() -> None:
    """Such as where its token is, or its home."""
    found = server_variables(replace(PLAN, variables={"HOME": "/root", "SARDONYX_PLAN": "/x", "A": "b"}), HUB)
    assert found["HOME"] == "/home/jovyan"
    assert found["SARDONYX_PLAN"] == "/etc/sardonyx/plan.json"
    assert found["A"] == "b"


def test_a_server_is_told_its_image() -> None:
    """People read which one lacks a tool, and that no command of one machine brings it; a profile cannot change it."""
    assert server_variables(replace(PLAN, variables={"SARDONYX_IMAGE": "x"}), HUB)["SARDONYX_IMAGE"] == PLAN.image


def test_a_server_is_told_where_its_data_is_and_no_key() -> None:
    """Keys come from the service, when they are asked for."""
    storage = StorageAccess("http://lab-hub:8003/services/credentials/aws", "http://lab-hub:8004", "us-east-1", "data")
    found = server_variables(PLAN, HUB, storage=storage)
    assert found["SARDONYX_S3_HOME"] == "s3://data/home/kite2345/"
    assert not [name for name in found if name.startswith("AWS_")]


def test_a_platform_that_gives_each_namespace_a_user_of_its_own_is_left_to() -> None:
    """As OpenShift does, which refuses any other number."""
    security = made(place=replace(PLACE, user=None, group=None))["spec"]["securityContext"]

    assert security == {
        "runAsNonRoot": True,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_a_server_is_told_what_it_has_of_its_place() -> None:
    """Where data is, to which its home has a way, and the certificates that it trusts."""
    found = server_variables(PLAN, HUB, place=GIVING)

    assert found["SARDONYX_PLACE_FOLDERS"] == "/data:/scratch"
    assert found["SARDONYX_AUTHORITY"] == "/etc/sardonyx-authority/ca.crt"
    assert not {"SARDONYX_PLACE_FOLDERS", "SARDONYX_AUTHORITY"} & server_variables(PLAN, HUB, place=PLACE).keys()


def test_a_home_is_named_by_the_person_and_not_by_their_name() -> None:
    """Who gets a name that somebody had gets none of their files."""
    assert claim_name("kite2345", PLACE) == "lab-home-kite2345"


@pytest.mark.parametrize(
    ("asked", "wanted", "change"),
    [
        ("5Gi", 10 << 30, {"spec": {"resources": {"requests": {"storage": str(10 << 30)}}}}),
        ("10Gi", 10 << 30, None),
        ("20Gi", 10 << 30, None),
        (str(10 << 30), 10 << 30, None),
    ],
)
def test_a_home_grows_and_never_shrinks(asked: str, wanted: int, change: dict[str, Any] | None) -> None:
    """Files would be lost."""
    claim = {"spec": {"resources": {"requests": {"storage": asked}}}}
    assert grown(claim, home_claim("h", "kite2345", replace(PLACE, homes=Homes(size=wanted)))) == change


def test_a_home_is_as_large_as_the_profile_says_else_as_others() -> None:
    """Before it grows, and when it is new."""
    place = replace(PLACE, homes=Homes("fast", 5 << 30))

    assert place.with_homes_of(20 << 30).homes == Homes("fast", 20 << 30)
    assert place.with_homes_of(None) == place


@pytest.mark.parametrize(("text", "size"), [("1Ki", 1024), ("1.5Gi", 3 << 29), ("2G", 2 * 10**9), ("700", 700)])
def test_quantities_are_read_as_kubernetes_writes_them(text: str, size: int) -> None:
    """With binary and decimal units."""
    assert amount(text) == size
