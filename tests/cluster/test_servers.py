"""Servers of people on a real cluster, installed with the chart: what they are, what is theirs, and what is left of them."""

import json
import time
from collections.abc import Iterator

import pytest
from support import web
from support.cluster import pods
from support.cluster.cluster import Cluster
from support.cluster.place import TOKEN, Place
from support.visitors import PASSWORD
from support.waiting import soon

from sardonyx_spawner.kube.claims import home_claim
from sardonyx_spawner.kube.place import ClusterPlace, Homes

AWAY_S = 60
"""KubeSpawner by itself looks at Pods no more after 51 s."""


@pytest.fixture
def amina(place: Place) -> Iterator[str]:
    """Somebody whose server is stopped when the test is through."""
    place.add_person("amina", PASSWORD)
    yield "amina"
    if place.server("amina"):
        place.stop("amina")


def test_a_server_has_no_rights(place: Place, amina: str) -> None:
    """Not those of root, not the cluster's API, and it writes only where its files are."""
    place.start(amina, {"profile": "python"})

    assert place.run(amina, "id", "-u").strip() == "1000"
    assert "Read-only file system" in place.run(amina, "touch", "/opt/x", fails=True)
    place.run(amina, "touch", "/home/jovyan/x", "/run/sardonyx/x", "/dev/shm/x")  # noqa: S108 - of the server alone
    assert "No such file" in place.run(amina, "ls", "/var/run/secrets/kubernetes.io", fails=True)
    assert "LAB_HUB_SERVICE_HOST" not in place.run(amina, "env")


def test_a_profile_has_for_itself_what_its_settings_say(place: Place, amina: str) -> None:
    """Servers of others have not."""
    place.start(amina, {"profile": "roomy"})
    found = place.get("pod", place.pod(amina))

    place.run(amina, "touch", "/var/tmp/x")  # noqa: S108 - of the server alone
    assert found["metadata"]["labels"]["cost-centre"] == "4711"
    assert {"name": "temporary", "emptyDir": {"sizeLimit": str(100 << 20)}} in found["spec"]["volumes"]
    place.stop(amina)

    place.start(amina, {"profile": "python"})
    assert "Read-only file system" in place.run(amina, "touch", "/var/tmp/x", fails=True)  # noqa: S108 - the same
    assert "cost-centre" not in place.get("pod", place.pod(amina))["metadata"]["labels"]


def test_whoever_looks_at_pods_sees_no_token(place: Place, amina: str) -> None:
    """It is in the server's Secret, which belongs to the Pod."""
    place.start(amina, {"profile": "python"})
    pod = place.get("pod", place.pod(amina))
    (secret,) = place.get("secret", "--selector", f"hub.jupyter.org/username={amina}")["items"]
    token = place.run(amina, "printenv", "JUPYTERHUB_API_TOKEN").strip()

    assert len(token) > 20
    assert token not in json.dumps(pod)
    assert [owner["uid"] for owner in secret["metadata"]["ownerReferences"]] == [pod["metadata"]["uid"]]


def test_nothing_is_left_of_a_server_that_was_stopped_but_its_home(place: Place, amina: str) -> None:
    """Neither the Pod nor the Secret; and the next server has the files."""
    place.start(amina, {"profile": "python"})
    place.run(amina, "sh", "-c", "echo mine > /home/jovyan/notes")
    person = place.get("pod", place.pod(amina))["metadata"]["labels"]["sardonyx.org/person"]
    place.stop(amina)

    soon(lambda: not place.get("pod,secret", "--selector", f"sardonyx.org/person={person}")["items"])
    claims = place.get("persistentvolumeclaim", "--selector", f"sardonyx.org/person={person}")["items"]
    assert [claim["metadata"]["name"] for claim in claims] == [f"lab-home-{person}"]
    place.start(amina, {"profile": "python"})
    assert place.run(amina, "cat", "/home/jovyan/notes") == "mine\n"


