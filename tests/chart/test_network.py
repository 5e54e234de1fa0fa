"""What reaches what, by the policies as they are rendered.

That a cluster enforces them is not tested here: the plugin of the tests' own cluster does not.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from support.chart import RELEASE, everything, render
from support.network_ways import End, Network, Outside, Pod

S3 = {"settings": {"storage": {"kind": "s3", "endpoint": "https://s3.example.org", "role": "arn:role"}}}


def pod(component: str, address: str, release: str = RELEASE) -> Pod:
    """Return a pod of an installation."""
    labels = {
        "app.kubernetes.io/name": "sardonyx",
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/component": component,
    }
    return Pod(labels, address)


HUB, PROXY = pod("hub", "10.244.0.2"), pod("proxy", "10.244.0.3")
USER, OTHER_USER = pod("singleuser-server", "10.244.0.10"), pod("singleuser-server", "10.244.1.11")
WAITING = pod("ready-made-server", "10.244.0.12")
POSTGRESQL = pod("postgresql", "10.244.0.22")
COPIES = pod("copies", "10.244.0.23")
PULLER, CHECK = pod("puller", "10.244.0.20"), pod("check", "10.244.0.21")
NEIGHBOUR = pod("singleuser-server", "10.244.0.30", release="another")
STRANGER = Pod({"app": "shop"}, "10.244.0.40")
ELSEWHERE = Pod({"app": "shop"}, "10.244.0.50", namespace="shop")
TOOL = Pod({"app": "tool"}, "10.244.0.51", namespace="tools")
PROMETHEUS = Pod({"app": "prometheus"}, "10.244.0.60", namespace="monitoring")
CONTROLLER = Pod({"app": "nginx"}, "10.244.0.70", namespace="ingress")
DNS = Pod({"k8s-app": "kube-dns"}, "10.244.0.80", namespace="kube-system")
NODE_DNS = Outside("169.254.20.10")
BROWSER, FORGE, FORGE_6 = Outside("203.0.113.7"), Outside("203.0.113.80"), Outside("2001:db8:1::80")
NODE, KUBERNETES, DATABASE = Outside("172.18.0.2"), Outside("10.96.0.1"), Outside("10.1.2.3")
METADATA, METADATA_6, METADATA_ALIBABA = (
    Outside("169.254.169.254"),
    Outside("fd00:ec2::254"),
    Outside("100.100.100.200"),
)

Way = tuple[End, End, int]

ALLOWED: dict[str, Way] = {
    "a browser reaches the pages": (BROWSER, PROXY, 8000),
    "the controller of an Ingress reaches the pages": (CONTROLLER, PROXY, 8000),
    "the proxy reaches the hub": (PROXY, HUB, 8001),
    "the proxy reaches the keys service": (PROXY, HUB, 8003),
    "the proxy reaches the service of links": (PROXY, HUB, 8005),
    "the proxy reaches the service of classes": (PROXY, HUB, 8006),
    "the proxy reaches a server": (PROXY, USER, 8888),
    "the proxy looks up names": (PROXY, DNS, 53),
    "the hub tells the proxy what leads where": (HUB, PROXY, 8002),
    "the hub reaches a server": (HUB, USER, 8888),
    "the hub reaches its own services": (HUB, HUB, 8003),
    "the hub reaches the Kubernetes API by its service": (HUB, KUBERNETES, 443),
    "the hub reaches the Kubernetes API where it is": (HUB, NODE, 6443),
    "the hub reaches a database": (HUB, DATABASE, 5432),
    "the hub reaches a provider of sign-in": (HUB, FORGE, 443),
    "the hub looks up names": (HUB, DNS, 53),
    "the hub reaches a server that waits": (HUB, WAITING, 8888),
    "a server that waits reaches the hub, for when it is somebody's": (WAITING, HUB, 8001),
    "a server that waits looks up names, for the same": (WAITING, DNS, 53),
    "a server looks up names": (USER, DNS, 53),
    "a server looks up names at its node": (USER, NODE_DNS, 53),
    "a server reaches the hub": (USER, HUB, 8001),
    "a server gets keys": (USER, HUB, 8003),
    "a server reaches the store beside the hub": (USER, HUB, 8004),
    "a server reaches the web": (USER, FORGE, 443),
    "a server reaches git by ssh": (USER, FORGE, 22),
    "a server reaches the web by IPv6": (USER, FORGE_6, 443),
}
FORBIDDEN: dict[str, Way] = {
    "a server reaches no other server": (USER, OTHER_USER, 8888),
    "a server reaches none that waits": (USER, WAITING, 8888),
    "the proxy reaches no server that waits": (PROXY, WAITING, 8888),
    "a stranger reaches no server that waits": (STRANGER, WAITING, 8888),
    "a server that waits reaches no other server": (WAITING, USER, 8888),
    "a server that waits does not reach the web": (WAITING, FORGE, 443),
    "a server that waits does not reach the Kubernetes API": (WAITING, KUBERNETES, 443),
    "a server that waits does not reach the metadata of the cloud": (WAITING, METADATA, 80),
    "a server reaches no other port of another server": (USER, OTHER_USER, 22),
    "a server does not change what leads where": (USER, PROXY, 8002),
    "a server does not reach the pages past their address": (USER, PROXY, 8000),
    "a server does not reach the service of links past the proxy": (USER, HUB, 8005),
    "a server does not reach the service of classes past the proxy": (USER, HUB, 8006),
    "a server does not reach the Kubernetes API by its service": (USER, KUBERNETES, 443),
    "a server does not reach the Kubernetes API where it is": (USER, NODE, 6443),
    "a server does not reach its node": (USER, NODE, 10250),
    "a server does not reach a database": (USER, DATABASE, 5432),
    "a server does not reach what a cloud tells machines": (USER, METADATA, 80),
    "a server does not reach what a cloud tells machines by IPv6": (USER, METADATA_6, 80),
    "a server does not reach what another cloud tells machines": (USER, METADATA_ALIBABA, 80),
    "a server reaches nothing else where names are looked up": (USER, NODE_DNS, 80),
    "a server does not reach others in its namespace": (USER, STRANGER, 80),
    "a server does not reach other namespaces": (USER, ELSEWHERE, 80),
    "the hub does not reach what a cloud tells machines": (HUB, METADATA, 80),
    "the hub does not reach what a cloud tells machines by IPv6": (HUB, METADATA_6, 80),
    "the proxy does not reach the outside": (PROXY, FORGE, 443),
    "the proxy does not reach the Kubernetes API": (PROXY, KUBERNETES, 443),
    "the proxy does not reach the store": (PROXY, HUB, 8004),
    "a browser does not change what leads where": (BROWSER, PROXY, 8002),
    "a browser does not reach the hub past the proxy": (BROWSER, HUB, 8001),
    "a browser does not reach a server past the proxy": (BROWSER, USER, 8888),
    "others in the namespace do not reach the hub": (STRANGER, HUB, 8001),
    "others in the namespace do not change what leads where": (STRANGER, PROXY, 8002),
    "others in the namespace do not reach a server": (STRANGER, USER, 8888),
    "other namespaces do not reach the store": (ELSEWHERE, HUB, 8004),
    "other namespaces do not reach a server": (ELSEWHERE, USER, 8888),
    "servers of another installation get no keys here": (NEIGHBOUR, HUB, 8003),
    "servers of another installation are not reached": (USER, NEIGHBOUR, 8888),
    "nobody asks for metrics unless that is wanted": (PROMETHEUS, HUB, 8001),
    "no tool uses the API of the hub past the proxy unless that is wanted": (TOOL, HUB, 8001),
    "what fetches images reaches nothing": (PULLER, FORGE, 443),
    "what checks the settings reaches nothing": (CHECK, HUB, 8001),
}
INSIDE = {"postgresql": {"enabled": True}}
TO_POSTGRESQL: dict[str, Way] = {
    "the proxy": (PROXY, POSTGRESQL, 5432),
    "a server": (USER, POSTGRESQL, 5432),
    "a server that waits": (WAITING, POSTGRESQL, 5432),
    "what checks the settings": (CHECK, POSTGRESQL, 5432),
    "others in the namespace": (STRANGER, POSTGRESQL, 5432),
    "other namespaces": (ELSEWHERE, POSTGRESQL, 5432),
    "the hub of another installation": (pod("hub", "10.244.0.31", release="another"), POSTGRESQL, 5432),
    "the hub by another port": (HUB, POSTGRESQL, 22),
}
FROM_POSTGRESQL: dict[str, Way] = {
    "the hub": (POSTGRESQL, HUB, 8001),
    "a server": (POSTGRESQL, USER, 8888),
    "the outside": (POSTGRESQL, FORGE, 443),
    "the Kubernetes API": (POSTGRESQL, KUBERNETES, 443),
    "the metadata of a cloud": (POSTGRESQL, METADATA, 80),
    "where names are looked up": (POSTGRESQL, DNS, 53),
}

COPIED = {"settings": {"git": {"mirrored": ["https://git.example.org/"]}}}
WITH_COPIES: dict[str, Way] = {
    "a server gets a copy": (USER, COPIES, 8007),
    "a server that waits gets one, for when it is somebody's": (WAITING, COPIES, 8007),
    "the hub looks whether it answers": (HUB, COPIES, 8007),
    "it reaches forges": (COPIES, FORGE, 443),
    "and by IPv6": (COPIES, FORGE_6, 443),
    "it looks up names": (COPIES, DNS, 53),
}
NOT_WITH_COPIES: dict[str, Way] = {
    "a server by another port": (USER, COPIES, 22),
    "the proxy": (PROXY, COPIES, 8007),
    "a browser": (BROWSER, COPIES, 8007),
    "others in the namespace": (STRANGER, COPIES, 8007),
    "other namespaces": (ELSEWHERE, COPIES, 8007),
    "servers of another installation": (NEIGHBOUR, COPIES, 8007),
    "it asks the hub nothing": (COPIES, HUB, 8001),
    "it gets no keys": (COPIES, HUB, 8003),
    "it reaches no store": (COPIES, HUB, 8004),
    "it reaches no server": (COPIES, USER, 8888),
    "it reaches no other Pod": (COPIES, STRANGER, 80),
    "it does not reach the Kubernetes API": (COPIES, KUBERNETES, 443),
    "it does not reach nodes": (COPIES, NODE, 10250),
    "it does not reach a database": (COPIES, DATABASE, 5432),
    "it does not reach what a cloud tells machines": (COPIES, METADATA, 80),
    "it does not reach that by IPv6": (COPIES, METADATA_6, 80),
}


def networks(values: Mapping[str, Any] | None = None) -> list[Network]:
    """Return the policies of an installation, as both kinds of plugins read them."""
    policies = render(values).of("NetworkPolicy")
    return [Network(policies, blocks_match_pods=each) for each in (True, False)]


@pytest.fixture(scope="module")
def usual() -> list[Network]:
    """The policies where nothing is set."""
    return networks()


@pytest.mark.parametrize("way", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_has_to_work_is_let_through(way: Way, usual: list[Network]) -> None:
    """Whatever the plugin says of an ipBlock and pods."""
    assert [each.lets_through(*way) for each in usual] == [True, True]


@pytest.mark.parametrize("way", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_nothing_else_is_let_through(way: Way, usual: list[Network]) -> None:
    """Whatever the plugin says of an ipBlock and pods."""
    assert [each.lets_through(*way) for each in usual] == [False, False]


@pytest.mark.parametrize("way", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_each_end_of_ours_forbids_it_by_itself(way: Way, usual: list[Network]) -> None:
    """A policy that is lost opens nothing between our own pods; the pages alone are for everybody."""
    source, target, port = way
    ours = (HUB, PROXY, USER, OTHER_USER, PULLER, CHECK)

    if source in ours:
        assert [each.lets_out(*way) for each in usual] == [False, False]
    if target in ours and (target, port) != (PROXY, 8000):
        assert [each.lets_in(*way) for each in usual] == [False, False]


def test_names_are_looked_up_by_both_protocols(usual: list[Network]) -> None:
    """UDP is the usual one; an answer that is too long comes by TCP."""
    assert [each.lets_through(USER, DNS, 53, "UDP") for each in usual] == [True, True]


def test_without_policies_everything_is_let_through() -> None:
    """So the ways above are closed by them, and by nothing else."""
    (first, _) = networks({"networkPolicy": {"enabled": False}})

    assert all(first.lets_through(*way) for way in FORBIDDEN.values())


def test_a_store_of_ones_own_needs_no_way_to_the_hub() -> None:
    """Port 8004 is nobody's then."""
    assert not any(each.lets_through(USER, HUB, 8004) for each in networks(S3))


