"""A place on the cluster as people use it: a real browser, a real notebook, one's own data."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as PlaywrightError
from support import web
from support.cluster.place import Place
from support.cluster.short_keys import short_keys
from support.cluster.visits import come
from support.environments import put_packages
from support.stack import ROOT
from support.visitors import PASSWORD, Visitor

SCREENSHOTS = ROOT / "build" / "screenshots"
MINE = """
import os, boto3
s3 = boto3.client("s3")
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
"""
WRITE_AND_READ = (
    MINE
    + """
s3.put_object(Bucket=bucket, Key=prefix + "a.txt", Body=b"mine")
print(s3.get_object(Bucket=bucket, Key=prefix + "a.txt")["Body"].read().decode(), os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
"""
)
OF_ANOTHER = (
    MINE
    + """
try:
    print(s3.get_object(Bucket=bucket, Key="home/{person}/a.txt")["Body"].read())
except Exception as error:
    print(type(error).__name__, error.response["Error"]["Code"])
"""
)
LIFE_S = 6.0
OUTLIVES = (
    MINE
    + """
import time
keys = boto3.Session().get_credentials().get_frozen_credentials()
copied = boto3.client("s3", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key, aws_session_token=keys.token)
def said(client):
    try:
        return client.get_object(Bucket=bucket, Key=prefix + "outlives.txt")["Body"].read().decode()
    except Exception as error:
        return error.response["Error"]["Code"]
s3.put_object(Bucket=bucket, Key=prefix + "outlives.txt", Body=b"there")
print(said(s3), said(copied))
time.sleep({life_s})
print(said(s3), said(copied))
"""
)
"""One client finds its keys as all do; the other has a copy of them, which nobody renews."""
APP = """
from flask import Flask, request
app = Flask("hello")
@app.route("/", methods=["GET", "POST"])
def page():
    return "<h1>Hello from Flask</h1><form method=post><button>Press</button></form>" + f"<p>{request.method}</p>"
"""


@pytest.fixture(scope="module")
def noor(place: Place, browser: Browser) -> Iterator[Visitor]:
    """Somebody with a server, which they started in the form."""
    visitor = come(place, browser, "noor")
    visitor.page.goto(f"{place.url}/hub/spawn")
    visitor.page.get_by_role("radio", name="Data").check()
    visitor.page.get_by_role("button", name="Start", exact=True).click()
    # The next page may come at this moment, and then there is nothing to take a picture of.
    with suppress(PlaywrightError):
        visitor.page.screenshot(path=SCREENSHOTS / "cluster-start.png")
    visitor.page.wait_for_url("**/user/noor/lab**", timeout=60_000)
    visitor.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    visitor.page.screenshot(path=SCREENSHOTS / "cluster-lab.png")
    yield visitor
    place.stop("noor")


def test_a_notebook_reads_and_writes_its_persons_own_data(noor: Visitor) -> None:
    """With keys that programs get on their own loopback, and that nobody has put anywhere."""
    said = noor.run(WRITE_AND_READ)
    assert said.startswith("mine http://127.0.0.1:")


def test_a_second_person_reaches_nothing_of_the_first(place: Place, browser: Browser, noor: Visitor) -> None:
    """Neither their data nor their server. A Pod's ports are in `test_network.py`."""
    assert noor.has_server()
    first = place.get("pod", place.pod("noor"))
    person = first["metadata"]["labels"]["sardonyx.org/person"]
    ben = come(place, browser, "ben")
    ben.start(profile="Data")

    assert "AccessDenied" in ben.run(OF_ANOTHER.format(person=person))
    ben.page.goto(f"{place.url}/user/noor/lab")
    expect(ben.page.locator("body")).not_to_contain_text("Launcher")
    answer = ben.page.context.request.get(f"{place.url}/user/noor/api/contents")
    assert answer.status in {403, 404}
    place.stop("ben")


def test_the_repository_of_a_profile_is_in_the_home(noor: Visitor) -> None:
    """Got by the server itself, from another machine of the network."""
    assert "first-notebook.ipynb" in noor.run("import os; print(os.listdir(os.path.expanduser('~/course')))")


def test_an_app_of_a_file_is_shown_and_reacts(place: Place, noor: Visitor, tmp_path: Path) -> None:
    """From the file's menu, behind the hub's sign-in, in a Pod that writes nowhere but to its own folders."""
    folder = tmp_path / "app"
    put_packages(folder, "flask", "werkzeug", "click", "itsdangerous", "blinker")
    (folder / "hello.py").write_text(APP)
    place.kubectl("cp", str(folder), f"{place.pod('noor')}:/home/jovyan/app")
    page = noor.page
    page.goto(f"{place.url}/user/noor/lab/tree/app/hello.py")

    page.locator(".jp-DirListing-item[title^='Name: hello.py']").click(button="right", timeout=60_000)
    page.get_by_role("menuitem", name="Run as App").click()

    app = page.frame_locator("iframe[src*='/apps/hello-']")
    expect(app.get_by_text("Hello from Flask")).to_be_visible(timeout=60_000)
    app.get_by_role("button", name="Press").click()
    expect(app.get_by_text("POST", exact=True)).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "cluster-app.png")
    address = next(frame.url for frame in page.frames if "/apps/hello-" in frame.url)
    assert web.get(address).status_code in {302, 403}, "nobody opens it who has not signed in"
    place.add_person("ben", PASSWORD)
    as_ben = {"Authorization": f"token {place.token_of('ben')}"}
    assert web.get(address, headers=as_ben).status_code == 403, "nor does anybody else"


def test_a_program_outlives_its_keys(place: Place, browser: Browser) -> None:
    """They are renewed from within the Pod, again and again; a copy of the first ones is refused by then."""
    mia = come(place, browser, "mia")
    with short_keys(place, "mia", LIFE_S) as front:
        mia.start(profile="Data")

        said = mia.run(OUTLIVES.replace("{life_s}", str(LIFE_S + 2)))

        assert said.splitlines() == ["there there", "there ExpiredToken"]
        assert front.fetched.total() > 1
    place.stop("mia")
