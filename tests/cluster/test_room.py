"""Room on the nodes: who finds none, what gives way to whom, what is made ready for a lesson, and images that are there before.

A place of its own, whose servers that wait nobody has asked for before.
"""

import csv
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.cluster import folder_registry
from support.cluster.cluster import Cluster
from support.cluster.images import busybox_layer
from support.cluster.lesson import Lesson, make_lesson
from support.cluster.place import RESTRICTED, Place, load_images
from support.cluster.pods import said
from support.cluster.room import full_node
from support.cluster.settings import PAUSE
from support.cluster.visits import come, visitor
from support.events import come_in
from support.visitors import PASSWORD
from support.waiting import soon

PORT = 5000
"""Of the registry, on the loopback of the node: containerd asks for no certificate there."""
IMAGE = f"127.0.0.1:{PORT}/lab/course"
KEPT, FRESH = {"profile": "kept"}, {"profile": "fresh"}
MANY_CORES, MUCH_MEMORY = {"profile": "cores"}, {"profile": "memory"}
SMALLER = "Choose a smaller one, stop one that you do not use, or try again later."
LOOKS_AHEAD_S = 60
"""The hub looks into the calendar twice in this time."""


@dataclass
class Room:
    """A place with a placeholder, with what fetches images, and with a registry."""

    place: Place
    registry: Path

    def install(self, *more: str) -> None:
        """Install it, or upgrade it to have more images fetched; all that is fetched is there then."""
        place, small = self.place, {"cpu": "125m", "memory": "256M"}
        placeholders = {"replicas": 1, "priorityClass": {"create": True}, "resources": {"requests": small}}
        place.install(
            place.settings,
            prePuller={"enabled": True, "images": [*more]},
            pause={"image": PAUSE},
            scheduling={"placeholders": placeholders},
        )
        place.kubectl("rollout", "status", f"daemonset/{place.name}-puller")

    def placeholder(self) -> dict[str, Any]:
        """Return the Pod that keeps room, or waits for some."""
        selected = f"app.kubernetes.io/instance={self.place.name},app.kubernetes.io/component=placeholder"
        (found,) = self.place.get("pod", "--selector", selected)["items"]
        return dict(found)

    def keep(self, count: int) -> None:
        """Keep room for so many servers from now on."""
        self.place.kubectl("scale", f"deployment/{self.place.name}-placeholder", f"--replicas={count}")

    def has_placeholder(self) -> bool:
        """Tell whether room is kept now."""
        return str(self.placeholder()["status"]["phase"]) == "Running"

    def at_rest(self) -> list[str]:
        """Wait until room is kept and somebody can have a server at once; return the Pods of those that wait."""
        soon(self.has_placeholder, 60)
        return self.place.until_some_wait()

    def put(self, tag: str) -> None:
        """Put an image of a course into the registry."""
        run = {"Cmd": ["sh"], "Env": ["PATH=/bin", f"COURSE={tag}"]}
        folder_registry.put_image(self.registry, "lab/course", tag, busybox_layer(), run)


