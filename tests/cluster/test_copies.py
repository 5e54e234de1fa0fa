"""Copies of repositories for all servers of a cluster: who starts next asks no forge."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from support.cluster.place import Place
from support.git_server import Forge
from support.visitors import PASSWORD

COPY = """
import os
from pathlib import Path
from sardonyx_singleuser.plan import read_plan
print(read_plan(Path(os.environ["SARDONYX_PLAN"])).repositories[0].copy)
"""
ASK = """
import sys, urllib.request, urllib.error
try:
    print(urllib.request.urlopen(sys.argv[1]).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@pytest.fixture
def started(place: Place) -> Iterator[Callable[[str], None]]:
    """A way to start somebody's server with a repository; it is stopped when the test is through."""
    with ExitStack() as over:

        def start(name: str) -> None:
            place.add_person(name, PASSWORD)
            over.callback(place.stop_if_there, name)
            place.start(name, {"profile": "data"})

        yield start


@pytest.fixture
def away(forge: Forge) -> Iterator[Callable[[], None]]:
    """A way to let the forge answer nobody, until the test is through."""

    def go() -> None:
        forge.is_away = True

    yield go
    forge.is_away = False


def files(place: Place, name: str) -> list[str]:
    """Return what is in somebody's repository."""
    return place.run(name, "ls", "/home/jovyan/course").split()


def test_the_next_server_has_its_repository_from_the_copy(
    place: Place, started: Callable[[str], None], away: Callable[[], None]
) -> None:
    """While the forge is away; the clone knows the forge alone. An address that the hub has not signed leads to nothing."""
    started("amina")
    away()

    started("bela")

    assert files(place, "bela") == files(place, "amina") == ["first-notebook.ipynb"]
    origin = place.run("bela", "git", "-C", "/home/jovyan/course", "remote", "get-url", "origin").strip()
    assert origin == place.settings["profiles"]["data"]["repositories"]["course"]["url"]
    copy = place.run("bela", "python", "-c", COPY).strip()
    refs = "info/refs?service=git-upload-pack"
    assert place.run("bela", "python", "-c", ASK, f"{copy}/{refs}").strip() == "200"
    assert place.run("bela", "python", "-c", ASK, f"{copy[:-1]}/{refs}").strip() == "404"


def test_without_the_copies_a_server_goes_to_the_forge(place: Place, started: Callable[[str], None]) -> None:
    """Nobody waits for a Pod that is away."""
    deployment = f"deployment/{place.name}-copies"
    place.kubectl("scale", deployment, "--replicas=0")
    try:
        started("cleo")
        assert files(place, "cleo") == ["first-notebook.ipynb"]
    finally:
        place.kubectl("scale", deployment, "--replicas=1")
        place.kubectl("rollout", "status", deployment, "--timeout=120s")
