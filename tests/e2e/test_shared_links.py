"""Sharing a file by a link: made in JupyterLab, opened in a browser that nobody has signed in with, taken back in the hub."""

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from e2e.conftest import SCREENSHOTS, Check
from playwright.sync_api import Browser, Page, expect
from support import web
from support.stack import Stack
from support.visitors import Visitor, come_first
from support.waiting import soon

pytestmark = pytest.mark.browser
SETTINGS = """
title: Institute
contact: help@example.org
storage: {{{storage}}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""
PUT = """
import os, boto3
bucket, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").split("/", 1)
for name, body in {{**{files!r}, "large.bin": bytes({large})}}.items():
    boto3.client("s3").put_object(Bucket=bucket, Key=prefix + name, Body=body, ContentType="text/html")
"""
NAME = "results été 100% & more.csv"
FILES = {
    NAME: b"city,people\nParis,2\n",
    "page.html": b"<script>document.title = 'it ran'; fetch('/hub/api/user')</script>",
}
LARGE = 12 << 20


@pytest.fixture(scope="module")
def stack(place_with: Callable[..., Stack]) -> Stack:
    """A place."""
    return place_with(SETTINGS, storage="links: 30d")


@pytest.fixture(scope="module")
def sharer(stack: Stack, browser: Browser) -> Iterator[Visitor]:
    """Its first administrator in JupyterLab, with files in the data store."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(20_000)
    visitor = come_first(stack, context.new_page(), "ann")
    visitor.start()
    assert visitor.run(PUT.format(files=FILES, large=LARGE)) == ""
    visitor.page.get_by_role("tab", name="Data Store").click()
    visitor.page.locator("#sardonyx-data .jp-DirListing-item").filter(has_text="My place").dblclick()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    yield visitor
    context.close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A browser that knows nothing of this place."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def ask_to_share(page: Page, name: str) -> None:
    """Choose it in the menu of a file."""
    row = page.locator("#sardonyx-data .jp-DirListing-item").filter(
        has=page.locator(".jp-DirListing-itemName", has_text=re.compile(f"^{re.escape(name)}$"))
    )
    row.click(button="right")
    page.locator(".lm-Menu-item:visible").filter(has_text="Share by a Link").click()


def share(page: Page, name: str, life: str = "1 day") -> str:
    """Share a file; return the address that the dialog shows."""
    ask_to_share(page, name)
    page.get_by_role("dialog").locator("select").select_option(label=life)
    page.get_by_role("dialog").get_by_role("button", name="Make the link").click()
    address: str = page.get_by_label("Address to share").input_value()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    return address