def test_servers_reach_nothing_outside_where_that_is_set() -> None:
    """Hub, keys and names they still do."""
    shut = networks({"networkPolicy": {"singleuser": {"outside": False}}})

    assert [each.lets_through(USER, FORGE, 443) for each in shut] == [False, False]
    assert [each.lets_through(USER, FORGE_6, 443) for each in shut] == [False, False]
    assert [each.lets_through(USER, HUB, 8003) for each in shut] == [True, True]


def of_profile(slug: str) -> Pod:
    """Return a server of a class that is made from a profile."""
    return Pod(
        {**USER.labels, "sardonyx.org/profile": "class-ab2c3d4e", "sardonyx.org/base-profile": slug}, USER.address
    )


def profile(**kubernetes: Any) -> dict[str, Any]:
    """Return the settings of a profile with ways of its own."""
    return {"title": "T", "image": "i", "kubernetes": kubernetes}


@pytest.mark.parametrize("is_open", [True, False])
def test_a_profile_may_say_of_the_outside_something_else_than_the_values(*, is_open: bool) -> None:
    """Such as for an exam; classes that are made from it have the same, and all others what the values say."""
    values = {
        "networkPolicy": {"singleuser": {"outside": is_open}},
        "settings": {"profiles": {"exam": profile(outside=not is_open), "r": profile(outside=is_open), "x": profile()}},
    }
    found = networks(values)

    for slug, reaches in (("exam", not is_open), ("r", is_open), ("x", is_open), ("python", is_open)):
        assert [each.lets_through(of_profile(slug), FORGE, 443) for each in found] == [reaches] * 2, slug
        assert [each.lets_through(of_profile(slug), HUB, 8003) for each in found] == [True, True]
        assert [each.lets_through(of_profile(slug), OTHER_USER, 8888) for each in found] == [False, False]
    # A server from before the label was there.
    assert [each.lets_through(USER, FORGE, 443) for each in found] == [is_open] * 2


