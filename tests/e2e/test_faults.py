"""Each process is killed in the middle of work: what a person sees, and that all works again by itself."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from support import web
from support.classes import people_of
from support.places import BUCKET
from support.servers import server_of
from support.stack import ROOT
from support.stored import administrator_of, only_these_go
from support.visitors import PASSWORD, Visitor
from support.waiting import soon

from sardonyx_services.listening import bound
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore

pytestmark = pytest.mark.browser
KILLS = 12
SCREENSHOTS = ROOT / "build" / "screenshots"


@pytest.fixture(scope="module")
def dora(stack: Any, administrator: str, browser: Browser) -> Iterator[Visitor]:
    """Somebody who has signed in, and stays so whatever is killed."""
    assert administrator
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(20_000)
        stack.add_person("dora", PASSWORD)
        visitor = Visitor(stack, context.new_page())
        visitor.sign_in("dora")
        yield visitor


@pytest.fixture
def worker(dora: Visitor) -> Visitor:
    """Somebody in the middle of work: a running server, and JupyterLab, which is open as long as it runs."""
    if "/user/dora/lab" not in dora.page.url or not dora.has_server():
        dora.start()
    return dora


WRITE = """
import os, boto3
h = os.environ["SARDONYX_S3_HOME"].split("/", 3)
boto3.client("s3").put_object(Bucket=h[2], Key=h[3] + "k", Body=b"x")
print("kept")
"""

READ = """
import os, boto3
h = os.environ["SARDONYX_S3_HOME"].split("/", 3)
print(boto3.client("s3").get_object(Bucket=h[2], Key=h[3] + "k")["Body"].read().decode())
"""


@pytest.mark.parametrize(
    "process",
    [
        pytest.param("configurable-http-proxy", id="proxy"),
        pytest.param("sardonyx_services.credentials", id="keys"),
        pytest.param("sardonyx_services.object_store ", id="store"),
        pytest.param("weed", id="seaweedfs"),
    ],
)
def test_what_is_killed_comes_back_and_the_server_goes_on(stack: Any, worker: Any, process: str) -> None:
    """The person's server is the same one as before, and writes its data again."""
    server = server_of(stack.data, "dora")

    os.kill(stack.find(process), signal.SIGKILL)

    soon(lambda: worker.run(WRITE).strip() == "kept")
    assert server_of(stack.data, "dora") == server


def test_a_server_that_the_proxy_has_forgotten_is_asked_again_by_open_pages(stack: Any, worker: Any) -> None:
    """Pages go on their way through the hub; JupyterLab asks for the rest again after 503, and gives up after a way to a page."""
    assert worker.page.url
    proxy = f"http://127.0.0.1:{stack.port + 2}/api/routes/user/dora"
    token = {"Authorization": f"token {(stack.data / 'secrets' / 'proxy').read_text().strip()}"}
    route = web.get(proxy, headers=token).json()
    of_a_page, of_a_script = {"Sec-Fetch-Mode": "navigate"}, {"Sec-Fetch-Mode": "cors"}
    sessions = f"{stack.url}/user/dora/api/sessions"

    web.delete(proxy, headers=token)
    try:
        asked = web.get(sessions, headers=of_a_script), web.post(sessions, json={}), web.get(sessions)
        page = web.get(f"{stack.url}/user/dora/lab", headers=of_a_page)
        stopped = web.get(f"{stack.url}/user/nobody/api/sessions", headers=of_a_script)
    finally:
        web.post(proxy, headers=token, json=route)

    for answer in asked:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json() == {"message": "Your server runs, and cannot be reached for a moment. Try again."}
    assert (page.status_code, page.headers["Location"]) == (302, "/hub/user/dora/lab")
    assert (stopped.status_code, stopped.headers["Location"]) == (302, "/hub/user/nobody/api/sessions")
    assert worker.run(WRITE).strip() == "kept"


