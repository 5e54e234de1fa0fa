"""An upgrade in the middle of a class, to other settings and another image: the last of this folder, since the place stays so.

Somebody's cell goes on, somebody's program reads its data, one waits for a place in the cluster, and one for their turn.
"""

import asyncio
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from support import web
from support.addresses import client
from support.classes import HAND_IN
from support.cluster.keys import NODE
from support.cluster.lesson import Lesson, make_lesson
from support.cluster.place import TOKEN, Place
from support.cluster.short_keys import short_keys
from support.cluster.starts import LOST, handed_over, is_left, is_over, no_pods_for_servers
from support.cluster.upgrades import upgrade
from support.cluster.visits import visitor
from support.expiring_front import ExpiringFront
from support.kernels import run_in_kernel
from support.live_kernel import LiveKernel, connect, hang_up
from support.stack import ROOT
from support.visitors import Visitor
from support.waiting import soon

SCREENSHOTS = ROOT / "build" / "screenshots"
TITLE = "Größen und Maße — 測定 im Praktikum, für alle, die zum ersten Mal etwas messen"
"""Longer than any name in Kubernetes, and with letters that none has."""
STUDENTS = ("sam", "liv", "ada", "ben")
CROWD = tuple(f"other{number}" for number in range(60))
"""They are not in the class: ten of them have their turn at once, for three seconds, and who comes last waits for all of them."""
HANDED_OVER = "handed-over"
"""Of one that waited for somebody until a moment before the end of its hub."""
LIFE_S = 6.0
LONG_MS = 120_000
"""Two servers that start on a busy machine."""
CELL = """
import pathlib, time
print("begun")
while not pathlib.Path("enough").exists():
    time.sleep(0.1)
answer = 6 * 7
"""
READS = """
import boto3, os, time
from botocore.config import Config
quick = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=5)
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
while True:
    try:
        s3 = boto3.client("s3", config=quick)
        s3.put_object(Bucket=bucket, Key=prefix + "a.txt", Body=b"read")
        print(s3.get_object(Bucket=bucket, Key=prefix + "a.txt")["Body"].read().decode(), flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
    time.sleep(0.5)
"""
BEGIN = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {READS!r}], stdout=open("/home/jovyan/said", "w"), start_new_session=True)
"""


@dataclass
class Upgraded:
    """What there was before the upgrade, and who sees what afterwards.

    Args:
        pods: of those whose servers ran.
        front: gives keys to liv.
    """

    lesson: Lesson
    tia: Visitor
    sam: Visitor
    ada: Visitor
    pods: dict[str, dict[str, Any]]
    front: ExpiringFront

    def row(self, name: str) -> Any:
        """Return somebody's row on the page of the class, which tia has had open all the time."""
        return self.tia.page.get_by_role("row", name=name)


@pytest.fixture(scope="module")
def after(place: Place, browser: Browser) -> Iterator[Upgraded]:
    """A class whose place was upgraded while it was on."""
    roles = {"tia": "instructor", **dict.fromkeys(STUDENTS, "student")}
    lesson = make_lesson(place, TITLE, roles, profile="data", others=CROWD)
    with ExitStack() as over:

        def signed_in(name: str) -> Visitor:
            found = visitor(place, browser)
            over.callback(found.page.context.close)
            found.sign_in(name)
            return found

        tia, sam, ada = (signed_in(name) for name in ("tia", "sam", "ada"))
        front = over.enter_context(short_keys(place, "liv", LIFE_S))
        for name in STUDENTS:
            over.callback(place.stop_if_there, name)
        place.start("liv", {"profile": lesson.profile})
        run_in_kernel(f"{place.url}/user/liv/", TOKEN, BEGIN)
        begin_a_cell(sam)
        pods = {name: place.get("pod", place.pod(name)) for name in ("sam", "liv")}
        tia.page.goto(lesson.page)
        found = Upgraded(lesson, tia, sam, ada, pods, front)
        for name in pods:
            expect(found.row(name)).to_contain_text("Running", timeout=10_000)
        upgrade_now(found, place)
        yield found