def test_a_profile_may_have_more_ways() -> None:
    """Servers of others have not."""
    rule = {"to": [{"ipBlock": {"cidr": "10.96.0.1/32"}}], "ports": [{"port": 443}]}
    found = networks({"settings": {"profiles": {"operators": profile(egress=[rule]), "r": profile()}}})

    assert [each.lets_through(of_profile("operators"), KUBERNETES, 443) for each in found] == [True, True]
    assert [each.lets_through(of_profile("operators"), KUBERNETES, 80) for each in found] == [False, False]
    assert [each.lets_through(of_profile("r"), KUBERNETES, 443) for each in found] == [False, False]
    assert [each.lets_through(WAITING, KUBERNETES, 443) for each in found] == [False, False]


@pytest.fixture(scope="module")
def with_postgresql() -> list[Network]:
    """The policies where the chart brings a PostgreSQL."""
    return networks(INSIDE)


def test_the_hub_reaches_the_postgresql_of_the_chart(with_postgresql: list[Network]) -> None:
    """Also where a plugin counts no Pod among addresses."""
    assert [each.lets_through(HUB, POSTGRESQL, 5432) for each in with_postgresql] == [True, True]


@pytest.mark.parametrize("way", TO_POSTGRESQL.values(), ids=TO_POSTGRESQL.keys())
def test_nobody_else_reaches_it(way: Way, with_postgresql: list[Network]) -> None:
    """Its own policy says so, whatever those of others let out."""
    assert [each.lets_in(*way) for each in with_postgresql] == [False, False]


