"""Spark at a real browser, as it is shipped: it reads and writes the data store, and its pages open from the launcher.

Below a path of the host, for the reason that stands in `test_tools`: Spark makes addresses of its own in many places.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import pytest
from e2e.conftest import SCREENSHOTS, Check
from e2e.test_tools import Workspace
from playwright.sync_api import Browser, expect
from support.browser_kernels import RUN_IN_KERNEL
from support.stack import ROOT, Stack
from support.strangers import by_cookies, by_token
from support.visitors import Visitor, come_first
from support.waiting import soon

pytestmark = [
    pytest.mark.browser,
    pytest.mark.waits,
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not on this machine"),
]
IDLE_S = 40
SETTINGS = f"""
environments:
  spark:
    title: Spark
    requirements: {ROOT}/hub_config/environments/spark.lock
    jars: {ROOT}/hub_config/environments/spark.jars
profiles:
  spark: {{title: Spark, environment: spark}}
servers: {{idle_stop: {IDLE_S}s}}
"""
CELL = """
import os, pathlib, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("climate").getOrCreate()
table = os.environ["SARDONYX_S3_HOME"].replace("s3:", "s3a:") + "table"
spark.range(1000).selectExpr("id", "id % 7 AS day").write.parquet(table)
print("days:", spark.read.parquet(table).select("day").distinct().count())
pathlib.Path("session-runs").touch()
while not pathlib.Path("enough").exists():
    time.sleep(0.1)
"""
RUN_BESIDE = f"(told) => {{ window.said = ({RUN_IN_KERNEL})(told); }}"


@pytest.fixture(scope="module")
def stack(another_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A place with the environment for Spark that is shipped."""
    settings = tmp_path_factory.mktemp("settings") / "settings.yaml"
    settings.write_text(SETTINGS)
    return another_stack(settings, path="/datalab")


@pytest.fixture(scope="module")
def workspace(stack: Stack, browser: Browser) -> Iterator[Workspace]:
    """Its first administrator, with a notebook's cell that has begun a session and goes on."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    visitor = come_first(stack, context.new_page(), "ann")
    visitor.start()
    yield Workspace(stack, visitor)
    context.close()


@pytest.fixture(scope="module")
def session(workspace: Workspace) -> str:
    """The path of the pages of a session that a notebook's cell has begun; the cell goes on."""
    workspace.page.evaluate(RUN_BESIDE, [workspace.visitor.base(), CELL, "python3"])
    soon((workspace.home / "session-runs").exists, 300)
    listed = workspace.page.request.get(f"{workspace.stack.url}/user/ann/tools/spark/").text()
    (found,) = re.findall(r'href="([^"]*/tools/spark/[^"/]+/)', listed)
    return str(found)


def test_a_session_is_followed_from_the_launcher(
    workspace: Workspace, check: Check, request: pytest.FixtureRequest
) -> None:
    """Without a line of configuration; the list has it as soon as there is one."""
    page = workspace.page
    beside = page.context.new_page()
    beside.goto(f"{workspace.stack.url}/user/ann/tools/spark/")
    expect(beside.get_by_text("No Spark session runs in this server.")).to_be_visible()
    request.getfixturevalue("session")
    expect(beside.get_by_role("link", name="climate")).to_be_visible()
    check(beside, "tools-spark-sessions")
    beside.close()

    page.get_by_role("button", name="Spark", exact=True).click()
    pages = workspace.frame("/tools/spark/")
    expect(pages.get_by_text("climate").first).to_be_visible(timeout=60_000)
    expect(pages.get_by_text("Completed Jobs").first).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "tools-spark.png")
    pages.get_by_role("link", name="parquet at").first.click()
    expect(pages.get_by_text("Details for Job").first).to_be_visible()
    pages.get_by_role("link", name="Executors").click()
    # Asked for by a script of the page, below the same address.
    pages.get_by_role("link", name="Thread Dump").click()
    expect(pages.get_by_role("heading", name="Thread dump for executor driver")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "tools-spark-threads.png")


def test_another_person_reaches_no_session(
    workspace: Workspace, session: str, newcomer: Callable[[Stack, str], Visitor]
) -> None:
    """Signed in to the same place, with a server of their own: neither its pages, nor jobs, nor the end of one."""
    origin = workspace.stack.url.removesuffix(workspace.stack.path)
    bob = newcomer(workspace.stack, "bob")
    bob.start()
    token = by_token(bob)
    for path in (
        f"{workspace.visitor.base()}tools/spark/",
        session,
        f"{session}jobs/",
        f"{session}api/v1/applications",
    ):
        answer = bob.page.goto(origin + path)
        assert answer is not None
        assert answer.status == 403, path
        for way in (by_cookies(bob, "ann"), token):
            assert way.ask("POST", origin + path).status_code == 403, path
    for way in (by_cookies(bob, "ann"), token):
        assert way.ask("POST", f"{origin}{session}jobs/job/kill/?id=0").status_code == 403
        assert way.opens(origin + session) == 403

    assert by_cookies(workspace.visitor, "ann").ask("GET", f"{origin}{session}jobs/").status_code == 200


def test_what_a_session_wrote_is_read_and_its_pages_end_with_it(
    workspace: Workspace, session: str, check: Check
) -> None:
    """Its table is in the data store; whoever opens its pages later is told."""
    workspace.put("enough", "")
    assert "days: 7\n" in workspace.page.evaluate("window.said")

    later = workspace.page.context.new_page()
    later.goto(urljoin(workspace.stack.url, session))
    expect(later.get_by_role("heading", name="This Spark session has ended")).to_be_visible()
    check(later, "tools-spark-ended")
    later.close()


READ_WITH_R = """
pandas <- reticulate::import("pandas")
table <- as.data.frame(pandas$read_parquet(paste0(Sys.getenv("SARDONYX_S3_HOME"), "table"))$to_dict("list"))
cat("R sees", nrow(table), "rows of", length(unique(table$day)), "days\n")
"""


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_r_reads_what_spark_wrote(workspace: Workspace) -> None:
    """In a notebook of its own, from the data store, by pandas of the same environment."""
    said = workspace.visitor.run(READ_WITH_R, kernel="ir")

    assert said == "R sees 1000 rows of 7 days\n"


JOB_S = 3 * IDLE_S // 2
JOB = f"""
import pathlib, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("long").getOrCreate()
spark.sparkContext.parallelize([0], 1).map(lambda _: time.sleep({JOB_S})).count()
pathlib.Path("job-is-done").touch()
"""


def test_a_job_keeps_its_server_and_a_session_that_rests_does_not(workspace: Workspace) -> None:
    """With the real culler, and nobody who has a page of either of them open."""
    home = workspace.home
    workspace.visitor.begin(JOB)
    workspace.page.goto(f"{workspace.stack.url}/hub/home")

    soon((home / "job-is-done").exists, 2 * JOB_S)
    assert workspace.visitor.has_server()
    soon(lambda: not workspace.visitor.has_server(), 4 * IDLE_S)
