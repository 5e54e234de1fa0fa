"""What a person has in their home never leaves them without a server."""

from pathlib import Path
from typing import Any

import pytest
from support.addresses import get, post

from sardonyx_singleuser.own_settings import MOST_NAMED, found, place, say

SERVER = ".jupyter/jupyter_server_config.py"
JSON = ".jupyter/jupyter_server_config.json"


def named(kind: str, request: pytest.FixtureRequest) -> str:
    """Return a person for one case only."""
    return kind + "".join(filter(str.isalnum, request.node.callspec.id))


def warnings(server: Any) -> list[str]:
    """Return what the person was warned of while the server started."""
    steps = [line["progress"] for line in server.said if "progress" in line]
    return [step["message"] for step in steps if step["state"] == "warn"]


def answers(server: Any) -> bool:
    """Tell whether a server answers its person."""
    headers = {"Authorization": f"token {server.name}-token"}
    return get(f"{server.url}api/kernels", headers=headers, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("path", "text", "blamed"),
    [
        pytest.param(SERVER, "import os\n\nexit(3)\n", f"~/{SERVER}, line 3", id="exits"),
        pytest.param(SERVER, "raise KeyboardInterrupt\n", f"~/{SERVER}, line 1", id="interrupts"),
        pytest.param(SERVER, "import os; os._exit(0)\n", f"~/{SERVER}", id="ends at once"),
        pytest.param(SERVER, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n", f"~/{SERVER}", id="kills"),
        pytest.param(SERVER, "import time; time.sleep(10000)\n", f"~/{SERVER}", id="hangs"),
        pytest.param(SERVER, "c.ServerApp.port = 'many'\n", f"~/{SERVER}", id="wrong kind"),
        pytest.param(SERVER, "c.ServerApp.contents_manager_class = 'no.Such'\n", f"~/{SERVER}", id="no such class"),
        pytest.param(SERVER, "c.ServerApp.root_dir = '/nowhere'\n", f"~/{SERVER}", id="no such folder"),
        pytest.param(JSON, '{"ServerApp": {"port": "many"}}', f"~/{JSON}", id="json"),
        pytest.param(".jupyter/jupyter_config.py", "exit()\n", "~/.jupyter/jupyter_config.py, line 1", id="of all"),
        pytest.param(".jupyter/jupyter_lab_config.py", "exit()\n", "~/.jupyter/jupyter_lab_config.py, line 1", id="lab"),
    ],
)  # fmt: skip
def test_settings_that_keep_a_server_from_starting_are_left_out_and_named(
    forks: Any, request: pytest.FixtureRequest, path: str, text: str, blamed: str
) -> None:
    """The person reads which, and what to do, while the server starts and in its log."""
    name = named("own", request)
    forks.put(name, path, text)

    server = forks.start(name)

    assert server.is_ready, server.log.read_text()
    assert answers(server)
    (said,) = warnings(server)
    assert said == (
        f"Your own Jupyter settings keep this server from starting: {blamed}."
        " It starts without them. Correct or delete them there, and start it again."
    )
    assert f"Sardonyx: {said}\n" in server.log.read_text()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("raise RuntimeError('no')\n", id="raises"),
        pytest.param("this is no Python\n", id="syntax"),
        pytest.param("c.ServerApp.port = 1; c.ServerApp.ip = '192.0.2.1'\n", id="port"),
        pytest.param("c.ServerApp.sock = '/tmp/other.sock'\n", id="socket"),
        pytest.param("c.ServerApp.base_url = '/elsewhere/'\n", id="address"),
        pytest.param("c.ServerApp.certfile = c.ServerApp.keyfile = '/nowhere'\n", id="certificate"),
        pytest.param("c.ServerApp.allow_origin = 'https://example.org'\n", id="origin"),
        pytest.param("c.ServerApp.allow_remote_access = False; c.ServerApp.local_hostnames = []\n", id="hosts"),
        pytest.param("c.ServerApp.jpserver_extensions = {'no_such_extension': True}\n", id="extension"),
        pytest.param("c.ServerApp.identity_provider_class = 'jupyter_server.auth.IdentityProvider'\n", id="sign-in"),
        pytest.param("c.ServerApp.password = 'x'; c.IdentityProvider.token = 'y'\n", id="password"),
    ],
)
def test_settings_that_are_ours_to_decide_change_nothing(forks: Any, request: pytest.FixtureRequest, text: str) -> None:
    """The server is found where the hub looks for it, on the first try."""
    name = named("ours", request)
    forks.put(name, SERVER, text)

    server = forks.start(name)

    assert server.is_ready, server.log.read_text()
    assert warnings(server) == []
    assert answers(server)