@pytest.mark.parametrize("way", FROM_POSTGRESQL.values(), ids=FROM_POSTGRESQL.keys())
def test_it_reaches_nothing(way: Way, with_postgresql: list[Network]) -> None:
    """Whoever broke into it would be alone there."""
    assert [each.lets_out(*way) for each in with_postgresql] == [False, False]


@pytest.fixture(scope="module")
def with_copies() -> list[Network]:
    """The policies where repositories are copied."""
    return networks(COPIED)


@pytest.mark.parametrize("way", WITH_COPIES.values(), ids=WITH_COPIES.keys())
def test_copies_are_reached_by_servers_and_reach_forges(way: Way, with_copies: list[Network]) -> None:
    """Whatever the plugin says of an ipBlock and pods."""
    assert [each.lets_through(*way) for each in with_copies] == [True, True]


@pytest.mark.parametrize("way", NOT_WITH_COPIES.values(), ids=NOT_WITH_COPIES.keys())
def test_copies_are_reached_by_nobody_else_and_reach_nothing_else(way: Way, with_copies: list[Network]) -> None:
    """What somebody writes as the address of a repository leads into nobody's network."""
    assert [each.lets_through(*way) for each in with_copies] == [False, False]


def test_more_ways_are_open_where_the_values_say_so() -> None:
    """And only those."""
    opened = Network(everything().of("NetworkPolicy"))

    assert opened.lets_through(CONTROLLER, PROXY, 8000)
    assert not opened.lets_through(BROWSER, PROXY, 8000)
    assert opened.lets_through(PROMETHEUS, HUB, 8001)
    assert opened.lets_through(PROMETHEUS, HUB, 8003)
    assert not opened.lets_through(PROMETHEUS, HUB, 8004)
    assert opened.lets_through(TOOL, HUB, 8001)
    assert opened.lets_through(HUB, Outside("169.254.1.1"), 80)
    assert opened.lets_through(COPIES, Outside("10.8.8.8"), 443)
    assert opened.lets_through(USER, Outside("10.9.9.9"), 443)
    assert not opened.lets_through(USER, Outside("10.9.9.9"), 80)


def test_networks_to_keep_from_servers_are_the_operators_to_name() -> None:
    """A Kubernetes API with a public address is one."""
    named = networks({"networkPolicy": {"singleuser": {"notTo": ["203.0.113.80/32"]}}})

    assert [each.lets_through(USER, FORGE, 443) for each in named] == [False, False]


def test_with_cilium_the_hub_alone_reaches_the_kubernetes_api() -> None:
    """To Cilium its address is none, and an ipBlock says nothing of it."""
    (policy,) = everything().of("CiliumNetworkPolicy")

    assert policy["spec"]["endpointSelector"]["matchLabels"] == HUB.labels
    assert policy["spec"]["egress"] == [{"toEntities": ["kube-apiserver"]}]
    assert render().of("CiliumNetworkPolicy") == []


def test_names_are_looked_up_where_the_cluster_says() -> None:
    """OpenShift has another namespace and another port for it."""
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "openshift-dns"}}}
    dns = Pod({}, "10.244.0.81", namespace="openshift-dns")
    named = networks({"networkPolicy": {"dns": {"to": [peer], "ports": [5353]}}})

    assert [each.lets_through(USER, dns, 5353) for each in named] == [True, True]
    assert not named[1].lets_through(USER, DNS, 53)