@pytest.fixture(scope="module")
def room(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A place whose namespace has a quota with room for all of this: what does not say how much it needs is refused there."""
    images, small = load_images(cluster, "hub", "base"), {"cpu": 0.5, "memory": "512M"}
    python = {"image": images["base"]}
    profiles = {
        # That of the chart asks how large it is to be.
        "python": None,
        "kept": {"title": "Kept", **python, **small, "order": 1},
        "cores": {"title": "Many cores", **python, **small, "cpu": 2},
        "memory": {"title": "Much memory", **python, **small, "memory": "4G"},
        "fresh": {"title": "Fresh", **python, **small, "home": "fresh"},
        "course": {"title": "Course", "image": f"{IMAGE}:1", **small},
    }
    quota = {"requests.cpu": "8", "requests.memory": "32Gi", "limits.memory": "64Gi", "pods": "40"}
    about = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "team"}}
    folder = tmp_path_factory.mktemp("registry")
    cluster.node.run("registry", sys.executable, folder_registry.__file__, str(folder), str(PORT))
    try:
        with cluster.namespace(labels=RESTRICTED) as namespace:
            cluster.apply({**about, "spec": {"hard": quota}}, namespace=namespace)
            settings = {"profiles": profiles, "servers": {"start_timeout": "40s"}}
            found = Room(Place(cluster, namespace, "room", 30095, settings), folder)
            found.put("1")
            found.install()
            yield found
    finally:
        cluster.node.stop("registry")


@pytest.fixture
def people(room: Room) -> Iterator[tuple[str, str, str]]:
    """Three whose servers are stopped when the test is through."""
    names = ("amina", "bruno", "cleo")
    for name in names:
        room.place.add_person(name, PASSWORD)
    yield names
    for name in names:
        room.place.stop_if_there(name)


def test_an_image_is_on_the_node_before_anybody_starts_it(room: Room, cluster: Cluster, namespace: str) -> None:
    """A Pod that may fetch none has it. So it is with the next one, of which the hub knows nothing yet, and goes on."""
    container = {"image": f"{IMAGE}:1", "imagePullPolicy": "Never"}
    assert said(cluster, namespace, "first", "echo $COURSE", container=container) == "1\n"
    room.put("2")
    hub = room.place.hub_pod()
    assert f"{IMAGE}:2" not in cluster.images()

    room.install(f"{IMAGE}:2")

    container["image"] = f"{IMAGE}:2"
    assert said(cluster, namespace, "second", "echo $COURSE", container=container) == "2\n"
    assert room.place.hub_pod() == hub


def test_servers_wait_for_all_of_a_lesson_and_of_an_event_and_not_after_them(room: Room, browser: Browser) -> None:
    """As many as there are people without one, from ten minutes before the beginning to a quarter of an hour after it."""
    place = room.place
    roles = {"tia": "instructor", **dict.fromkeys(("sam", "liv", "kim"), "student")}
    lesson = make_lesson(place, "Optics", roles, profile="fresh")
    set_lesson(lesson, 5)
    place.may("organiser", "tia")
    made = place.in_hub(
        *("sardonyx", "event", "create", "Open day", "--organiser", "tia", "--profile", "fresh", "--accounts", "2"),
        *("--begins", moment(-1), "--ends", moment(600), "--zone", "UTC"),
    )
    event = made.rpartition(" ")[2].strip()
    codes = csv.DictReader(place.in_hub("sardonyx", "event", "codes", event, "-o", "-").splitlines())
    guest = visitor(place, browser)
    come_in(guest, next(codes)["link"], "Ada")
    guest.page.get_by_role("heading", name="Open day").wait_for()
    guest.page.context.close()

    soon(lambda: len(place.until_some_wait()) == 5, LOOKS_AHEAD_S)
    waiting = place.ready_made()
    try:
        for name, profile in (("sam", lesson.profile), ("open-day-1", f"event-{event}")):
            place.start(name, {"profile": profile})
            assert place.pod(name) in waiting
        soon(lambda: len(place.ready_made()) == 3, LOOKS_AHEAD_S)

        set_lesson(lesson, -20)
        place.in_hub("sardonyx", "event", "change", event, "--begins", moment(-60))
        # As many as were started within a minute, or the one that always waits.
        soon(lambda: len(place.ready_made()) in {1, 2}, LOOKS_AHEAD_S)
    finally:
        for name in ("sam", "open-day-1"):
            place.stop_if_there(name)


def set_lesson(lesson: Lesson, begins_min: int) -> None:
    """Let a class have one lesson, which begins so many minutes from now; by clocks by which that is not around midnight."""
    now = datetime.now(UTC)
    zone, ahead_h = ("UTC", 0) if 2 <= now.hour < 20 else ("Asia/Tokyo", 9)
    begins = now + timedelta(hours=ahead_h, minutes=begins_min)
    hours = f"{begins:%Y-%m-%d %H:%M}-{begins + timedelta(minutes=90):%H:%M}"
    lesson.place.in_hub("sardonyx", "class", "change", lesson.course, "--zone", zone)
    lesson.place.in_hub("sardonyx", "class", "hours", lesson.course, "--lessons", hours)


def moment(ahead_min: int) -> str:
    """Return a moment as the command takes it."""
    return f"{datetime.now(UTC) + timedelta(minutes=ahead_min):%Y-%m-%dT%H:%M}"


def test_a_placeholder_gives_way_to_a_server_and_comes_back_after_it(room: Room, people: tuple[str, ...]) -> None:
    """The server that waits for somebody is left alone."""
    place, (amina, *_others) = room.place, people
    waiting, before = room.at_rest(), room.placeholder()["metadata"]["uid"]
    with full_node(place.cluster):
        assert place.api("POST", f"users/{amina}/server", KEPT).status_code in {201, 202}
        told = [*place.progress(amina)]

        assert "Making room for your server" in [each["message"] for each in told]
        assert told[-1].get("ready"), told
        assert {*waiting} <= {*place.ready_made()}
        assert (room.has_placeholder(), room.placeholder()["metadata"]["uid"] == before) == (False, False)
        place.stop(amina)
        soon(room.has_placeholder)


def test_the_next_server_that_waits_takes_the_room_that_a_placeholder_keeps(
    room: Room, people: tuple[str, ...]
) -> None:
    """So somebody has one at once in a full cluster, and so has whoever comes next."""
    place, (amina, *_others) = room.place, people
    waiting = room.at_rest()
    with full_node(place.cluster):
        place.start(amina, FRESH)
        assert place.pod(amina) in waiting

        soon(lambda: bool({*place.until_some_wait()} - {*waiting}), 60)
        assert not room.has_placeholder()


def test_who_finds_no_place_reads_why_and_goes_on_when_one_comes_free(
    room: Room, people: tuple[str, ...], browser: Browser
) -> None:
    """What keeps room gives way first, then what waits for nobody; after that somebody waits, until another one stops."""
    place, (amina, bruno, cleo) = room.place, people
    room.at_rest()
    with full_node(place.cluster):
        place.start(amina, KEPT)
        place.start(bruno, KEPT)
        assert place.ready_made() == []
        # It would be in the place of another one that waited, if there were two.
        room.keep(0)
        with full_node(place.cluster):
            visits = come(place, browser, cleo)
            visits.page.goto(f"{place.url}/hub/spawn/{cleo}")
            visits.page.get_by_role("radio", name="Kept").check()
            visits.page.get_by_role("button", name="Start", exact=True).click()
            why = "Waiting for a free place: no machine has so many cores free. It goes on by itself."
            visits.page.get_by_text(
                f"{why} A smaller one may find a place now: stop this one, and choose again."
            ).wait_for()
            assert place.server(cleo)["pending"] == "spawn"
            place.stop(amina)

            visits.page.wait_for_url(re.compile(f"/user/{cleo}/lab"), timeout=60_000)
            visits.page.context.close()
    room.keep(1)


def test_who_finds_no_place_in_time_reads_what_was_lacking_and_nothing_is_left(
    room: Room, people: tuple[str, ...]
) -> None:
    """Each what they lack, with what they can do; and no placeholder is pushed aside for what would not fit even then."""
    place, (amina, bruno, _cleo) = room.place, people
    soon(room.has_placeholder)
    before = room.placeholder()["metadata"]["uid"]
    with full_node(place.cluster, cpu="200m", memory="500Mi"), ThreadPoolExecutor(2) as both:
        cores, memory = both.map(place.refused, (amina, bruno), (MANY_CORES, MUCH_MEMORY))

    found = "There was no free place for your server: no machine has so"
    assert cores.endswith(f"{found} many cores free. {SMALLER}")
    assert memory.endswith(f"{found} much memory free. {SMALLER}")
    soon(lambda: place.left_of(amina) + place.left_of(bruno) == [])
    assert room.placeholder()["metadata"]["uid"] == before


def test_a_namespace_with_a_quota_has_all_of_this_and_says_when_no_memory_of_it_is_left(
    room: Room, people: tuple[str, ...]
) -> None:
    """Nothing of ours was refused for want of what it needs; a start that finds none left is, and the next one works."""
    place, (amina, *_others) = room.place, people

    def limit(amount: str) -> None:
        place.kubectl(
            "patch", "quota", "team", "--type=merge", f'--patch={{"spec":{{"hard":{{"limits.memory":"{amount}"}}}}}}'
        )
        soon(lambda: place.get("quota", "team")["status"]["hard"]["limits.memory"] == amount)

    limit(place.get("quota", "team")["status"]["used"]["limits.memory"])
    try:
        refused = place.refused(amina, MUCH_MEMORY)
        assert "This place uses as much of the cluster as it may." in refused
        assert place.left_of(amina) == []
    finally:
        limit("64Gi")
    place.start(amina, KEPT)
    assert "must specify" not in place.hub_log()
