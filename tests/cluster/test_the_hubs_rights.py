"""What the hub asks of the cluster, by the cluster's own log, beside what it may ask."""

import json
from typing import Any

from support.cluster.cluster import Cluster
from support.cluster.place import Place
from support.visitors import PASSWORD

from sardonyx_spawner.kube.rights import RIGHTS


def asked(cluster: Cluster, place: Place) -> dict[str, set[str]]:
    """Return what the hub has asked so far: resource -> verbs; and nothing of it was refused that it may."""
    hub = f"system:serviceaccount:{place.namespace}:{place.name}-hub"
    found: dict[str, set[str]] = {}
    for line in cluster.audit_log.read_text().splitlines():
        entry: dict[str, Any] = json.loads(line)
        # Whoever has no good token is nobody.
        if entry["user"].get("username") != hub or "objectRef" not in entry:
            continue
        about = entry["objectRef"]
        below = f"/{about['subresource']}" if "subresource" in about else ""
        if entry["responseStatus"].get("code") == 403:
            # An API server that has just started refuses for a moment what it allows then.
            assert entry["verb"] in RIGHTS.get(f"{about['resource']}{below}", ()), entry
        found.setdefault(f"{about['resource']}{below}", set()).add(entry["verb"])
    return found


def test_the_hub_uses_each_right_that_it_has_and_asks_for_no_other(cluster: Cluster, place: Place) -> None:
    """A first server, a second one at the same home, one that cannot be had, one with a larger home, and its end.

    And one that waited for somebody.
    """
    person = place.add_person("rights", PASSWORD)
    place.until_some_wait()
    place.start("rights", {"profile": "fresh"})
    place.stop("rights")
    for _time in range(2):
        place.start("rights", {"profile": "python"})
        place.stop("rights")
    assert "could not be fetched" in place.refused("rights", {"profile": "lost"})
    place.start("rights", {"profile": "roomy"})
    place.stop("rights")
    (home,) = place.get("pvc", "--selector", f"sardonyx.org/person={person},app.kubernetes.io/component=home")["items"]
    assert home["spec"]["resources"]["requests"]["storage"] == str(2 << 30)
    place.erase(person)

    assert {resource: sorted(verbs) for resource, verbs in asked(cluster, place).items()} == {
        resource: sorted(verbs) for resource, verbs in RIGHTS.items()
    }


def test_the_doctor_says_what_works_in_the_hubs_pod(place: Place) -> None:
    """The cluster, the hub's rights, the proxy, and what copies repositories."""
    said = place.in_hub("sardonyx", "doctor")

    assert (
        f"ok     cluster      Kubernetes v1.36.3 answers, and the hub may do in the namespace {place.namespace}" in said
    )
    assert "ok     proxy        answers, and leads to 0 servers" in said
    assert "ok     copies       answers: servers get the repositories that the settings name from there" in said
    assert "FAULT" not in said


def test_the_doctor_says_which_rights_are_missing(place: Place) -> None:
    """And who gives them: somebody may have changed the role."""
    role = f"role/{place.name}-hub"
    before = place.get(role)
    less = {**before, "rules": [rule for rule in before["rules"] if rule["resources"] != ["pods/log"]]}
    place.kubectl("replace", "-f", "-", given=less)
    try:
        said = place.in_hub("sh", "-c", "sardonyx doctor; echo ended with $?")
    finally:
        place.kubectl("apply", "-f", "-", given={**before, "metadata": {"name": f"{place.name}-hub"}})

    assert f"FAULT  cluster      the hub may not get pods/log in the namespace {place.namespace}." in said
    assert "ended with 1" in said
