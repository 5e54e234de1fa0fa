"""What is replaced of Jupyter's in a server, on its real classes: it does the same beside what it is for, or is left alone."""

import json
import subprocess
from pathlib import Path

COUNTED = """
import asyncio, json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from jupyter_server.base.handlers import APIHandler
from jupyter_server.serverapp import ServerWebApplication
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from sardonyx_singleuser.presence import PERSON, count_persons_only

class Asked(APIHandler):
    def prepare(self):
        self._jupyter_current_user = self.request.headers.get("Authorization")
    def get(self):
        self.finish("{}")
    def check_xsrf_cookie(self):
        pass
    put = get

class App(Application):
    last_activity = ServerWebApplication.last_activity

class Quiet(Asked):
    _track_activity = False

REQUESTS = {
    "a program": ("GET", "api/sessions", {"Authorization": "token x"}),
    "a program that asks not to be counted": ("GET", "api/sessions?no_track_activity=1", {"Authorization": "token x"}),
    "an address that never counts": ("GET", "quiet", {"Authorization": "token x"}),
    "nobody": ("GET", "api/sessions", {}),
    "a file from a window in use": ("PUT", "api/contents/a", {"Authorization": "token x", "Cookie": "a=b"}),
    "a file from a window that was left open": ("PUT", "api/contents/a", {"Authorization": "token x", "Cookie": "a=b"}),
    "a window by itself": ("GET", "api/sessions", {"Authorization": "token x", "Cookie": "a=b"}),
}

async def counted():
    app = App([("/user/ann/quiet", Quiet), ("/user/ann/.*", Asked)], base_url="/user/ann/")
    began = datetime.now(UTC) - timedelta(hours=1)
    kernels = SimpleNamespace(last_kernel_activity=began)
    app.settings.update(started=began, kernel_manager=kernels)
    listener, port = bind_unused_port()
    server = HTTPServer(app)
    server.add_sockets([listener])
    found = {}
    for name, (method, path, headers) in REQUESTS.items():
        app.settings.pop("api_last_activity", None)
        then = datetime.now(UTC) - timedelta(seconds=5 if "in use" in name else 300)
        app.settings["last_activity_times"] = {PERSON: then}
        body = "{}" if method == "PUT" else None
        url = f"http://127.0.0.1:{port}/user/ann/{path}"
        await AsyncHTTPClient().fetch(url, method=method, headers=headers, body=body)
        found[name] = "api_last_activity" in app.settings
    server.stop()
    return found

before = asyncio.run(counted())
count_persons_only(APIHandler, "/user/ann/")
after = asyncio.run(counted())
print(json.dumps([before, after]))
"""
TOLD = """
import asyncio, json, time
from jupyterhub.singleuser.extension import JupyterHubSingleUser
from sardonyx_singleuser import presence

presence.FIRST_S = 0.5

async def told():
    extension, began, calls = JupyterHubSingleUser(), time.monotonic(), []
    extension.hub_activity_url, extension.hub_activity_interval = "http://hub", 1
    async def notify_activity():
        calls.append(time.monotonic() - began)
    extension.notify_activity = notify_activity
    task = asyncio.ensure_future(extension.keep_activity_updated())
    await asyncio.sleep(2.2)
    task.cancel()
    return calls

before = asyncio.run(told())
presence.tell_hub_later(JupyterHubSingleUser)
after = asyncio.run(told())
print(json.dumps([before, after]))
"""
GONE = """
from jupyter_server.base.handlers import APIHandler
from jupyterhub.singleuser.extension import JupyterHubSingleUser
from sardonyx_singleuser.presence import count_persons_only, tell_hub_later

del APIHandler.update_api_activity, JupyterHubSingleUser.keep_activity_updated
before = [dict(vars(APIHandler)), dict(vars(JupyterHubSingleUser))]
count_persons_only(APIHandler, "/user/ann/")
tell_hub_later(JupyterHubSingleUser)
print(before == [dict(vars(APIHandler)), dict(vars(JupyterHubSingleUser))])
"""


GONE_FROM_KERNELS = """
import threading, parso.cache, ipykernel.debugger
from sardonyx_singleuser.kernels import child, ports

del threading.Thread._set_native_id, parso.cache._get_default_cache_path, ipykernel.debugger.Debugger
child._ask_for_number()
child._adopt_home()
ports.do_without()
print(ipykernel.debugger._is_debugpy_available)
"""
SAYS_NOTHING = """
from sardonyx_singleuser.kernels import app, warm
from sardonyx_singleuser.kernels.origin import Origin

# As where ipykernel opens its sockets in a method of another name.
del app.IPKernelApp.init_heartbeat
warm.warm()
print(Origin.current)
"""


def run(prefix: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code where servers run."""
    python = str(prefix / "bin" / "python")
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_only_what_a_window_does_by_itself_counts_otherwise_than_in_jupyter_server(prefix: Path) -> None:
    """Whoever asks, whatever they ask for."""
    before, after = json.loads(run(prefix, COUNTED).stdout)

    assert before == {
        "a program": True,
        "a program that asks not to be counted": False,
        "an address that never counts": False,
        "nobody": False,
        "a file from a window in use": True,
        "a file from a window that was left open": True,
        "a window by itself": True,
    }
    assert after == {**before, "a window by itself": False, "a file from a window that was left open": False}


def test_the_hub_is_told_the_same_as_by_jupyterhub_only_later(prefix: Path) -> None:
    """At first after a pause, then as often."""
    before, after = json.loads(run(prefix, TOLD).stdout)

    # JupyterHub makes its pauses 10 % longer or shorter.
    assert before[0] < 0.4
    assert 0.5 <= after[0] < 0.9
    for calls in (before, after):
        assert 0.9 <= calls[1] - calls[0] < 1.4


def test_where_a_new_version_has_it_no_more_a_server_starts_all_the_same(prefix: Path) -> None:
    """Nothing is replaced, and its log says once what that means."""
    done = run(prefix, GONE)

    assert done.stdout == "True\n"
    assert done.stderr == (
        "Sardonyx: APIHandler has no update_api_activity in this version."
        " A window that is left open counts as use of its server.\n"
        "Sardonyx: JupyterHubSingleUser has no keep_activity_updated in this version."
        " The hub hears of a new server at once, and its start takes longer.\n"
    )


def test_where_a_new_version_has_it_no_more_a_kernel_is_one_all_the_same(prefix: Path) -> None:
    """What cannot be debugged without a port is not debugged."""
    done = run(prefix, GONE_FROM_KERNELS)

    assert done.stdout == "False\n"
    # debugpy has something to say before.
    assert done.stderr.partition("Sardonyx: ")[2] == (
        "_MainThread has no _set_native_id in this version."
        " Kernels have a wrong number of their first thread.\n"
        "Sardonyx: parso.cache has no _get_default_cache_path in this version."
        " What it keeps for completions goes with the server.\n"
        "Sardonyx: the debugger of this ipykernel is another one"
        " (module 'ipykernel.debugger' has no attribute 'Debugger'). Nothing is debugged.\n"
    )


def test_kernels_that_do_not_say_when_they_are_there_start_as_usual(prefix: Path) -> None:
    """Each would be waited for otherwise, for a quarter of a minute."""
    done = run(prefix, SAYS_NOTHING)

    assert done.stdout == "None\n"
    assert done.stderr.endswith(
        "Kernels of this environment start as usual, not as forks:"
        " RuntimeError: this ipykernel does not say when its sockets are open\n"
    )
