"""VS Code and MLflow as the operator installs them, in a real server: nobody else reaches them, and a full disk is said."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hub.test_tools import APPS, Person, listening
from support.environments import apps_environment
from support.forks import Forks, running_forks
from support.tools import give_mlflow, give_vscode
from support.vsix import PUBLISHER, vsix

from sardonyx_hub_config.tools.extensions import ExtensionError, add_extensions

HOME_BYTES = 96 << 20
FILL = """
with open("fill", "wb", buffering=0) as file:
    for size in (1 << 20, 1 << 12, 1):
        try:
            while True: file.write(bytes(size))
        except OSError as error: said = error.strerror
print(said)
"""
LOOK = "import glob, os; print([p for f in ('/run/sardonyx/tools', '/tmp') for p in glob.glob(f + '/**/*.sock', recursive=True)])"


@pytest.fixture(scope="module")
def forks(prefix: Path) -> Iterator[Forks]:
    """A fork server as on a machine whose hub has the most rights that the tests have, with two tools."""
    with running_forks(prefix / "bin" / "python", ordinary=False) as running:
        tools = running.base / "tools"
        tools.mkdir()
        give_vscode(tools)
        give_mlflow(tools)
        yield running


Begin = Callable[..., Person]


@pytest.fixture
def begin(forks: Forks) -> Iterator[Begin]:
    """A way to start somebody's server, in which the tools are."""
    tools = str(forks.base / "tools")
    people = []

    def new(name: str, **sandbox: Any) -> Person:
        readable = (tools, str(apps_environment()))
        server = forks.start(name, variables={"SARDONYX_TOOLS": tools}, readable=readable, **sandbox)
        assert server.is_ready, server.said
        people.append(Person(server))
        return people[-1]

    yield new
    for person in people:
        person.web.close()
        os.kill(person.server.pid, signal.SIGKILL)


def test_neither_opens_a_port_or_a_socket_that_others_see(begin: Begin) -> None:
    """Tried while both run: by the ports of their user, and from another server of the same machine."""
    person, other = begin("ann"), begin("spy")

    assert "code-server" in person.opens("tools/vscode/")
    assert "<title>MLflow</title>" in person.opens("tools/mlflow/")

    assert not listening(person)
    sockets = json.loads(person.server.run(LOOK).replace("'", '"'))
    assert len([path for path in sockets if path.startswith("/run/sardonyx/tools/")]) == 2
    assert other.server.run(LOOK) == "[]"
    tries = [f"{root}{path}" for path in sockets for root in ("", "/proc/1/root", f"/proc/{person.server.pid}/root")]
    assert other.server.run(f"import os; print([p for p in {tries} if os.path.exists(p)])") == "[]"


def test_extensions_for_everybody_are_in_each_persons_list(forks: Forks, begin: Begin, tmp_path: Path) -> None:
    """As VS Code reads it; one that does not fit is refused in its own words, and what was there is as it was."""
    tools, log = forks.base / "tools", tmp_path / "log"
    add_extensions([str(vsix(tmp_path)), str(vsix(tmp_path, "more"))], tools, log)
    new = vsix(tmp_path, "newer", engine="^9.0.0")
    with pytest.raises(ExtensionError, match=f"'{PUBLISHER}.newer' as it is not compatible with VS Code '1[.]"):
        add_extensions([str(vsix(tmp_path, version="2.0.0")), str(new)], tools, log)
    with pytest.raises(
        ExtensionError, match="VS Code does not take the extension acme.nowhere: .* Nothing was changed"
    ):
        add_extensions(["acme.nowhere"], tools, log)
    person = begin("eve")

    assert "code-server" in person.opens("tools/vscode/")

    own = ".local/share/code-server"
    listed = f"{tools}/vscode/bin/code-server --list-extensions --show-versions --user-data-dir {own}"
    listed += f" --extensions-dir {own}/extensions --config /tmp/config.yaml"
    said = person.server.run(f"import subprocess; print(subprocess.check_output({listed.split()}, text=True))")
    assert {word for word in said.split() if "@" in word} == {f"{PUBLISHER}.hello@1.0.0", f"{PUBLISHER}.more@1.0.0"}


def test_tools_and_apps_on_a_full_disk_say_so_and_run_when_there_is_room(begin: Begin) -> None:
    """An app needs none and runs all the same; its pin is kept with the server, and on the disk as soon as it can be."""
    person = begin("fred", home_bytes=HOME_BYTES)
    code = "import os; os.symlink({!r}, '.venv'); open('app.py', 'w').write({!r}); open('b.py', 'w').write({!r})"
    person.server.run(code.format(str(apps_environment()), APPS["flask"], APPS["flask"]))
    assert person.server.run(FILL) == "No space left on device"

    page = person.opens("tools/vscode/")
    assert "<h1>VS Code did not start</h1>" in page
    assert "VS Code cannot be started: No space left on device." in page
    page = person.opens("tools/mlflow/")
    assert "<h1>MLflow did not start</h1>" in page
    assert "disk is full" in page, "in the last words of MLflow itself"
    address = person.address("app.py")
    assert "/user/fred/apps/" in person.opens(address)
    assert person.web.patch(f"sardonyx/api/{address.rstrip('/')}", json={"is_pinned": True}).json()["is_pinned"] is True
    assert [app["is_pinned"] for app in person.web.get("sardonyx/api/apps").json()] == [True]

    person.server.run("import os; os.unlink('fill')")
    for tool in ("vscode", "mlflow"):
        assert person.web.post(f"sardonyx/api/processes/tools/{tool}").json()["state"] == "starting"
    assert "code-server" in person.opens("tools/vscode/")
    assert "<title>MLflow</title>" in person.opens("tools/mlflow/")
    person.address("b.py")
    kept = person.server.run("print(open('.local/share/sardonyx/apps.json').read())")
    assert [(app["path"], app["pinned"]) for app in json.loads(kept)] == [("app.py", True), ("b.py", False)]
