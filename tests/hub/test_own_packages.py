"""Packages that a person installs are theirs, stay, are found everywhere in their servers, and break none of them."""

import sys
from pathlib import Path
from typing import Any

import pytest
from support.addresses import get
from support.terminals import in_terminal
from support.wheels import GREET, put

WHERE = ".local/share/sardonyx"
VERSION = "python-{}.{}".format(*sys.version_info)
PUT_EXTENSION = """
import json, pathlib
folder = pathlib.Path({folder!r})
(folder / "static").mkdir(parents=True)
(folder / "static" / "curves.js").write_text("// curves")
build = dict(load="static/curves.js", extension="./extension")
(folder / "package.json").write_text(json.dumps(dict(name="curves", version="1.0.0", jupyterlab=dict(_build=build))))
"""
ASK = """
import subprocess
done = subprocess.run({command!r}, shell=True, capture_output=True, text=True)
print(done.stdout[-900:], done.stderr[-900:])
"""


def ask(server: Any, command: str) -> str:
    """Return what a command says, as in a terminal of the server."""
    said: str = server.run(ASK.format(command=command))
    return said


def test_a_package_is_there_for_everything_in_a_server_and_in_the_next(forks: Any) -> None:
    """Notebooks, programs, its own command; the shared environment is as it was."""
    file = put(forks, "own", "greeting", "1.0", GREET)
    server = forks.start("own")
    assert "Successfully installed greeting-1.0" in ask(server, f"pip install --no-index ./{file}")

    for again in (server, forks.start("own")):
        assert WHERE in again.run("import greeting; greeting.main()")
        assert WHERE in ask(again, "python -c 'import greeting; greeting.main()'")
        assert WHERE in ask(again, "greeting-says")
        assert "pandas" in again.run("import pandas; print(pandas.__name__)")
    assert "No module named" in forks.start("other").run("import greeting")


async def test_a_terminal_has_python_and_pip_of_its_person(forks: Any) -> None:
    """As every other program that the server starts: what they install there is in the next notebook."""
    file = put(forks, "typing", "greeting", "1.0", GREET)
    server = forks.start("typing")

    shown = await in_terminal(
        server.url, "typing-token", f"pip install --no-index ./{file}; command -v python; echo do''ne", "done"
    )

    assert "Successfully installed greeting-1.0" in shown, shown
    assert f"{WHERE}/{VERSION}/bin/python" in shown
    assert WHERE in server.run("import greeting; greeting.main()")


def test_what_a_package_brings_for_jupyterlab_is_in_its_page(forks: Any) -> None:
    """Such as what draws its plots there, from the next time that the page is loaded."""
    server = forks.start("plotting")
    own = server.home / WHERE / VERSION / "share" / "jupyter" / "labextensions" / "curves"
    server.run(PUT_EXTENSION.format(folder=f"{WHERE}/{VERSION}/share/jupyter/labextensions/curves"))
    assert own.is_dir()

    headers = {"Authorization": "token plotting-token"}
    page = get(f"{server.url}lab", headers=headers).text

    assert '"extension": "./extension", "load": "static/curves.js", "name": "curves"' in page
    assert get(f"{server.url}lab/extensions/curves/static/curves.js", headers=headers).text == "// curves"


@pytest.mark.parametrize(
    "command", ["%pip install --no-index", "!python -m pip install --no-index", "!pip3 install --no-index"]
)
def test_each_way_to_call_pip_installs_there(forks: Any, command: str) -> None:
    """Also by the shared Python, as notebooks do it."""
    name = "way" + str(abs(hash(command)) % 1000)
    file = put(forks, name, "greeting", "1.0", GREET)
    server = forks.start(name)

    said = server.run(f"{command} ./{file}\nimport greeting\ngreeting.main()")

    assert WHERE in said, said


def test_a_newer_version_of_a_shared_package_wins_in_new_notebooks(forks: Any) -> None:
    """Which start as usual then: what could be forked has the shared one in memory."""
    file = put(forks, "newer", "numpy", "999.0", "__version__ = '999.0'\ndef main(): pass\n")
    server = forks.start("newer")
    assert "999" not in server.run("import numpy; print(numpy.__version__)")
    said = ask(server, f"pip install --no-index --no-deps ./{file}")
    assert "Successfully installed numpy-999.0" in said
    assert "outside environment" in said or "Not uninstalling" in said or "Found existing installation" not in said

    assert server.run("import numpy; print(numpy.__version__)") == "999.0"
    assert "its person has installed numpy" in server.log.read_text()
    assert "Successfully uninstalled numpy-999.0" in ask(server, "pip uninstall --yes numpy")
    assert "999" not in server.run("import numpy; print(numpy.__version__)")


def test_packages_that_the_server_itself_uses_break_no_server(forks: Any) -> None:
    """It never looks at them."""
    server = forks.start("breaker")
    for name in ("jupyter_server", "jupyterhub"):
        file = put(forks, "breaker", name, "0.0.1", "raise RuntimeError('broken')\n")
        assert "Successfully installed" in ask(server, f"pip install --no-index --no-deps ./{file}")

    again = forks.start("breaker")

    assert again.is_ready, again.said
    assert again.run("print('alive')") == "alive"


def test_what_notebooks_are_made_of_keeps_its_version(forks: Any) -> None:
    """No notebook would start with another; pip says why it refuses."""
    server = forks.start("kernels")
    file = put(forks, "kernels", "tornado", "0.0.1", "raise RuntimeError('broken')\n")

    said = ask(server, f"pip install --no-index --no-deps ./{file}")

    assert "The user requested (constraint) tornado==" in said
    assert server.run("print('alive')") == "alive"


def test_packages_go_on_after_the_shared_environment_has_moved(forks: Any) -> None:
    """As each upgrade does it: the way to the shared packages is written anew."""
    forks.start("moved")
    (link,) = Path(forks.base, "homes", "moved", WHERE).glob("*/lib/*/site-packages/*.pth")
    link.write_text(link.read_text().replace("site-packages", "nowhere"))

    server = forks.start("moved")

    assert "site-packages" in link.read_text()
    assert "pandas" in ask(server, "python -c 'import pandas; print(pandas.__name__)'")


def test_a_home_that_cannot_be_written_keeps_nobody_from_starting(forks: Any) -> None:
    """Without packages of their own."""
    forks.put("full", ".local/share/sardonyx", "a file where a folder has to be")

    server = forks.start("full")

    assert server.is_ready
    assert "pandas" in server.run("import pandas; print(pandas.__name__)")
