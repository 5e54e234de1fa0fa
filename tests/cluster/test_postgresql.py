"""The PostgreSQL of the chart, beside a place that has people already: they move, and are there after all that can happen."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.cluster.cluster import Cluster
from support.cluster.place import RESTRICTED, Place, load_images
from support.images import built_image
from support.visitors import PASSWORD
from support.waiting import soon

NAME = "inside"
STARTED_S = 90


@pytest.fixture
def own(place: Place, cluster: Cluster) -> Iterator[Place]:
    """A namespace of its own, where only Pods without any rights may be."""
    load_images(cluster, "postgresql")
    with cluster.namespace(labels=RESTRICTED) as namespace:
        yield replace(place, namespace=namespace, name=NAME, port=place.port + 2)


def install(own: Place, *, enabled: bool = True, move: bool = False) -> None:
    """Install it, or upgrade it."""
    repository, _colon, tag = built_image("postgresql").rpartition(":")
    postgresql = {
        "enabled": enabled,
        "image": {"repository": repository, "tag": tag, "pullPolicy": "Never"},
        "storage": {"size": "1Gi"},
    }
    hub = {**own.values(own.settings)["hub"], "moveDatabase": move}
    own.install(own.settings, postgresql=postgresql, hub=hub)


def add(own: Place, name: str) -> str:
    """Make an account, as the operator does; return its id."""
    command = ("exec", "--stdin", f"deployment/{NAME}-hub", "--", "sardonyx", "user", "add", name, "--password-stdin")
    own.kubectl(*command, given=f"{PASSWORD}\n")
    assert own.api("POST", f"users/{name}").status_code == 201
    return identity(own, name)


def identity(own: Place, name: str) -> str:
    """Return the id of somebody, as the hub itself knows it."""
    script = (
        "import os; from sardonyx_hub_config.engines.mounted_variables import take_mounted; take_mounted(os.environ); "
        f"from sardonyx_hub_config.commands.people_here import people_here; print(people_here()[1].by_name({name!r}).id)"
    )
    return own.in_hub("python", "-c", script).strip()


def in_postgresql(own: Place, *command: str) -> str:
    """Run a command in its Pod."""
    return own.kubectl("exec", f"{NAME}-postgresql-0", "--", *command)


def running(own: Place) -> set[str]:
    """Return the uid of its Pod, where that answers."""
    found = own.get("pod", "--selector=app.kubernetes.io/component=postgresql")["items"]
    return {
        str(each["metadata"]["uid"])
        for each in found
        if any(container["ready"] for container in each["status"].get("containerStatuses", []))
    }


def test_people_are_there_whatever_happens_to_it(own: Place) -> None:
    """They move in, and stay: over the loss of its Pod, an uninstallation and a new one; nothing is written by the operator."""
    install(own, enabled=False)
    mara = add(own, "mara")

    install(own, move=True)
    assert identity(own, "mara") == mara
    assert "and JupyterHub's tables are in the PostgreSQL now." in own.hub_log()
    assert "Traceback" not in own.hub_log()
    noor = add(own, "noor")
    own.start("noor", {"profile": "python"})
    assert "PostgreSQL 17" in own.in_hub("sardonyx", "doctor")

    (before,) = running(own)
    own.kubectl("delete", "pod", f"{NAME}-postgresql-0")
    soon(lambda: running(own) - {before} != set(), STARTED_S)
    soon(lambda: own.api("GET", "users/noor").status_code == 200, STARTED_S)
    assert own.server("noor")["ready"] is True
    assert "noor" in in_postgresql(own, "pg_dump", "--data-only", "sardonyx")
    own.stop("noor")

    own.cluster.helm("uninstall", NAME, f"--namespace={own.namespace}", "--wait")
    left = own.kubectl("get", "persistentvolumeclaim", "--output=name").split()
    assert f"persistentvolumeclaim/{NAME}-postgresql" in left
    # Its password is a new one now.
    install(own)
    assert (identity(own, "mara"), identity(own, "noor")) == (mara, noor)
    assert "Traceback" not in own.hub_log()
