"""VS Code at a real browser, through hub and proxy: it opens what its person works on, and writes there."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Page, expect
from support.git_server import Forge, serving
from support.repositories import remote
from support.stack import Stack
from support.strangers import by_cookies, by_token
from support.tools import give_vscode
from support.visitors import Visitor
from support.vsix import PUBLISHER, vsix
from support.waiting import soon

from sardonyx_hub_config.tools.extensions import add_extensions

__all__ = ["remote"]
pytestmark = pytest.mark.browser
HELLO = f"{PUBLISHER}.hello"
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, options: {{repository: {{}}}}}}
"""


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A place that has VS Code, with an extension for everybody."""
    running = place_with(SETTINGS, path="/datalab")
    give_vscode(running.data / "tools")
    folder = tmp_path_factory.mktemp("extensions")
    add_extensions([str(vsix(folder))], running.data / "tools", folder / "log")
    return running


@pytest.fixture(scope="module", params=["/datalab", ""], ids=["below-a-path", "at-the-root"])
def stack(request: pytest.FixtureRequest, place: Stack) -> Stack:
    """The place below a path of the host, and without one."""
    if place.path != request.param:
        place.move(request.param)
    return place


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A forge with one repository, which holds lesson.txt."""
    with serving(Forge(remote.parent)) as found:
        yield found


def open_vscode(visitor: Visitor) -> Page:
    """Open it from the launcher, in a window of its own."""
    page = visitor.page
    page.get_by_role("button", name="New Launcher").first.click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="VS Code").click()
    code = opened.value
    code.set_default_timeout(60_000)
    code.set_viewport_size({"width": 1280, "height": 900})
    return code


def test_it_opens_the_repository_where_a_file_is_edited_and_run(
    stack: Stack, newcomer: Callable[[Stack, str], Visitor], forge: Forge
) -> None:
    """In its editor and in its terminal; what it writes is a file of the person's. Its extensions run, and are listed.

    Nobody else reaches it: on no port, and through the hub neither its pages nor the websocket by which all of it goes.
    """
    visitor = newcomer(stack, "vera" if stack.path else "vito")
    visitor.start(repository=f"{forge.url}/stats-101")
    folder = Path(visitor.run("import pathlib; print(pathlib.Path.home() / 'stats-101')").strip())

    code = open_vscode(visitor)
    sockets: list[str] = []
    code.on("websocket", lambda each: sockets.append(each.url))
    explorer = code.get_by_role("tree", name="Files Explorer")
    expect(code.get_by_role("button", name="Explorer Section: stats-101")).to_be_visible(timeout=60_000)
    explorer.get_by_role("treeitem", name="lesson.txt").dblclick()
    editor = code.locator(".monaco-editor[data-uri$='lesson.txt']")
    editor.locator(".view-lines").click()
    code.keyboard.press("Control+a")
    code.keyboard.type("print(6 * 7)")
    code.keyboard.press("Control+s")
    soon(lambda: (folder / "lesson.txt").read_text() == "print(6 * 7)")

    code.keyboard.press("Control+`")
    terminal = code.locator(".terminal-wrapper.active .xterm-screen")
    expect(code.locator(".terminal-wrapper.active .xterm-helper-textarea")).to_be_attached(timeout=60_000)
    code.wait_for_timeout(1500)
    terminal.click()
    code.keyboard.type("python lesson.txt > written.txt; id -u >> written.txt\n")
    soon(lambda: len((folder / "written.txt").read_text().split()) == 2)
    code.screenshot(path=SCREENSHOTS / f"tools-vscode{stack.path.replace('/', '-')}.png")

    assert (folder / "written.txt").read_text().split() == ["42", str(folder.stat().st_uid)]
    assert stack.open_ports() == {}

    # The extension has run: in this home, from where all read it.
    soon((folder.parent / "hello.txt").exists)
    assert (folder.parent / "hello.txt").read_text() == f"1.0.0 {stack.data}/tools/vscode-extensions/{HELLO}-1.0.0"
    code.keyboard.press("Control+Shift+x")
    expect(code.get_by_role("listitem", name=re.compile("^hello, 1.0.0"))).to_be_visible(timeout=60_000)
    code.screenshot(path=SCREENSHOTS / "tools-vscode-extensions.png")

    other, base = newcomer(stack, "walt"), stack.url.removesuffix(stack.path) + visitor.base()
    other.start()
    token, socket = by_token(other), sockets[0].replace("ws:", "http:")
    answer = other.page.goto(f"{base}tools/vscode/")
    assert answer is not None
    assert answer.status == 403
    for way in (by_cookies(other, visitor.name), token):
        assert way.opens(socket) == 403
        for method in ("POST", "DELETE"):
            assert way.ask(method, f"{base}sardonyx/api/processes/tools/vscode").status_code == 403
    assert by_cookies(visitor, visitor.name).opens(socket) == 101
    code.close()