def begin_a_cell(sam: Visitor) -> None:
    """Let somebody run a cell in their JupyterLab, and wait until it has begun."""
    sam.start(profile=TITLE)
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "c1",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": CELL,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}
    sam.run(f"open('/home/jovyan/lesson.ipynb', 'w').write({json.dumps(notebook)!r})")
    sam.page.goto(f"{sam.stack.url}/user/sam/lab/tree/lesson.ipynb?reset")
    # Whoever is quicker than the kernel is asked which one is meant.
    sam.page.get_by_text("| Idle").wait_for(timeout=60_000)
    sam.page.get_by_role("menuitem", name="Run", exact=True).click()
    sam.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(sam.page.locator(".jp-OutputArea-output").filter(has_text="begun")).to_be_visible(timeout=60_000)


def upgrade_now(before: Upgraded, place: Place) -> None:
    """Upgrade while one waits for a place in the cluster, and one for their turn; the cell ends when nothing answers."""
    data = {**place.settings["profiles"]["data"], "memory": "1G"}
    others = {"title": "Later", "kubernetes": {"ready_made": {"at_most": 0}}}
    settings = {**place.settings, **others, "profiles": {**place.settings["profiles"], "data": data}}
    profile = {"profile": before.lesson.profile}
    with ExitStack() as over, upgrade(place, settings) as held:
        place.kubectl("cordon", NODE)
        over.callback(place.kubectl, "uncordon", NODE)
        page = before.ada.page
        page.goto(f"{place.url}/hub/spawn/ada")
        page.get_by_role("radio", name=TITLE).check()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_url("**/spawn-pending/**")
        soon(lambda: is_left(place, "ada", "Pod", "Secret"))
        place.cluster.apply(handed_over(place, HANDED_OVER), namespace=place.namespace)
        with no_pods_for_servers(place):
            with ThreadPoolExecutor(10) as at_once:
                list(at_once.map(lambda name: place.api("POST", f"users/{name}/server", {"profile": "gpu"}), CROWD))
            assert place.api("POST", "users/ben/server", profile).status_code == 202
            soon(lambda: "before it" in step_of(place, "ben"))
            held.begin()
        place.run("sam", "touch", "/home/jovyan/enough")


def runs(place: Place, name: str) -> bool:
    """Tell whether somebody's server is ready, as the hub says."""
    return place.server(name).get("ready") is True


def step_of(place: Place, name: str) -> str:
    """Return what somebody's start waits for, as the hub says it."""
    servers = place.api("GET", "sardonyx/servers").json()["servers"]
    return str(next(each["step"] for each in servers if each["name"] == name)["en"])


def test_a_start_that_was_under_way_is_taken_back_and_its_page_says_to_start_again(
    after: Upgraded, place: Place
) -> None:
    """Whether there was a Pod already or not; who waits does nothing to read it."""
    after.ada.page.get_by_text(LOST).wait_for(timeout=60_000)
    after.ada.page.screenshot(path=SCREENSHOTS / "cluster-start-lost.png")
    for name in ("ada", "ben", CROWD[0], CROWD[-1]):
        soon(partial(is_over, place, name), 60)
        soon(partial(is_left, place, name))


def test_nothing_waits_any_more_where_the_new_settings_say_so(place: Place, after: Upgraded) -> None:
    """Nor is there what was to become somebody's at the end of the last hub."""
    assert after
    soon(lambda: HANDED_OVER not in [each["metadata"]["name"] for each in place.get("pods")["items"]], 60)
    soon(lambda: not place.ready_made())


def test_servers_that_ran_are_the_same_ones(after: Upgraded, place: Place) -> None:
    """In the same Pods, which the new hub has taken over."""
    for name, pod in after.pods.items():
        soon(partial(runs, place, name), 60)
        now = place.get("pod", place.pod(name))
        assert now["metadata"]["uid"] == pod["metadata"]["uid"]
        assert [each["restartCount"] for each in now["status"]["containerStatuses"]] == [0]


def test_the_page_of_the_class_goes_on_by_itself_and_says_who_is_here(after: Upgraded) -> None:
    """Its instructor loads nothing anew, and reads what was lost; so does whoever asks the API."""
    for name in after.pods:
        expect(after.row(name)).to_contain_text("Running", timeout=30_000)
    for name in ("ada", "ben"):
        expect(after.row(name)).to_contain_text(LOST, timeout=30_000)
    expect(after.tia.page.locator(".is-stale")).to_have_count(0)
    after.tia.page.screenshot(path=SCREENSHOTS / "cluster-class-upgraded.png")

    live = after.lesson.live()
    assert {name: live[name].startswith("Running") for name in STUDENTS} == {
        "sam": True, "liv": True, "ada": False, "ben": False,
    }  # fmt: skip
    assert live["ada"].endswith(LOST)


