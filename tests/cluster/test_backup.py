"""A place is removed with all that is its own, and brought back: by the commands that operators are told to type."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.cluster.cluster import Cluster
from support.cluster.place import RESTRICTED, TOKEN, Place, load_images
from support.cluster.pods import phase, pod, until
from support.kernels import run_in_kernel
from support.stack import ROOT
from support.visitors import PASSWORD
from support.waiting import soon

PAGE = (ROOT / "docs" / "how-to" / "back-up-a-cluster.md").read_text()
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
STORE = """
import boto3, os
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
s3 = boto3.client("s3")
"""
PUT = 'done = s3.put_object(Bucket=bucket, Key=prefix + "note.txt", Body=b"in the store")'
GET = 'print(s3.get_object(Bucket=bucket, Key=prefix + "note.txt")["Body"].read().decode())'
OURS = "app.kubernetes.io/instance=sardonyx"
KINDS = "all,configmap,secret,persistentvolumeclaim,networkpolicy,role,rolebinding,serviceaccount,poddisruptionbudget"


def blocks(heading: str, kind: str = "sh") -> list[str]:
    """Return the blocks of a section."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [text for _indent, found, text in BLOCK.findall(section) if found == kind]


@pytest.fixture
def own(cluster: Cluster) -> Iterator[Place]:
    """A place of the name, and in the namespace, of the docs."""
    images = load_images(cluster, "hub", "python")
    usual = {"profiles": {"python": {"title": "Python", "image": images["python"], "memory": "2G"}}}
    with cluster.namespace("datalab", labels=RESTRICTED) as namespace:
        own = Place(cluster, namespace, "sardonyx", 30093, usual)
        own.install(usual)
        yield own


def somebodys() -> dict[str, Any]:
    """Return a Pod that stands for somebody's server."""
    security = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
    closed = {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
    found = pod("somebody", "exec sleep 600", securityContext=security, container=closed)
    found["metadata"]["labels"] = {
        "app.kubernetes.io/name": "sardonyx",
        "app.kubernetes.io/instance": "sardonyx",
        "app.kubernetes.io/component": "singleuser-server",
    }
    return found


def in_kernel(own: Place, code: str) -> str:
    """Return what a notebook of hers prints, which has her keys."""
    return run_in_kernel(f"{own.url}/user/mara/", TOKEN, STORE + code).strip()


class Operator:
    """Types what the page says, in a folder."""

    def __init__(self, own: Place, folder: Path) -> None:
        self._own, self._folder = own, folder
        self._before, *self.backup = blocks("Back it up")
        (text,) = blocks("Back it up", "yaml")
        (folder / "files.yaml").write_text(text)

    def types(self, *scripts: str) -> None:
        """Run commands, which all succeed."""
        text = "\n".join(["set -euo pipefail", *scripts])
        result = subprocess.run(
            ["bash", "-c", text], cwd=self._folder, env=self._own.cluster.environment,
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        assert result.returncode == 0, f"{text}\n{result.stdout}\n{result.stderr}"

    def types_after_the_first(self, *scripts: str) -> None:
        """Run commands that need those of the beginning."""
        self.types(self._before, *scripts)


def test_a_place_is_brought_back_after_everything_was_removed(own: Place, cluster: Cluster, tmp_path: Path) -> None:
    """People with their ids and passwords, homes, and what they have in the store; before that, nothing is left of it."""
    operator = Operator(own, tmp_path)
    mara = own.add_person("mara", PASSWORD)
    own.start("mara", {"profile": "python"})
    own.run("mara", "sh", "-c", "echo at home > note.txt")
    assert in_kernel(own, PUT) == ""
    *copied, _started = operator.backup
    operator.types_after_the_first(*copied)
    # Its server was ended for the copy of its home; one that runs is what is left behind without a word.
    cluster.apply(somebodys(), namespace=own.namespace)
    until(cluster, own.namespace, "somebody", "Running")

    uninstall, *rest = blocks("Remove everything")[0].strip().splitlines()
    operator.types(uninstall)
    assert phase(cluster, own.namespace, "somebody") == "Running"
    operator.types(*rest)
    soon(lambda: own.get(KINDS, "--selector", OURS)["items"] == [], 60)

    own._people.clear()
    own.install(own.settings)
    operator.types_after_the_first(*blocks("Bring it back"))
    own.until_hub_is_not("")
    assert own.add_person("mara", PASSWORD) == mara
    own.start("mara", {"profile": "python"})
    assert own.run("mara", "cat", "note.txt").strip() == "at home"
    assert in_kernel(own, GET) == "in the store"
