"""A place on the cluster as people use it: a real browser, a real notebook, one's own data."""

from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect
from support.cluster.place import Place
from support.stack import ROOT, Stack
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


def come(place: Place, browser: Browser, name: str) -> Visitor:
    """Let somebody sign in."""
    place.add_person(name, PASSWORD)
    page: Page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    visitor = Visitor(cast("Stack", place), page)
    visitor.sign_in(name)
    return visitor


@pytest.fixture(scope="module")
def noor(place: Place, browser: Browser) -> Iterator[Visitor]:
    """Somebody with a server, which they started in the form."""
    visitor = come(place, browser, "noor")
    visitor.page.goto(f"{place.url}/hub/spawn")
    visitor.page.get_by_role("radio", name="Data").check()
    visitor.page.get_by_role("button", name="Start", exact=True).click()
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
    """Neither their data nor their server. Not tested: a Pod's ports, which only an enforcing network plugin closes."""
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
