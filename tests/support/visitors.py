"""Somebody at a real browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support.browser_kernels import BEGIN_IN_KERNEL, RUN_IN_KERNEL
from support.stack import Stack

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PASSWORD = "correct horse battery"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium without a window: the build that can have none, which is a third faster; else Debian's, or Fedora's."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("there is no Chromium here: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield found
        found.close()


class Site(Protocol):
    """Where a place answers, on whichever engine it is."""

    @property
    def url(self) -> str:
        """The address that people open."""

    @property
    def path(self) -> str:
        """The path in it, without a slash at its end."""


@dataclass
class Visitor:
    """Somebody at a browser."""

    stack: Site
    page: Page
    name: str = ""

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Sign in with a name and a password."""
        self.name = name
        self.page.goto(f"{self.stack.url}/hub/login")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "login" not in url)

    def start(self, server: str = "", *, profile: str = "", **answers: str) -> None:
        """Start a server with the form, and wait for JupyterLab.

        Args:
            profile: its title; "" = the one that is chosen already.
        """
        path = f"{self.name}/{server}".rstrip("/")
        self.page.goto(f"{self.stack.url}/hub/spawn/{path}")
        if "/user/" in self.page.url:
            self.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
            return
        if profile:
            self.page.get_by_role("radio", name=profile).check()
        for label, value in answers.items():
            self.page.get_by_role("textbox", name=label.capitalize()).fill(value)
        self.page.get_by_role("button", name="Start", exact=True).click()
        self.page.wait_for_url(f"**/user/{path}/lab**", timeout=60_000)
        self.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)

    def stop(self) -> None:
        """Stop the usual server from the first page, which asks."""
        self.page.goto(f"{self.stack.url}/hub/home")
        self.page.get_by_role("link", name="Stop My server").click()
        self.page.get_by_role("button", name="Stop it").click()

    def run(self, code: str, server: str = "", kernel: str = "python3") -> str:
        """Run code in a new kernel of one's server; return what it prints."""
        said: str = self.page.evaluate(RUN_IN_KERNEL, [self.base(server), code, kernel])
        return said

    def begin(self, code: str, notebook: str = "") -> None:
        """Run Python in a new kernel, and do not wait for its end: nobody listens to it.

        Args:
            notebook: which it is the kernel of; there need not be such a file.
        """
        self.page.evaluate(BEGIN_IN_KERNEL, [self.base(), code, "python3", notebook])

    def has_server(self) -> bool:
        """Tell whether one's server runs, as the hub says."""
        model = self.page.context.request.get(f"{self.stack.url}/hub/api/users/{self.name}").json()
        return bool(model["servers"])

    def base(self, server: str = "") -> str:
        """Return the path of one's server, with a slash at its end."""
        return f"{self.stack.path}/user/{self.name}/{server}".rstrip("/") + "/"


def come_first(stack: Stack, page: Page, name: str) -> Visitor:
    """Become the first administrator, through the one-time link."""
    page.goto(stack.admin_link())
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "welcome" not in url)
    return Visitor(stack, page, name)