def test_a_fresh_home_goes_with_its_server(place: Place, amina: str) -> None:
    """And has nothing of the one that is kept."""
    place.start(amina, {"profile": "fresh"})
    place.run(amina, "sh", "-c", "echo gone > /home/jovyan/fresh")
    place.stop(amina)
    place.start(amina, {"profile": "fresh"})
    assert place.run(amina, "ls", "/home/jovyan/fresh", fails=True)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        pytest.param("lost", "What “Lost” is made of could not be fetched.", id="no such image"),
        pytest.param(
            "foreign", "The image of “Foreign” is not made for this place.", id="an image without our package"
        ),
    ],
)
def test_a_start_that_fails_says_why_and_leaves_nothing(place: Place, amina: str, profile: str, said: str) -> None:
    """In words for its person, without one of Kubernetes."""
    told = place.refused(amina, {"profile": profile})

    assert said in told
    soon(lambda: place.left_of(amina) == [])


def test_others_read_what_a_start_waits_for_and_its_person_why_it_failed(place: Place, amina: str) -> None:
    """Who looks after a class or the whole place, in their own language, while its person waits; nothing is left of it."""
    # JupyterHub says 201 where the start before failed, and 202 else.
    assert place.api("POST", f"users/{amina}/server", {"profile": "gpu"}).status_code in {201, 202}

    def step() -> dict[str, str]:
        found = {each["name"]: each for each in place.api("GET", "sardonyx/servers").json()["servers"]}
        return dict(found[amina]["step"])

    soon(lambda: "no GPU is free" in step()["en"])
    assert "aucun GPU n’est libre" in step()["fr"]
    told = [str(event["message"]) for event in place.progress(amina)][-1]
    assert "There was no free place for your server: no GPU is free, or no machine has one." in told
    soon(lambda: not place.server(amina))
    assert amina not in [
        each["name"] for each in place.api("GET", "sardonyx/servers").json()["servers"] if each["step"]
    ]
    soon(lambda: place.left_of(amina) == [])


def test_a_home_that_the_cluster_cannot_make_is_said(place: Place, amina: str) -> None:
    """A storage class that is not there: nobody is told to choose a smaller server."""
    person = place.add_person(amina, PASSWORD)
    name = f"lab-home-{person}"
    place.kubectl("delete", "persistentvolumeclaim", name, "--ignore-not-found")
    homes = ClusterPlace(instance="lab", homes=Homes(storage_class="nowhere"))
    place.cluster.apply(home_claim(name, person, homes), namespace=place.namespace)
    try:
        told = place.refused(amina, {"profile": "python"})
        assert "The disk for your files cannot be had. Ask the people who run this place to look at it." in told
        assert f"the volume {name} (nowhere, ReadWriteOnce) is Pending: storageclass" in place.hub_log()
        soon(lambda: place.left_of(amina) == [])
    finally:
        place.kubectl("delete", "persistentvolumeclaim", name)
    place.start(amina, {"profile": "python"})


def test_a_gpu_is_given_where_there_is_one(place: Place, amina: str, cluster: Cluster) -> None:
    """One of the node's, as the scheduler counts them; not tested: a real one."""
    cluster.set_capacity("nvidia.com/gpu", 1)
    try:
        place.start(amina, {"profile": "gpu"})
        limits = place.get("pod", place.pod(amina))["spec"]["containers"][0]["resources"]["limits"]
        assert limits["nvidia.com/gpu"] == "1"
        place.stop(amina)
    finally:
        cluster.set_capacity("nvidia.com/gpu", 0)


def test_a_hub_that_was_killed_finds_its_servers_again(place: Place, amina: str) -> None:
    """They went on meanwhile, and what they know is the same."""
    place.start(amina, {"profile": "python"})
    before = place.get("pod", place.pod(amina))["metadata"]["uid"]
    old = place.get("pod", "--selector", "app.kubernetes.io/component=hub")["items"][0]["metadata"]["name"]
    place.kubectl("delete", "pod", old, "--grace-period=0", "--force")

    place.until_hub_is_not(old)
    assert place.server(amina)["ready"] is True
    assert place.get("pod", place.pod(amina))["metadata"]["uid"] == before
    place.stop(amina)


