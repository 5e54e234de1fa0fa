"""Pages of tools where JupyterLab shows them: in a tab of it, and in one of the browser's own."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sardonyx_singleuser.pages import template
from sardonyx_singleuser.tools.page import sessions_page
from sardonyx_singleuser.tools.spark_sessions import Session

pytestmark = pytest.mark.browser
PLACE = "http://sardonyx.test/"
# As JupyterLab's tabs of tools are, by extensions/singleuser/labextension/static/frames.js.
FRAME = f'<iframe sandbox="allow-same-origin allow-scripts" width="800" height="600" src="{PLACE}page"></iframe>'


def failed() -> str:
    """Return the page of a tool that did not start."""
    return template("process.html").render(
        title="MLflow",
        has_failed=True,
        is_stopped=False,
        is_silent=False,
        waits=True,
        problem="It ended.",
        last_words="",
        status="/status",
        server="/user/kim/",
    )


def sessions() -> str:
    """Return the list of Spark sessions."""
    running = [Session("one", "my analysis", 1, datetime.now(UTC).timestamp())]
    return sessions_page(running, "/spark/", "/user/kim/", is_gone=False, lacks_s3=False)


@pytest.mark.parametrize(
    ("text", "title"),
    [pytest.param(failed(), "did not start", id="tool"), pytest.param(sessions(), "Spark", id="spark")],
)
def test_the_way_to_jupyterlab_is_there_where_it_leads_to_it(context: Any, text: str, title: str) -> None:
    """JupyterLab in a tab of its own page would be blank: nobody may frame it."""
    page = context.new_page()
    html = {"page": text, "": FRAME}
    page.route(
        f"{PLACE}**",
        lambda route: route.fulfill(body=html[route.request.url.removeprefix(PLACE)], content_type="text/html"),
    )

    page.goto(f"{PLACE}page")
    assert page.get_by_role("link", name="JupyterLab").get_attribute("href") == "/user/kim/lab"
    page.goto(PLACE)
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name=title).first.wait_for()
    assert frame.get_by_role("link", name="JupyterLab").count() == 0