def test_modules_in_a_home_take_the_place_of_none(forks: Any) -> None:
    """Neither where the server starts, nor where Python would look for packages of this person."""
    version = f"python3.{forks.python.resolve().name.rpartition('.')[2]}"
    for module in ("json", "tornado", "sitecustomize", "usercustomize", "jupyter_server"):
        forks.put("mod", f"{module}.py", "raise SystemExit(module)\n")
        forks.put("mod", f".local/lib/{version}/site-packages/{module}.py", "raise SystemExit\n")
    forks.put("mod", f".local/lib/{version}/site-packages/x.pth", "import os; os._exit(1)\n")

    server = forks.start("mod")

    assert server.is_ready, server.log.read_text()
    assert warnings(server) == []
    assert answers(server)


@pytest.mark.parametrize("path", [".jupyter", ".local", ".config", ".ipython", ".jupyter/lab"])
def test_a_file_in_the_place_of_a_folder_keeps_nobody_from_starting(forks: Any, path: str) -> None:
    """Whatever Jupyter would keep there."""
    name = "file" + "".join(filter(str.isalnum, path))
    forks.put(name, path, "")

    server = forks.start(name)

    assert server.is_ready, server.log.read_text()
    assert answers(server)


def test_settings_that_do_no_harm_are_used(forks: Any) -> None:
    """Those are theirs to choose."""
    forks.put("kept", SERVER, "c.ServerApp.tornado_settings = {'headers': {'X-Mine': 'yes'}}\n")

    server = forks.start("kept")

    assert get(f"{server.url}api", timeout=10).headers["X-Mine"] == "yes"


def test_a_server_that_fails_without_them_too_fails_once_more_and_no_more(forks: Any) -> None:
    """What is to blame is not theirs; its log has both tries."""
    forks.put("twice", SERVER, "")

    server = forks.start("twice", variables={"JUPYTERHUB_SERVICE_URL": ""})

    assert not server.is_ready
    assert forks.ended(server.pid) == 1
    assert server.log.read_text().count("Failed to load JupyterHubSingleUser server extension") == 2


def test_what_is_named_is_bounded(tmp_path: Path) -> None:
    """A sentence for a person, whatever is in the folder."""
    (tmp_path / ".jupyter").mkdir()
    for number in range(MOST_NAMED + 2):
        (tmp_path / ".jupyter" / f"jupyter_{number}_config.py").touch()

    assert "jupyter_2_config.py and 2 more. It starts without them." in say("", found(tmp_path))
    assert place(None, tmp_path) == ""


BREAKS = """
import sys
sys.path.insert(0, {folder!r})
c.ServerApp.jpserver_extensions = {{"no_such_extension": True, "curves_of_mine": True}}
"""
FAILS = """
def _jupyter_server_extension_points(): return [{"module": "curves_of_mine"}]
def _load_jupyter_server_extension(server): raise KeyError("colour")
"""
WORKS = """
from tornado.web import RequestHandler
class Curves(RequestHandler):
    async def get(self): self.finish("curves")
def _jupyter_server_extension_points(): return [{"module": "curves_of_mine"}]
def _load_jupyter_server_extension(server):
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*", [(base + "curves", Curves)])
"""


def test_an_extension_that_cannot_be_loaded_is_told_and_can_be_tried_again(forks: Any) -> None:
    """JupyterLab is told which, why, and what it said at last; once it is repaired the server that runs has it."""
    code = forks.put("broken", "curves_of_mine.py", FAILS)
    forks.put("broken", SERVER, BREAKS.format(folder=str(code.parent)))
    server = forks.start("broken")
    headers = {"Authorization": "token broken-token"}

    def told() -> dict[str, Any]:
        found = get(f"{server.url}sardonyx/api/resources", headers=headers).json()["broken"]
        return {each["name"]: each for each in found}

    def again(name: str) -> Any:
        return post(f"{server.url}sardonyx/api/extensions", {"name": name}, headers=headers)

    before = told()
    still = again("curves_of_mine").json()["broken"]
    code.write_text(WORKS)
    loaded = again("curves_of_mine")

    assert set(before) == {"no_such_extension", "curves_of_mine"}, server.log.read_text()
    assert "No module named 'no_such_extension'" in before["no_such_extension"]["why"]
    assert before["curves_of_mine"]["why"] == "KeyError: 'colour'"
    assert 'raise KeyError("colour")' in before["curves_of_mine"]["said"]
    assert still["why"] == "KeyError: 'colour'"
    assert loaded.json() == {"broken": None}
    assert get(f"{server.url}curves", headers=headers).text == "curves"
    assert set(told()) == {"no_such_extension"}
    assert again("curves_of_mine").status_code == 404
    assert answers(server)