def test_a_server_whose_pod_was_taken_away_is_over(place: Place, amina: str) -> None:
    """Its person can start a new one, and reads what happened."""
    place.start(amina, {"profile": "python"})
    place.kubectl("delete", "pod", place.pod(amina), "--grace-period=0", "--force")

    soon(lambda: not place.server(amina), 60)
    place.start(amina, {"profile": "python"})


def test_the_log_of_a_server_is_there_during_and_after_it(place: Place, amina: str) -> None:
    """Without what was meant for the hub."""
    place.start(amina, {"profile": "python"})
    live = place.api("GET", f"users/{amina}/server/log").text
    place.stop(amina)
    kept = place.api("GET", f"users/{amina}/server/log").text

    assert "Jupyter Server" in live
    assert "Jupyter Server" in kept
    assert "\x1e" not in live + kept


def test_a_start_is_told_step_by_step(place: Place, amina: str) -> None:
    """By the hub first, and then by the server itself."""
    assert place.api("POST", f"users/{amina}/server", {"profile": "python"}).status_code in {201, 202}
    told = [event["message"] for event in place.progress(amina)]

    assert told[0] == "Server requested"
    # By the hub itself, by an event of the cluster, and by the server.
    assert told.index("Asking for a place for your server") < told.index("Opened your files")
    assert "Found a place for your server" in told


def test_a_home_goes_only_when_what_is_of_its_person_is_erased(place: Place) -> None:
    """Who is removed may come back; what is erased is gone, by the hub's own rights."""
    person = place.add_person("goes", PASSWORD)
    place.start("goes", {"profile": "python"})
    place.stop("goes")
    selected = ("persistentvolumeclaim", "--selector", f"sardonyx.org/person={person}")
    place.in_hub("sardonyx", "user", "remove", "goes", "--yes")
    assert place.get(*selected)["items"]

    place.erase(person)
    soon(lambda: not place.get(*selected)["items"])


def test_an_api_server_that_is_away_is_waited_for(place: Place, amina: str, cluster: Cluster) -> None:
    """A start that comes meanwhile goes on when it is back."""
    cluster.stop_api_server()
    try:
        asked = place.api("POST", f"users/{amina}/server", {"profile": "python"})
        assert asked.status_code == 202
    finally:
        cluster.bring_api_server_back()
    soon(lambda: place.server(amina).get("ready") is True, 120)


def test_an_api_server_that_was_away_for_a_minute_blinds_no_hub(
    place: Place, amina: str, cluster: Cluster, namespace: str
) -> None:
    """Servers that run go on meanwhile; those that start later are seen, as is the end of one."""
    place.add_person("bruno", PASSWORD)
    place.start(amina, {"profile": "python"})
    before = place.get("pod", place.pod(amina))["metadata"]["uid"]
    cluster.stop_api_server()
    try:
        time.sleep(AWAY_S)
        answer = web.get(f"{place.url}/user/{amina}/api/status", headers={"Authorization": f"token {TOKEN}"})
        assert answer.status_code == 200
    finally:
        cluster.bring_api_server_back()
    # The node waits longer and longer, too, before it asks again what it is to run.
    pods.said(cluster, namespace, "heard", "true")
    try:
        assert place.get("pod", place.pod(amina))["metadata"]["uid"] == before
        assert place.server(amina)["ready"] is True
        place.start("bruno", {"profile": "python"})
        place.kubectl("delete", "pod", place.pod(amina), "--grace-period=0", "--force")
        soon(lambda: not place.server(amina), 60)
        # Those that wait for somebody are seen, too.
        assert place.until_some_wait()
        place.start(amina, {"profile": "fresh"})
    finally:
        place.stop_if_there("bruno")