def test_keys_go_on_to_be_renewed(after: Upgraded, place: Place) -> None:
    """A program reads and writes its person's data again, with keys that are younger than the new hub."""
    soon(lambda: place.run("liv", "tail", "-n1", "/home/jovyan/said") == "read\n", 60)
    fetched = after.front.fetched.total()

    soon(lambda: after.front.fetched.total() > fetched, 60)
    assert place.run("liv", "tail", "-n1", "/home/jovyan/said") == "read\n"


def test_who_starts_again_gets_what_the_new_settings_say(after: Upgraded, place: Place) -> None:
    """And whose server runs keeps what it had."""
    after.tia.page.get_by_role("button", name="Start everyone").click()
    for name in ("ada", "ben"):
        expect(after.row(name)).to_contain_text("Running", timeout=LONG_MS)

    memory = {
        name: place.get("pod", place.pod(name))["spec"]["containers"][0]["resources"]["limits"]["memory"]
        for name in STUDENTS
    }
    assert memory == {"sam": str(2 << 30), "liv": str(2 << 30), "ada": str(1 << 30), "ben": str(1 << 30)}


def test_the_result_of_a_cell_that_ended_meanwhile_is_in_its_kernel(after: Upgraded, place: Place) -> None:
    """It is the same kernel, with all that it knew."""
    assert after
    server = f"{place.url}/user/sam/"
    as_tests = {"Authorization": f"token {TOKEN}"}
    (session,) = web.get(f"{server}api/sessions", headers=as_tests).json()
    with ThreadPoolExecutor(1) as apart:
        said = apart.submit(asyncio.run, say_in(server, session["kernel"]["id"], "print('it is', answer)")).result()

    assert said == "it is 42\n"


async def say_in(url: str, kernel: str, code: str) -> str:
    """Run a cell in a kernel that is there already; return what it prints."""
    authorization = f"token {TOKEN}"
    async with client(url, headers={"Authorization": authorization}, timeout=60) as asking:
        known = LiveKernel(kernel, 0, url, asking, await connect(url, kernel, authorization))
        try:
            return (await known.run(code)).stdout
        finally:
            await hang_up(known.socket)


def test_an_open_jupyterlab_goes_on_by_itself_and_shows_what_is_said_to_the_class(after: Upgraded) -> None:
    """Its kernel is there again, and no question is in the way: nobody has to load the page anew."""
    page, tia = after.sam.page, after.tia.page
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.screenshot(path=SCREENSHOTS / "cluster-lab-upgraded.png")
    expect(page.locator(".jp-Dialog")).to_have_count(0)

    tia.get_by_text("A message or a file for everybody who is here").click()
    tia.get_by_label("Say something").fill("We go on.")
    tia.get_by_role("button", name="Say it").click()

    expect(page.get_by_text("tia: We go on.")).to_be_visible(timeout=60_000)


def test_what_is_handed_in_is_collected(after: Upgraded) -> None:
    """What a student hands in from the server that ran before."""
    assert after.sam.run(HAND_IN.replace("{course}", after.lesson.course)) == "handed in\n"
    page = after.tia.page
    page.goto(f"{after.lesson.page}/hand-ins")
    page.get_by_text("1 of 4 has handed in something.").wait_for()

    with page.expect_download() as download:
        page.get_by_role("link", name="Collect all of it").click()

    assert download.value.suggested_filename == f"{TITLE}.zip"
    assert zipfile.ZipFile(download.value.path()).read("sam/week 1/answer.txt") == b"42 by sam"


def test_the_class_ends_and_nothing_of_its_servers_is_left(after: Upgraded, place: Place) -> None:
    """Neither of those that began before the upgrade nor of the others."""
    page = after.tia.page
    page.goto(f"{after.lesson.page}/end")
    page.get_by_role("button", name="End the class").click()

    for name in STUDENTS:
        soon(partial(is_over, place, name), 60)
        soon(partial(is_left, place, name))
    assert place.get("pods", "--selector", "app.kubernetes.io/component=singleuser-server")["items"] == []