def test_a_link_is_made_in_jupyterlab(stack: Stack, sharer: Visitor) -> None:
    """For how long is asked; the address is shown once, with its end, and is copied with a button."""
    page = sharer.page
    ask_to_share(page, NAME)
    dialog = page.get_by_role("dialog")
    lives = dialog.locator("select option").all_inner_texts()
    page.screenshot(path=SCREENSHOTS / "share-for-how-long.png")
    dialog.locator("select").select_option(label="7 days")
    dialog.get_by_role("button", name="Make the link").click()

    field = page.get_by_label("Address to share")
    address = field.input_value()
    said = page.get_by_role("dialog").inner_text()
    page.screenshot(path=SCREENSHOTS / "share-made.png")
    page.set_viewport_size({"width": 390, "height": 800})
    page.screenshot(path=SCREENSHOTS / "share-made-390.png")
    fits = page.get_by_role("dialog").evaluate("node => node.scrollWidth <= node.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("dialog").get_by_role("button", name="Copy").click()

    assert lives == ["1 hour", "1 day", "7 days", "30 days"]
    assert re.fullmatch(re.escape(stack.url) + r"/services/links/[\w-]{32}/results%20.*\.csv", address)
    assert f"Whoever has this address can download “{NAME}” until" in said
    assert "without signing in. It is shown only now." in said
    assert fits
    assert page.evaluate("navigator.clipboard.readText()") == address
    # Whoever only thinks about it makes none.
    ask_to_share(page, NAME)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_somebody_who_has_not_signed_in_sees_what_it_is_and_downloads_it(
    sharer: Visitor, stranger: Page, check: Check, tmp_path: Path
) -> None:
    """In every look; the address itself is the file for programs."""
    address = share(sharer.page, NAME)
    answer = stranger.goto(address)

    assert answer is not None
    assert answer.status == 200
    expect(stranger.get_by_role("heading", name=NAME)).to_be_visible()
    expect(stranger.get_by_text("ann shares a file with you:")).to_be_visible()
    check(stranger, "shared-link")
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Download").click()
    download.value.save_as(tmp_path / "got.csv")
    assert (tmp_path / "got.csv").read_bytes() == FILES[NAME]
    assert download.value.suggested_filename == NAME
    assert web.get(address).content == FILES[NAME]
    assert web.get(address, headers={"Range": "bytes=0-3"}).content == b"city"
    assert stranger.context.cookies() == []


def test_a_page_that_somebody_shares_does_not_run_here(sharer: Visitor, stranger: Page) -> None:
    """Its script would have the rights of whoever opens it, were they signed in."""
    address = share(sharer.page, "page.html")
    asked: list[str] = []
    stranger.on("request", lambda request: asked.append(request.url))
    stranger.goto(address)
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "page.html"
    for tag, name in (("iframe", "src"), ("embed", "src"), ("object", "data"), ("script", "src")):
        stranger.goto(urlsplit(address)._replace(path="/hub/login").geturl())
        stranger.evaluate(
            "([tag, name, url]) => { const e = document.createElement(tag); e[name] = url; document.body.append(e); }",
            [tag, name, f"{address}?download"],
        )
        stranger.wait_for_timeout(500)
        assert stranger.title() != "it ran"

    assert not [url for url in asked if url.endswith("/hub/api/user")]


def test_the_owner_sees_the_links_and_takes_one_back(
    stack: Stack, sharer: Visitor, stranger: Page, check: Check
) -> None:
    """On the page Data of the hub; from then on it opens nothing."""
    address = share(sharer.page, "large.bin", "1 hour")
    for _ in range(2):
        assert len(web.get(address).content) == LARGE
    page = sharer.page.context.new_page()
    page.goto(f"{stack.url}/hub/data")
    row = page.locator(".sx-links tr").filter(has_text="large.bin")
    expect(row).to_contain_text("My place")
    expect(row).to_contain_text("twice")
    check(page, "data-links")

    row.get_by_role("button", name="Take back the link to large.bin").click()

    page.wait_for_url("**/hub/data#links")
    expect(page.locator(".sx-links tr").filter(has_text="large.bin")).to_have_count(0)
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status == 404
    expect(stranger.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    check(stranger, "shared-link-closed")
    page.close()
    said = stack.command("audit", "--place", "home/").stdout
    for what in ("link ", "link-opened", "link-ended"):
        assert what in said
    assert urlsplit(address).path.split("/")[3] not in said


def test_nobody_else_takes_it_back(stack: Stack, sharer: Visitor, newcomer: Callable[[Stack, str], Visitor]) -> None:
    """Neither without the sign of the form, nor somebody else, nor by an address."""
    address = share(sharer.page, "page.html")
    page = sharer.page.context.new_page()
    page.goto(f"{stack.url}/hub/data")
    form = page.locator(".sx-links tr").filter(has_text="page.html").first.locator("form")
    mark = form.locator("[name=mark]").get_attribute("value")
    url = f"{stack.url}/hub/data/links/end"
    other = newcomer(stack, "otto").page
    other.goto(f"{stack.url}/hub/data")
    sign = other.evaluate("JSON.parse(document.getElementById('hub').textContent).xsrf")

    answers = [
        page.request.post(url, form={"mark": str(mark)}),
        page.request.get(f"{url}?mark={mark}"),
        other.request.post(url, form={"mark": str(mark), "_xsrf": sign}),
    ]

    assert [answer.status for answer in answers] == [403, 200, 200]
    assert "Links I share" not in answers[2].text()
    assert web.get(address).content == FILES["page.html"]
    page.close()


def test_a_download_ends_with_the_service_and_goes_on_with_the_next(stack: Stack, sharer: Visitor) -> None:
    """Whoever reads hears of it, instead of waiting for the rest for ever."""
    address = share(sharer.page, "large.bin")
    with asking(address) as reader:
        assert reader.recv(2000).startswith(b"HTTP/1.1 200")
        os.kill(stack.find("sardonyx_services.links"), signal.SIGKILL)
        assert read_to_the_end(reader) < LARGE

    soon(lambda: web.get(address, headers={"Range": "bytes=10000000-"}).status_code == 206)


def test_what_opens_a_link_is_in_no_log(stack: Stack, sharer: Visitor) -> None:
    """Neither the proxy's, which says that something broke, nor the hub's, which shows a page for it, nor another."""
    address = share(sharer.page, "large.bin")
    web.get(address, headers={"Referer": address})
    process = stack.find("sardonyx_services.links")
    os.kill(process, signal.SIGSTOP)
    with asking(address) as reader:
        reader.settimeout(1)
        with pytest.raises(TimeoutError):
            reader.recv(1)
        os.kill(process, signal.SIGKILL)
        reader.settimeout(20)
        assert reader.recv(2000).startswith(b"HTTP/1.1 503")
    web.get(f"{stack.url}/hub{urlsplit(address).path}", headers={"Referer": address})

    token = urlsplit(address).path.split("/")[3]
    logs = {path: path.read_text(errors="replace") for path in (stack.data / "logs").rglob("*") if path.is_file()}
    assert not [path for path, said in logs.items() if token in said]
    assert "/services/links/…" in logs[stack.data / "logs" / "proxy.log"]
    assert "/services/links/…" in logs[stack.data / "logs" / "hub.log"]


def asking(address: str) -> socket.socket:
    """Ask for a file; return the connection, on which it comes as fast as it is read."""
    where = urlsplit(address)
    reader = socket.create_connection((where.hostname, where.port), timeout=20)
    reader.sendall(f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
    return reader


def read_to_the_end(reader: socket.socket) -> int:
    """Return how many bytes still come until the connection ends, in whichever way."""
    count = 0
    with suppress(ConnectionError):
        while block := reader.recv(1 << 20):
            count += len(block)
    return count


def test_an_operator_can_switch_links_off(place_with: Callable[..., Stack], browser: Browser) -> None:
    """JupyterLab says so in a sentence, and no process waits for any."""
    stack = place_with(SETTINGS, storage="links: null")
    context: Any = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    visitor = come_first(stack, context.new_page(), "ann")
    visitor.start()
    visitor.run(PUT.format(files={"a.csv": b"1"}, large=1))
    visitor.page.get_by_role("tab", name="Data Store").click()
    visitor.page.locator("#sardonyx-data .jp-DirListing-item").filter(has_text="My place").dblclick()

    ask_to_share(visitor.page, "a.csv")

    expect(visitor.page.get_by_text("There are no links to files here: the people who run this place")).to_be_visible()
    assert stack.find_all("sardonyx_services.links") == []
    assert web.get(f"{stack.url}/services/links/{'x' * 32}/a", follow_redirects=True).status_code == 404
    context.close()
