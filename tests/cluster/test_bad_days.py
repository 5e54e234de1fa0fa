"""What goes wrong on a cluster that is none of the person's doing: they read a sentence, and can start again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from support import web
from support.cluster.another_node import AnotherNode, another_node
from support.cluster.cluster import Cluster
from support.cluster.keys import NODE
from support.cluster.place import Place
from support.images import image_file
from support.postgresql import PostgresqlServer, running_postgresql
from support.visitors import PASSWORD, Visitor
from support.waiting import soon

GONE_S = 180
"""A cluster takes a minute to believe that a node is gone, and the hub looks every half."""
AWAY_S = 90
DOWN_S = 6
"""Longer than a start takes."""


@pytest.fixture
def zoe(place: Place) -> Iterator[str]:
    """Somebody whose server is stopped when the test is through."""
    place.add_person("zoe", PASSWORD)
    yield "zoe"
    place.stop_if_there("zoe")


def test_a_namespace_that_has_all_it_may_have_is_said_to_be_full(
    place: Place, newcomer: Callable[[str], Visitor]
) -> None:
    """On the page where somebody waits; as soon as there is room the next start works."""
    ida = newcomer("ida")
    # Those that wait would give their places.
    used = len(place.get("pods")["items"]) - len(place.ready_made())
    place.kubectl("create", "quota", "full", f"--hard=pods={used}")
    try:
        soon(lambda: "used" in place.get("quota", "full").get("status", {}))
        ida.page.goto(f"{place.url}/hub/spawn/ida")
        ida.page.get_by_role("radio", name="Python").check()
        ida.page.get_by_role("button", name="Start", exact=True).click()

        ida.page.get_by_text("This place uses as much of the cluster as it may.").first.wait_for()
        assert "quota" not in ida.page.inner_text("main")
        assert place.left_of("ida") == []
    finally:
        place.kubectl("delete", "quota", "full")
    ida.start(profile="Python")


def test_the_longest_names_collide_with_nobodys(place: Place) -> None:
    """Pod, Secret and labels are what Kubernetes takes, and each server is its own person's; other letters are refused."""
    people = ("a" * 64, "a" * 63 + "b", "ida@example.org", "ida.example.org")
    servers = [(name, "") for name in people] + [(people[0], "s" * 29 + last) for last in "12"]
    ours = ("--selector", "app.kubernetes.io/component=singleuser-server,sardonyx.org/profile=fresh")
    try:
        for name in people:
            place.add_person(name, PASSWORD)
        for name, server in servers:
            # All at once; then each is waited for.
            assert place.api("POST", f"users/{name}/servers/{server}", {"profile": "fresh"}).status_code in {201, 202}
        for each in servers:
            assert [*place.progress(*each)][-1].get("ready"), each

        found = [each["metadata"]["name"] for each in place.get("pods", *ours)["items"]]
        assert len(found) == len(servers)
        # One that waited for somebody knows another.
        secrets = place.get("secrets", "--selector", "app.kubernetes.io/component=singleuser-server")["items"]
        of_pods = {each["metadata"]["ownerReferences"][0]["name"]: each["metadata"]["labels"] for each in secrets}
        assert of_pods
        whose = set()
        for pod in found:
            ask = 'echo "$JUPYTERHUB_USER"; echo "$JUPYTERHUB_SERVER_NAME"'
            whose.add(tuple(place.kubectl("exec", pod, "--", "sh", "-c", ask).splitlines()))
            assert of_pods.get(pod, {}).items() <= place.get("pod", pod)["metadata"]["labels"].items()
        assert whose == set(servers)
        place.stop(*servers[0])
        assert all(place.server(*each) for each in servers[1:])
    finally:
        for name, server in servers:
            # All at once; then each is waited for.
            place.api("DELETE", f"users/{name}/servers/{server}")
        for name, server in servers:
            place.stop_if_there(name, server)
    soon(lambda: not place.get("pods", *ours)["items"])
    assert place.api("POST", f"users/{people[1]}/servers/thèse").status_code == 400


@contextmanager
def server_elsewhere(place: Place, name: str) -> Iterator[AnotherNode]:
    """Have somebody's server on a node of its own, with a file at home."""
    with another_node(place.cluster, image_file("base")) as other:
        place.kubectl("cordon", NODE)
        try:
            place.start(name, {"profile": "python"})
        finally:
            place.kubectl("uncordon", NODE)
        assert place.get("pod", place.pod(name))["spec"]["nodeName"] == other.name
        place.run(name, "sh", "-c", "echo mine > /home/jovyan/notes")
        yield other


def test_a_node_that_goes_away_takes_no_more_than_the_server(place: Place, newcomer: Callable[[str], Visitor]) -> None:
    """Its person reads what happened, and starts again on another one, with their files; nothing is left of the first."""
    mona = newcomer("mona")
    with server_elsewhere(place, "mona") as other:
        other.go_away()
        other.be_forgotten()

        soon(lambda: not place.server("mona"), GONE_S)
        assert place.left_of("mona") == []
    mona.page.goto(f"{place.url}/hub/home")
    mona.page.get_by_text("It was taken away: the machine that it ran on may be gone.").wait_for()
    mona.start(profile="Python")
    assert place.run("mona", "cat", "/home/jovyan/notes") == "mine\n"


