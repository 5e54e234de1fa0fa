"""Whether volumes and ways in can be had on a cluster: said with what to write."""

from collections.abc import Mapping
from typing import Any

import pytest
from support.installations import an_installation

from sardonyx_hub_config.cluster_check.volumes import judge_chart, judge_homes, judge_shared
from sardonyx_hub_config.cluster_check.ways_in import judge_gateway, judge_ingress, judge_issuer
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

USUAL = {"storageclass.kubernetes.io/is-default-class": "true"}
INGRESS_USUAL = {"ingressclass.kubernetes.io/is-default-class": "true"}


def a_class(name: str, *, annotations: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Return a storage class that lets volumes grow, or an Ingress class."""
    about = {"name": name, "annotations": dict(annotations or {}), "creationTimestamp": more.pop("made", "2026-01-01")}
    return {"metadata": about, "provisioner": "example.org/any", "allowVolumeExpansion": True, **more}


def homes(*classes: Mapping[str, Any], **settings: Any) -> list[Finding]:
    """Judge the homes of settings."""
    return [*judge_homes(classes, an_installation({"kubernetes": {"homes": settings}}))]


def test_the_usual_storage_class_makes_homes() -> None:
    """Where none is named."""
    assert homes(a_class("fast", annotations=USUAL)) == [
        Finding(GOOD, "homes", "the storage class 'fast' makes them, and lets them grow")
    ]


def test_a_storage_class_that_is_not_there_is_named_with_those_that_are() -> None:
    """The way to its name is short."""
    (found,) = homes(a_class("fast"), a_class("slow"), storage_class="fsat")

    assert (found.state, found.text) == (
        BAD,
        "there is no storage class 'fsat'. Correct kubernetes.homes.storage_class in the settings; there are: fast, slow.",
    )


def test_without_a_usual_storage_class_one_has_to_be_named() -> None:
    """A home would wait for ever."""
    (found,) = homes(a_class("fast"))

    assert (found.state, found.text) == (
        BAD,
        "no storage class is the usual one. Name one in kubernetes.homes.storage_class in the settings; there are: fast.",
    )


def test_of_several_usual_ones_the_newest_is_taken() -> None:
    """As Kubernetes does, which the operator may not expect."""
    old, new = a_class("old", annotations=USUAL), a_class("new", annotations=USUAL, made="2026-02-01")
    (found,) = homes(new, old)

    assert found.state == NOTE
    assert found.text.startswith("several storage classes are the usual one (new, old), and 'new' is taken.")


def test_homes_that_cannot_grow_are_a_note() -> None:
    """The setting promises that they do."""
    (found,) = homes(a_class("fast", allowVolumeExpansion=None), storage_class="fast")

    assert found.state == NOTE
    assert found.text.startswith("the storage class 'fast' does not let volumes grow")


def test_a_storage_class_that_makes_nothing_is_a_fault() -> None:
    """Somebody would have to make a volume for each person."""
    (found,) = homes(a_class("local", provisioner="kubernetes.io/no-provisioner"), storage_class="local")

    assert (found.state, found.text) == (
        BAD,
        "the storage class 'local' makes no volume by itself: each would wait for somebody who does. Name another one.",
    )


def test_disks_cannot_be_had_by_many_nodes() -> None:
    """Those whose maker is known."""
    disks = a_class("gp3", provisioner="ebs.csi.aws.com")
    (found,) = homes(disks, storage_class="gp3", access="ReadWriteMany")

    assert found.state == NOTE
    assert "makes disks, which one node has at a time, and kubernetes.homes.access is ReadWriteMany" in found.text
    assert homes(disks, storage_class="gp3")[0].state == GOOD


@pytest.mark.parametrize(
    ("storage", "state", "said"),
    [
        pytest.param({}, GOOD, "the storage class 'fast' makes it", id="usual"),
        pytest.param(
            {"storageClass": "lost"},
            BAD,
            "there is no storage class 'lost'. Correct hub.storage.storageClass",
            id="lost",
        ),
        pytest.param({"storageClass": ""}, NOTE, "is made by no storage class, because", id="by hand"),
    ],
)
def test_the_volume_of_the_hub_is_looked_at_too(storage: dict[str, Any], state: str, said: str) -> None:
    """By the values, not the settings."""
    (found,) = judge_chart([a_class("fast", annotations=USUAL)], an_installation(values={"hub": {"storage": storage}}))

    assert (found.state, found.text.startswith(said)) == (state, True)


def test_the_volume_of_a_postgresql_is_looked_at_where_there_is_one() -> None:
    """It has a storage class of its own."""
    values = {"postgresql": {"enabled": True, "storage": {"storageClass": "lost"}}}
    hub, postgresql = judge_chart([a_class("fast", annotations=USUAL)], an_installation(values=values))

    assert (hub.state, postgresql.state, postgresql.about) == (GOOD, BAD, "postgresql volume")
    assert "Correct postgresql.storage.storageClass in the values" in postgresql.text


def test_a_claim_that_is_there_needs_no_storage_class() -> None:
    """Whatever classes there are."""
    assert [*judge_chart([], an_installation(values={"hub": {"storage": {"existingClaim": "mine"}}}))] == []


@pytest.mark.parametrize(
    ("classes", "name", "state", "said"),
    [
        pytest.param([], "", BAD, "there is no Ingress class, so nobody serves an Ingress.", id="no controller"),
        pytest.param([a_class("nginx")], "nginx", GOOD, "the class 'nginx' serves it", id="named"),
        pytest.param(
            [a_class("nginx"), a_class("haproxy")],
            "ngnix",
            BAD,
            "there is no Ingress class 'ngnix'. Correct ingress.className; there are: haproxy, nginx.",
            id="another name",
        ),
        pytest.param(
            [a_class("nginx")], "", BAD, "no Ingress class is the usual one. Name one in ingress.className", id="none"
        ),
        pytest.param(
            [a_class("nginx", annotations=INGRESS_USUAL)], "", GOOD, "the class 'nginx' serves it", id="usual"
        ),
        pytest.param(
            [a_class("a", annotations=INGRESS_USUAL), a_class("b", annotations=INGRESS_USUAL)],
            "",
            BAD,
            "several Ingress classes are the usual one.",
            id="two",
        ),
    ],
)
def test_somebody_has_to_serve_the_ingress(classes: list[dict[str, Any]], name: str, state: str, said: str) -> None:
    """The class that is named, or the usual one."""
    found = judge_ingress(classes, name)

    assert (found.state, found.text.startswith(said)) == (state, True)


def test_an_issuer_needs_cert_manager() -> None:
    """Else no certificate ever comes."""
    tls = an_installation(values={"ingress": {"tls": {"enabled": True, "issuer": "letsencrypt"}}}).values.ingress.tls
    (found,) = judge_issuer(tls, {"apps"})

    assert (found.state, found.text.startswith("cert-manager is not installed, and ingress.tls.issuer")) == (BAD, True)
    assert [*judge_issuer(tls, {"cert-manager.io"})] == []


def a_gateway(whence: str | None) -> dict[str, Any]:
    """Return one that takes routes from there."""
    listener = {} if whence is None else {"allowedRoutes": {"namespaces": {"from": whence}}}
    return {"spec": {"listeners": [listener]}}


@pytest.mark.parametrize(
    ("gateway", "is_of_here", "state", "said"),
    [
        pytest.param(None, False, BAD, "there is no Gateway gw/public. Correct gateway.parentRefs.", id="lost"),
        pytest.param(a_gateway("All"), False, GOOD, "the Gateway gw/public takes the route", id="all"),
        pytest.param(a_gateway(None), True, GOOD, "the Gateway gw/public takes the route", id="of here"),
        pytest.param(a_gateway(None), False, BAD, "the Gateway gw/public takes no routes from this namespace.", id="usual"),
        pytest.param(a_gateway("Selector"), False, NOTE, "the Gateway gw/public takes routes from namespaces with certain", id="some"),
    ],
)  # fmt: skip
def test_a_gateway_has_to_take_the_route(gateway: Any, *, is_of_here: bool, state: str, said: str) -> None:
    """One takes those of its own namespace, unless it says more."""
    found = judge_gateway("gw/public", gateway, is_of_here=is_of_here)

    assert (found.state, found.text.startswith(said)) == (state, True)


def shared(*classes: Mapping[str, Any], **settings: Any) -> list[Finding]:
    """Judge the volumes of classes and teams of settings."""
    return [*judge_shared(classes, an_installation({"kubernetes": {"shared_volumes": settings}}))]


def test_nothing_is_said_of_volumes_of_classes_where_there_are_none() -> None:
    """As in most places."""
    assert [*judge_shared([], an_installation())] == []


def test_a_storage_class_of_shared_files_makes_the_volumes_of_classes() -> None:
    """As far as can be told: a cluster does not say what a class can."""
    assert shared(a_class("nfs"), storage_class="nfs") == [
        Finding(
            GOOD,
            "class volumes",
            "the storage class 'nfs' makes them, if it makes volumes for many nodes at once (ReadWriteMany): a cluster does"
            " not say that of a class",
        )
    ]


@pytest.mark.parametrize(
    ("classes", "named", "state", "said"),
    [
        pytest.param(
            [a_class("disks", provisioner="ebs.csi.aws.com")],
            "disks",
            BAD,
            "none would start. Name a class",
            id="disks",
        ),
        pytest.param([a_class("nfs")], "nsf", BAD, "there is no storage class 'nsf'. Correct", id="misspelt"),
        pytest.param([a_class("nfs")], "", BAD, "Name one in kubernetes.shared_volumes.storage_class", id="no default"),
        pytest.param([a_class("nfs", allowVolumeExpansion=False)], "nfs", NOTE, "keep their size", id="does not grow"),
    ],
)
def test_what_makes_no_volumes_for_classes_is_said_with_what_to_write(
    classes: list[Mapping[str, Any]], named: str, state: str, said: str
) -> None:
    """Before thirty students wait."""
    (found,) = shared(*classes, storage_class=named)

    assert (found.state, found.about) == (state, "class volumes")
    assert said in found.text