@pytest.mark.parametrize(
    ("process", "offset"),
    [
        pytest.param("sardonyx_services.credentials", 3, id="keys"),
        pytest.param("sardonyx_services.object_store ", 4, id="store"),
        pytest.param("sardonyx_services.links", 5, id="links"),
        pytest.param("sardonyx_services.people.web", 6, id="classes"),
    ],
)
def test_nobody_has_the_port_of_a_service_that_is_away(stack: Any, worker: Any, process: str, offset: int) -> None:
    """Code in somebody's server would be sent the tokens of all others; who asks meanwhile is answered a moment later."""
    first = stack.find(process)
    os.kill(first, signal.SIGKILL)

    tried = 0
    while not (found := [pid for pid in stack.find_all(process) if pid != first]):
        # To look for it takes long on a busy machine: most tries are between two looks.
        for _ in range(10):
            with pytest.raises(OSError, match="Address already in use"):
                bound(stack.port + offset)
            tried += 1

    assert tried >= 10
    assert found
    assert worker.run(WRITE).strip() == "kept"


def test_there_is_one_store_however_often_its_parts_are_killed(stack: Any, worker: Any) -> None:
    """Also those that are just starting: in the end the hub has one that works, and none met another."""
    chance = random.Random(4)  # noqa: S311 - the same kills each time, not a secret
    for _ in range(KILLS):
        parts = stack.find_all("sardonyx_services.object_store") + stack.find_all(" -volume.max=")
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(parts), signal.SIGKILL)
        time.sleep(chance.random() * 2.5)

    soon(lambda: worker.run(WRITE).strip() == "kept")
    assert len(stack.find_all("sardonyx_services.object_store ")) == 1
    assert len(stack.find_all(" -volume.max=")) == 1
    said = (stack.data / "logs" / "object-store.out.log").read_text()
    assert "cannot be used" not in said
    assert "is in use by process" not in said


def test_a_server_that_was_killed_is_explained_and_starts_again(stack: Any, worker: Any) -> None:
    """The person reads that it is not running, and starts it with one click."""
    os.kill(server_of(stack.data, "dora"), signal.SIGKILL)

    def not_running() -> bool:
        worker.page.goto(f"{stack.url}/hub/home")
        return bool(worker.page.get_by_text("Not running").count())

    soon(not_running)
    assert "It was ended from outside" in worker.page.inner_text("main")
    worker.start()
    assert worker.run(WRITE).strip() == "kept"


def test_a_hub_that_is_killed_and_started_again_finds_everything(stack: Any, worker: Any) -> None:
    """What started the hub starts it again; servers and people are as they were, and nothing is left of the old one."""
    server = server_of(stack.data, "dora")

    stack.stop(signal.SIGKILL)
    stack.start()

    soon(lambda: worker.run(WRITE).strip() == "kept")
    assert server_of(stack.data, "dora") == server
    assert "Sign in as the first administrator" not in stack.output


