"""One real Sardonyx for all end-to-end tests: hub, proxy, services, store, and a real browser."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.classes import people_of
from support.git_server import Forge, serving
from support.repositories import with_the_notebook
from support.stack import ROOT, Stack, running_stack
from support.visitors import PASSWORD, Visitor, chromium, come_first

SCREENSHOTS = ROOT / "build" / "screenshots"
LOOKS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
LOOKED_INTO: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 390)]
"""In which axe-core looks for faults: each colour and each width once. In CI, where nobody sees pictures, there are no others."""
Check = Callable[[Page, str], None]
# A busy machine takes its time; what is not there after that is not coming.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The Sardonyx that most tests share."""
    with running_stack(tmp_path_factory.mktemp("sardonyx") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def another_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stack]]:
    """A way to run a Sardonyx with settings of one's own."""
    with ExitStack() as running:
        yield lambda settings, port=0, path="": running.enter_context(
            running_stack(tmp_path_factory.mktemp("sardonyx") / "data", settings, port, path)
        )


@pytest.fixture(scope="module")
def place_with(
    another_stack: Callable[..., Stack], prefix: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Stack]:
    """A way to run a Sardonyx with settings of one's own, in which `{prefix}` is the environment that is made already.

    Other values in braces are given by name; `conf` is a file of JupyterHub's own settings.
    """

    def run(settings: str, *, conf: str = "", port: int = 0, path: str = "", **values: object) -> Stack:
        folder = tmp_path_factory.mktemp("settings")
        (folder / "settings.yaml").write_text(settings.format(prefix=prefix, **values))
        if conf:
            (folder / "conf.d").mkdir()
            (folder / "conf.d" / "tests.py").write_text(conf)
        return another_stack(folder / "settings.yaml", port, path)

    return run


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a repository that holds the tutorial's notebook, on a real git server."""
    folder = tmp_path_factory.mktemp("git")
    with_the_notebook(folder)
    with serving(Forge(folder)) as forge:
        yield f"{forge.url}/course.git"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, without a window."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def administrator(stack: Stack, browser: Browser) -> str:
    """The name of the first administrator, who came through the one-time link."""
    context = browser.new_context()
    come_first(stack, context.new_page(), "admin")
    context.close()
    return "admin"


@pytest.fixture
def first_of(context: BrowserContext) -> Callable[[Stack], Visitor]:
    """A way to be the first administrator of a Sardonyx of one's own."""
    return lambda stack: come_first(stack, context.new_page(), "ann")


@pytest.fixture
def visitor(stack: Stack, administrator: str, context: BrowserContext) -> Visitor:
    """Somebody with an empty browser, where there is an administrator already."""
    assert administrator
    return Visitor(stack, context.new_page())


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Callable[[Stack, str], Visitor]]:
    """A way to have somebody new who has signed in at a Sardonyx, in a browser of their own."""
    with ExitStack() as open_now:

        def signed_in(stack: Stack, name: str) -> Visitor:
            context = open_now.enter_context(browser.new_context(viewport={"width": 1280, "height": 900}))
            context.set_default_timeout(20_000)
            stack.add_person(name, PASSWORD)
            visitor = Visitor(stack, context.new_page())
            visitor.sign_in(name)
            return visitor

        yield signed_in


@pytest.fixture
def guests(place: Stack, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """A way to have somebody at a browser, of a size, who has never been at the place of the tests that ask for it."""
    with ExitStack() as open_now:

        def guest(name: str = "", **of_the_browser: Any) -> Visitor:
            context = open_now.enter_context(browser.new_context(**of_the_browser))
            context.set_default_timeout(20_000)
            return Visitor(place, context.new_page(), name)

        yield guest


@pytest.fixture
def olga(place: Stack, newcomer: Callable[[Stack, str], Visitor]) -> Visitor:
    """Somebody who may make events at the place of the tests that ask for her."""
    visitor = newcomer(place, f"olga{datetime.now(UTC):%H%M%S%f}")
    with people_of(place) as people:
        people.set_organiser(visitor.name, is_organiser=True)
    return visitor


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who has never been here."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 900})
    fresh.set_default_timeout(20_000)
    yield fresh
    fresh.close()


@pytest.fixture
def check() -> Iterator[Check]:
    """Look at a page in every look: keep a screenshot, and collect what axe-core finds; at the end there is nothing."""
    faults: list[str] = []
    is_seen = "CI" not in os.environ
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def look(page: Page, name: str) -> None:
        for scheme, width in LOOKS if is_seen else LOOKED_INTO:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            if is_seen:
                page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
            at = f"{name}, {scheme}, {width}"
            if (scheme, width) in LOOKED_INTO:
                found = Axe().run(page).response["violations"]
                faults.extend(f"{at}: {v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append(f"{at}: scrolls sideways")
        page.set_viewport_size({"width": 1280, "height": 900})

    yield look
    assert faults == []