def test_nobody_has_to_wait_for_a_node_that_the_cluster_expects_back(place: Place, zoe: str) -> None:
    """Its Pod would be there until then: the next start takes its place."""
    with server_elsewhere(place, zoe) as other:
        lost = place.get("pod", place.pod(zoe))["metadata"]["uid"]
        other.go_away()
        place.api("DELETE", f"users/{zoe}/server")
        soon(lambda: not place.server(zoe), GONE_S)
        assert place.get("pod", place.pod(zoe))["metadata"]["uid"] == lost
        # Before that the cluster would place the next one there, too.
        soon(lambda: not other.is_ready(), GONE_S)

        place.start(zoe, {"profile": "python"})

        found = place.get("pod", place.pod(zoe))
        assert (found["spec"]["nodeName"], found["metadata"]["uid"] == lost) == (NODE, False)
        assert place.run(zoe, "cat", "/home/jovyan/notes") == "mine\n"


def test_a_start_leaves_a_node_that_has_just_died(place: Place, zoe: str) -> None:
    """The cluster places Pods there for most of a minute more; nobody waits so long, and what they wait for is said."""
    with another_node(place.cluster) as other:
        other.go_away()
        place.kubectl("cordon", NODE)
        try:
            assert place.api("POST", f"users/{zoe}/server", {"profile": "python"}).status_code == 202
            soon(lambda: place.get("pod", place.pod(zoe))["spec"].get("nodeName") == other.name)
        finally:
            place.kubectl("uncordon", NODE)
        told = [event["message"] for event in place.progress(zoe)]

        assert "The machine that was found for your server does not answer. Looking for another one" in told
        assert place.get("pod", place.pod(zoe))["spec"]["nodeName"] == NODE
        # What the first one had went with it.
        assert place.run(zoe, "sh", "-c", "echo $JUPYTERHUB_USER") == f"{zoe}\n"
        place.stop(zoe)
        assert place.left_of(zoe) == []


def test_a_slow_etcd_makes_a_start_slow_and_breaks_none(place: Place, zoe: str, cluster: Cluster) -> None:
    """Each answer of the cluster takes seconds then."""
    with cluster.node.slowed("etcd", held_s=2.0, let_go_s=0.2):
        place.start(zoe, {"profile": "python"})

        assert place.run(zoe, "sh", "-c", "echo $JUPYTERHUB_USER") == f"{zoe}\n"
        place.stop(zoe)
    soon(lambda: place.left_of(zoe) == [])


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[PostgresqlServer]:
    """A PostgreSQL that Pods reach."""
    with running_postgresql(cluster.host_address) as running:
        yield running


@pytest.fixture(scope="module")
def own(place: Place, cluster: Cluster, database: PostgresqlServer) -> Iterator[Place]:
    """Another Sardonyx in the cluster, with max and eva, who are in that PostgreSQL."""
    with cluster.namespace() as namespace:
        address = {"metadata": {"name": "database"}, "stringData": {"url": database.empty()}}
        cluster.apply({"apiVersion": "v1", "kind": "Secret", **address}, namespace=namespace)
        told = {**place.settings, "database": {"url": {"file": "/etc/sardonyx/secrets/database"}}}
        found = replace(place, namespace=namespace, name="own", port=place.port + 1, settings=told)
        found.install(told, secretFiles={"database": {"existingSecret": "database", "key": "url"}})
        for name in ("max", "eva"):
            found.add_person(name, PASSWORD)
        yield found


def test_two_installations_in_a_cluster_have_nothing_of_each_other(place: Place, own: Place) -> None:
    """Somebody of the same name is another person there, whom the other one does not know; what one ends, goes on in the other."""
    here, there = (each.add_person("max", PASSWORD) for each in (place, own))
    try:
        for each in (place, own):
            each.start("max", {"profile": "fresh"})
        pod = place.get("pod", place.pod("max"))["metadata"]
        assert here != there
        assert pod["labels"]["sardonyx.org/person"] == here
        as_max = {"Authorization": f"token {place.token_of('max')}"}
        assert web.get(f"{place.url}/user/max/api/contents", headers=as_max).status_code == 200
        for path in ("user/max/api/contents", "hub/api/user"):
            assert web.get(f"{own.url}/{path}", headers=as_max).status_code == 403

        own.stop("max")

        assert place.server("max")["ready"] is True
        assert place.get("pod", place.pod("max"))["metadata"]["uid"] == pod["uid"]
    finally:
        place.stop_if_there("max")


def test_a_database_that_was_away_is_found_again(own: Place, database: PostgresqlServer) -> None:
    """Servers go on without it, also one that starts meanwhile, and nobody has to start the hub again."""
    hub = ("pod", "--selector", "app.kubernetes.io/component=hub")
    before = [each["metadata"]["uid"] for each in own.get(*hub)["items"]]
    own.start("max", {"profile": "python"})

    assert own.api("POST", "users/eva/server", {"profile": "python"}).status_code == 202
    database.end()
    try:
        assert own.api("GET", "users/max").status_code >= 400
        time.sleep(DOWN_S)
    finally:
        database.start()

    soon(lambda: own.api("GET", "users/max").status_code == 200, AWAY_S)
    soon(lambda: own.server("eva").get("ready") is True, AWAY_S)
    assert own.server("max")["ready"] is True
    found = own.get(*hub)["items"]
    assert [(each["metadata"]["uid"], each["status"]["containerStatuses"][0]["restartCount"]) for each in found] == [
        (uid, 0) for uid in before
    ]
    for name in ("max", "eva"):
        own.stop(name)
