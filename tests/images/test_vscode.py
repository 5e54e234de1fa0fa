"""What is so in the image with VS Code."""

from support.containers import Container
from support.waiting import soon

OF = "vscode"


def test_the_server_starts_it(server: Container) -> None:
    """Its page is there when it has begun."""
    assert server.get("tools/vscode/").status_code == 200

    soon(lambda: "code-server" in server.get("tools/vscode/").text)


def test_what_it_is_made_of_is_among_its_parts(server: Container) -> None:
    """With all of npm that came with it."""
    assert "pkg:npm/code-server" in server.parts()