def test_an_open_jupyterlab_says_that_its_server_cannot_be_reached_and_goes_on(stack: Any, worker: Any) -> None:
    """Nothing is in the way meanwhile; its kernel has all that it knew, and nobody has to load the page anew."""
    page = worker.page
    page.goto(f"{stack.url}/user/dora/lab?reset")
    page.locator(".jp-LauncherCard[data-category=Notebook]", has_text="Python 3").click()
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.locator(".jp-Notebook .cm-content").first.click()
    page.keyboard.type("answer = 42")
    page.keyboard.press("Shift+Enter")
    page.get_by_text("[1]:").wait_for()
    away = page.get_by_text("Your server cannot be reached")

    stack.stop(signal.SIGKILL)
    os.kill(stack.find("configurable-http-proxy"), signal.SIGKILL)
    away.wait_for(timeout=90_000)
    page.screenshot(path=SCREENSHOTS / "lab-away.png")
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    page.keyboard.type("print(answer)")
    stack.start()

    expect(away).to_have_count(0, timeout=60_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output")).to_have_text("42", timeout=60_000)
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_a_stop_leaves_no_process_of_the_server(stack: Any, worker: Any) -> None:
    """Neither kernels nor what was started in them outlive the server."""
    worker.run("import subprocess; subprocess.Popen(['sleep', '4242'], start_new_session=True)")

    worker.stop()
    worker.page.get_by_text("Not running").first.wait_for(timeout=30_000)

    left = [Path(f"/proc/{p}/cmdline").read_bytes() for p in stack.processes()]
    assert not [command for command in left if b"sleep" in command or b"ipykernel" in command]


def test_a_stop_and_a_start_find_people_files_and_data(stack: Any, worker: Any) -> None:
    """Ctrl-C ends all that was started; the next start has everything that was made, and who was signed in still is."""
    worker.run(WRITE)
    worker.run("open('thesis.txt', 'w').write('chapter one')")

    stack.stop(signal.SIGINT)
    soon(lambda: stack.processes() == set())
    stack.start()

    worker.start()
    said = worker.run("print(open('thesis.txt').read())" + READ)
    assert said.split("\n")[:2] == ["chapter one", "x"]
    assert "Sign in as the first administrator" not in stack.output


PATIENCE_S = 60
MANY = 1200
"""More than a store deletes with one request."""


@pytest.mark.parametrize("kind", ["class", "event"])
def test_a_deletion_that_was_killed_half_way_is_gone_on_with(stack: Any, kind: str) -> None:
    """Nothing else goes, nothing of it is left, and it is said how much that was: also what went while it was killed."""
    store = administrator_of(stack)
    with people_of(stack) as people:
        group = _over(people, kind)
        keys = [f"{kind}/{group}/shared/{number:04}" for number in range(MANY)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: store.put_object(Bucket=BUCKET, Key=key, Body=b"42"), keys))
        with only_these_go(store, [f"{kind}/{group}/"], files=MANY):
            _two_days_ago(stack, kind, group)
            # Without a pause: it takes less than a second.
            deadline = time.monotonic() + PATIENCE_S
            while _is_there(store, keys[0]):
                assert time.monotonic() < deadline, "nothing is deleted"
            os.kill(stack.find("sardonyx_services.people.web"), signal.SIGKILL)
            assert _is_there(store, keys[-1]), "it was through already"

            soon(lambda: _details(people, kind, group).deleted is not None, patience_s=90)
        report = _details(people, kind, group).report
    assert {name: report[name] for name in ("objects", "bytes")} == {"objects": MANY, "bytes": 2 * MANY}


def _over(people: PeopleStore, kind: str) -> str:
    """Return the id of a class or an event that has ended just now, with nobody in it."""
    now = datetime.now(UTC)
    if kind == "event":
        made = people.events.add("Data days", EventDetails(now - timedelta(hours=1), now + timedelta(hours=1)))
        people.events.close(made, now, early=True)
        return made
    made = people.groups.add("class", "Statistics")
    people.classes.change(made, ClassDetails(after_end="delete", exporting=False))
    people.groups.end(made)
    return made


def _two_days_ago(stack: Any, kind: str, group: str) -> None:
    """Let it have ended two days ago."""
    ago = {
        "class": "UPDATE groups SET ended = datetime(ended, '-2 days') || '.000000' WHERE id = ?",
        "event": "UPDATE events SET ends = datetime(ends, '-2 days'), closed = datetime(closed, '-2 days') WHERE \"group\" = ?",
    }
    with closing(sqlite3.connect(stack.data / "people.sqlite", timeout=10)) as database:
        database.execute(ago[kind], (group,))
        database.commit()


def _details(people: PeopleStore, kind: str, group: str) -> ClassDetails | EventDetails:
    return people.classes.details(group) if kind == "class" else people.events.details(group)


def _is_there(store: Any, key: str) -> bool:
    return bool(store.list_objects_v2(Bucket=BUCKET, Prefix=key).get("KeyCount"))
