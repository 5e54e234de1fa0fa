"""Tools and apps in a real server: started by their page, passed on, explained when they fail, and out of others' reach."""

import asyncio
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import web
from support.addresses import plain, socket_path, websocket
from support.environments import apps_environment
from support.forks import Forks, Server, running_forks
from support.listeners import is_of_a_kernel
from tornado.httpclient import HTTPClientError

APPS = {
    "flask": "from flask import Flask, url_for\napp = Flask('x')\n@app.route('/')\ndef root(): return url_for('root')\n",
    "fastapi": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef root(): return {'hello': 'you'}\n",
    "streamlit": "import streamlit as st\nst.title('Hello')\n",
    "dash": "from dash import Dash, html\napp = Dash()\napp.layout = html.H1('Hello')\n",
    "shiny": "from shiny import App, ui\napp = App(ui.page_fluid('Hello'), None)\n",
    "express": "from shiny.express import ui\nui.h1('Hello')\n",
    "gradio": "import gradio as gr\ndemo = gr.Interface(str, 'text', 'text')\nif __name__ == '__main__':\n    demo.launch()\n",
    "panel": "import panel as pn\npn.Column('Hello').servable()\n",
    "marimo": "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    return\n",
    "voila": json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": "a",
                    "source": "print('Hello,', 6 * 7)",
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                }
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ),
}
RUNS = {
    "flask": "import sys\nfrom flask import Flask, url_for\nold, new = Flask('a'), Flask('b')\n@new.route('/')\n"
    "def root(): return f'new {url_for(\"root\")}'\nsys.exit(new.run(debug=True))\n",
    "dash": "from dash import Dash, html\ndef main():\n    mine = Dash(title='new')\n    mine.layout = html.H1('Hello')\n"
    "    mine.run(debug=True)\nmain()\n",
    "fastapi": "import asyncio, uvicorn\nfrom fastapi import FastAPI\nfrom starlette.middleware.gzip import GZipMiddleware\n"
    "app = FastAPI()\n@app.get('/')\ndef root(): return {'new': 'x' * 2000}\nserved = GZipMiddleware(app)\nasyncio.run(\n"
    "    uvicorn.Server(uvicorn.Config(served, host='0.0.0.0')).serve()\n)\nuvicorn.run('runs:app', reload=True)\n",
    "gradio": "import gradio as gr\ngr.Interface(str, 'text', 'text').launch(share=True, auth=('ann', 'b'), auth_message='new')\n",
    "panel": "import panel as pn\npn.serve(lambda: 'Hello', title='new')\npn.Column('Hello').show(port=0)\n",
    "shiny": "from shiny import App, ui\napp = App(ui.page_fluid('new'), None)\napp.run()\n",
}
"""The same as scripts that start their own servers, as most do: on a port, debugged, for all the world."""
SHINY_R = "library(shiny)\nshinyApp(fluidPage('Hello'), function(input, output) NULL)\n"
SAYS = {
    "flask": "/user/flask/apps/app-",
    "fastapi": '{"hello":"you"}',
    "streamlit": "<title>Streamlit</title>",
    "dash": "/user/dash/apps/app-",
    "shiny": "Hello",
    "express": "Hello",
    "gradio": "gradio",
    "panel": "<title>Panel Application</title>",
    "marimo": "<marimo-filename",
    "voila": "Hello, 42",
}
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


class Person:
    """Somebody with a running server, at a browser."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.web = web.Client(
            base_url=plain(server.url),
            transport=httpx.HTTPTransport(uds=socket_path(server.url)),
            headers={"Authorization": f"token {server.name}-token"},
            follow_redirects=True,
            timeout=60,
        )

    def add(self, path: str) -> httpx.Response:
        """Run a file as an app."""
        return self.web.post("sardonyx/api/apps", json={"path": path})

    def address(self, path: str) -> str:
        """Run a file as an app; return where it is."""
        answer = self.add(path)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["address"]).removeprefix(f"/user/{self.server.name}/")

    def opens(self, address: str) -> str:
        """Open a page and wait until it has become the tool's or has failed; return it."""
        page = self.web.get(address, headers=PAGE)
        status = f"sardonyx/api/processes/{address.rstrip('/')}"
        # So long MLflow may take, on a busy machine.
        deadline = time.monotonic() + 180
        while self.web.get(status).json()["state"] == "starting":
            assert time.monotonic() < deadline, page.text
            time.sleep(0.1)
        return self.web.get(address, headers=PAGE).text

    def stranger(self) -> httpx.Client:
        """Return somebody who is not signed in, at the same server."""
        transport = httpx.HTTPTransport(uds=socket_path(self.server.url))
        return web.Client(base_url=self.web.base_url, transport=transport)

    def activity(self) -> str:
        """Return when the server was used last, as the hub is told."""
        return str(self.web.get("api/status").json()["last_activity"])


def listening(person: Person) -> list[str]:
    """Return the ports on which somebody's user listens."""
    found = [Path(f"/proc/{person.server.pid}/net/{kind}").read_text().splitlines()[1:] for kind in ("tcp", "tcp6")]
    uid = str(person.server.home.stat().st_uid)
    return [line for lines in found for line in lines if line.split()[3] == "0A" and line.split()[7] == uid]


Start = Callable[..., Person]


@pytest.fixture(scope="module")
def forks(prefix: Path) -> Iterator[Forks]:
    """A fork server as on a machine whose hub has the most rights that the tests have."""
    with running_forks(prefix / "bin" / "python", ordinary=False) as running:
        yield running


@pytest.fixture(scope="module")
def start(forks: Forks) -> Iterator[Start]:
    """A way to start servers with files in the home, and an environment with frameworks beside them."""
    environment = apps_environment()
    people = []

    def new(name: str, files: dict[str, str], variables: dict[str, str] | None = None, **plan: Any) -> Person:
        for path, text in files.items():
            forks.put(name, path, text)
        (forks.base / "homes" / name).mkdir(parents=True, exist_ok=True)
        (forks.base / "homes" / name / ".venv").symlink_to(environment)
        tools = str(forks.base / "tools")
        told = {"SARDONYX_TOOLS": tools, **(variables or {})}
        readable = (str(environment), *([tools] if Path(tools).exists() else []))
        server = forks.start(name, variables=told, plan=plan, readable=readable)
        assert server.is_ready, server.said
        people.append(Person(server))
        return people[-1]

    yield new
    for person in people:
        person.web.close()


@pytest.mark.parametrize("framework", list(APPS))
def test_an_app_of_each_framework_is_served_below_its_address(start: Start, framework: str) -> None:
    """From its file alone, on a socket that nobody else can open."""
    runs = {"runs.py": RUNS[framework]} if framework in RUNS else {}
    name = "app.ipynb" if framework == "voila" else "app.py"
    person = start(framework, {name: APPS[framework], **runs})
    address = person.address(name)
    first = person.web.get(address, headers=PAGE)
    assert f"<h1>Starting {name} …</h1>" in first.text
    assert first.headers["Cache-Control"] == "no-store"

    assert SAYS[framework] in person.opens(address)
    for path in runs:
        page = person.opens(person.address(path))
        assert "new" in page
        assert "did not start" not in page
    ports = [int(line.split()[1].rpartition(":")[2], 16) for line in listening(person)]
    assert len(ports) == (framework == "voila"), "its kernel has one by now, which asks for a secret"
    assert all(is_of_a_kernel(port) for port in ports)
    assert {app["state"] for app in person.web.get("sardonyx/api/apps").json()} == {"running"}


def test_a_shiny_app_of_r_is_served_below_its_address(start: Start) -> None:
    """By the machine's R."""
    if shutil.which("Rscript") is None or not Path("/usr/lib/R/site-library/shiny").exists():
        pytest.skip("R or its package shiny is not on this machine. On Debian: r-base-core r-cran-shiny")
    person = start("shinyr", {"course/app.R": SHINY_R})

    assert "Hello" in person.opens(person.address("course/app.R"))
    assert not listening(person)


def test_an_address_stays_and_its_page_starts_the_app_again(start: Start) -> None:
    """After a stop; in a new server too, where it is pinned."""
    person = start("stays", {"app.py": APPS["flask"]})
    address = person.address("app.py")
    person.opens(address)
    assert person.web.patch(f"sardonyx/api/{address.rstrip('/')}", json={"is_pinned": True}).json()["is_pinned"] is True
    assert person.web.delete(f"sardonyx/api/processes/{address.rstrip('/')}").status_code == 204
    assert "/user/stays/apps/" in person.opens(address)

    (person.server.home / ".venv").unlink()
    again = start("stays", {})

    assert again.web.get("sardonyx/api/apps").json()[0]["is_pinned"] is True
    assert "/user/stays/apps/" in again.opens(address)
    assert again.web.delete(f"sardonyx/api/{address.rstrip('/')}").status_code == 204
    assert again.web.get(address, headers=PAGE).status_code == 404


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("syntax.py", "syntax.py, line 2: '(' was never closed. Correct it and try again."),
        ("plain.py", "No framework was recognised in plain.py."),
        ("missing.py", "missing.py cannot be read: No such file or directory."),
        ("../../../etc/passwd", "../../../etc/passwd is not in your home."),
        ("link.py", "link.py is not in your home."),
    ],
)
def test_a_file_that_is_no_app_is_explained(start: Start, path: str, message: str, explained: list[Person]) -> None:
    """Before anything runs."""
    if not explained:
        files = {"syntax.py": "import flask\nprint(\n", "plain.py": "print(1)\n"}
        explained.append(start("explained", files))
        (explained[0].server.home / "link.py").symlink_to("/etc/passwd")
    answer = explained[0].add(path)

    assert answer.status_code == 422
    assert message in answer.json()["message"]


@pytest.fixture(scope="module")
def explained() -> list[Person]:
    """The person of the test above, once there is one."""
    return []


def test_an_app_that_fails_shows_why_and_can_be_tried_again(start: Start, forks: Forks) -> None:
    """The server goes on; nothing is started by itself again."""
    person = start("fails", {"app.py": "import flask\nprint('so far')\nimport a_package_that_is_missing\n"})
    address = person.address("app.py")
    status = f"sardonyx/api/processes/{address.rstrip('/')}"

    page = person.opens(address)
    assert "<h1>app.py did not start</h1>" in page
    assert "Install it in a terminal, with: pip install a_package_that_is_missing" in page
    assert "so far" in page
    assert person.web.get(address).status_code == 503
    assert person.web.get(status).json()["state"] == "failed"

    forks.put("fails", "app.py", APPS["flask"])
    assert person.web.post(status).json()["state"] == "starting"
    assert "/user/fails/apps/" in person.opens(address)


def test_words_of_an_app_are_text_and_not_a_page(start: Start) -> None:
    """Whatever it prints."""
    person = start(
        "words", {"app.py": "import flask\nprint('<script>alert(1)</script>')\nraise SystemExit('<b>no</b>')\n"}
    )

    page = person.opens(person.address("app.py"))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page


def test_a_tool_that_is_not_there_says_how_to_get_it(start: Start) -> None:
    """With the operator's command on one machine."""
    person = start("without", {})
    tools = {tool["name"]: tool for tool in person.web.get("sardonyx/api/tools").json()}
    assert "sardonyx tools install vscode" in tools["vscode"]["how_to_get"]

    page = person.opens("tools/vscode/")

    assert "VS Code is not here. Whoever runs this place can install it, with:" in page
    assert "sardonyx tools install vscode" in page
    assert person.web.get("tools/nothing/", headers=PAGE).status_code == 404


def test_a_tool_that_has_come_is_started_when_its_page_is_opened_again(start: Start) -> None:
    """Whoever was told to install it does not have to find a button first."""
    person = start("later", {})
    assert "TensorBoard is not here." in person.opens("tools/tensorboard/")
    assert "TensorBoard is not here." in person.opens("tools/tensorboard/")
    (own,) = person.server.home.glob(".local/share/sardonyx/python-*/bin")
    (own / "tensorboard").write_text("#!/bin/sh\necho It has come\nexit 3\n")
    (own / "tensorboard").chmod(0o755)

    page = person.opens("tools/tensorboard/")

    assert "TensorBoard is not here." not in page


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ("course", "in the settings: environments.course.image, or that of the profile."),
        ("", "in the settings, at the profile."),
    ],
)
def test_a_tool_that_is_not_in_the_image_is_had_by_another_image(start: Start, environment: str, way: str) -> None:
    """On Kubernetes a command of one machine helps nobody; what people install themselves they can there, too."""
    person = start(f"imaged{environment}", {}, {"SARDONYX_IMAGE": "lab/<python>:1"}, environment=environment)
    tools = {tool["name"]: tool for tool in person.web.get("sardonyx/api/tools").json()}

    page = person.opens("tools/mlflow/")

    said = f"Whoever runs this place can choose an image with it {way} Now it is "
    assert tools["vscode"]["how_to_get"] == (
        f"{said}lab/<python>:1. Images of Sardonyx have it when they are built with +vscode."
    )
    assert tools["tensorboard"]["how_to_get"] == "Install it in a terminal, with: pip install tensorboard"
    assert f"MLflow is not here. {said}lab/&lt;python&gt;:1. Images of Sardonyx have it" in page
    assert "with +mlflow." in page
    assert "sardonyx tools install" not in page


def test_jupyterlab_is_told_how_a_tool_is_shown(start: Start) -> None:
    """Its icon, its row, and whether it wants a window: all of it is of the tool."""
    person = start("shown", {})
    tools = {tool["name"]: tool for tool in person.web.get("sardonyx/api/tools").json()}

    assert tools["mlflow"]["icon"] == "M4 19V5m0 14h16M7.500 15.500l3.500-4.500 3 2.500 4.500-7"
    shown = {name: (tool["category"], tool["needs_window"]) for name, tool in tools.items()}
    assert shown == {"vscode": ("tools", True), "mlflow": ("tools", False), "tensorboard": ("tools", False)}


def test_only_the_tools_of_its_profile_are_offered(start: Start) -> None:
    """Others are not there, and leave nothing behind."""
    person = start("few", {}, tools=["tensorboard"])

    assert [tool["name"] for tool in person.web.get("sardonyx/api/tools").json()] == ["tensorboard"]
    assert person.web.get("tools/vscode/", headers=PAGE).status_code == 404


SERVE = """
import sys
from http.server import BaseHTTPRequestHandler
from socketserver import UnixStreamServer
class Answer(BaseHTTPRequestHandler):
    def address_string(self):
        return "somebody"  # who comes by a socket has no address
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<h1>Abacus</h1>{sys.argv[2:]} {self.path}".encode())
UnixStreamServer(sys.argv[1], Answer).serve_forever()
"""
ABACUS = {
    "title": "Abacus", "description": "Counts", "command": ["python3", "{home}/serve.py", "{socket}", "{prefix}"],
    "variables": {}, "icon": "M1 2h3", "category": "other", "needs_window": False, "keeps_prefix": False,
    "ready_path": "/", "patience_s": 60, "how_to_get": "",
}  # fmt: skip


def test_a_tool_of_the_settings_is_one_like_the_others(start: Start) -> None:
    """Offered in its row, started by its page on a socket; one that cannot be read takes nothing else with it.

    What one says before it ends is what its person reads, such as why it has no licence.
    """
    paid = {
        **ABACUS,
        "title": "Paid",
        "command": ["sh", "-c", "seq 400; echo No licence: set PAID_LICENCE. >&2; exit 3"],
    }
    port = {**ABACUS, "command": ["python3", "-m", "http.server", "--bind", "127.0.0.1", "0"], "patience_s": 12}
    own = {
        "abacus": ABACUS,
        "paid": paid,
        "port": port,
        "gone": {**ABACUS, "command": ["no-such-program", "{socket}"]},
        "newer": {"title": "x"},
    }
    person = start("counts", {"serve.py": SERVE}, {"SARDONYX_OWN_TOOLS": json.dumps(own)})
    tools = {tool["name"]: tool for tool in person.web.get("sardonyx/api/tools").json()}

    page = person.opens("tools/abacus/")

    assert "<h1>Abacus</h1>['/user/counts/tools/abacus'] /" in page
    assert {name: tools["abacus"][name] for name in ("title", "description", "icon", "category")} == {
        "title": "Abacus",
        "description": "Counts",
        "icon": "M1 2h3",
        "category": "other",
    }
    assert tools["gone"]["how_to_get"] == "Ask the people who run this place for it."
    assert "newer" not in tools
    assert "vscode" in tools
    page = person.opens("tools/paid/")
    assert "<h1>Paid did not start</h1>" in page
    assert "Paid ended by itself, with the code 3." in page
    assert '<details id="words" open' in page
    assert "\n399\n400\nNo licence: set PAID_LICENCE.</pre>" in page
    page = person.opens("tools/port/")
    assert re.search(
        r"Abacus listens on port \d+, and not on the socket that it was given[.] It was ended, since", page
    )
    assert "Its command in the settings has to name {socket} where it shall listen." in page
    assert not listening(person)


def test_tensorboard_shows_the_runs_and_opens_no_port(start: Start) -> None:
    """From the environment that has it."""
    programs = f"{apps_environment()}/bin:/usr/bin:/bin"
    person = start("board", {"runs/first/x.txt": "not an event file"}, {"PATH": programs})

    page = person.opens("tools/tensorboard/")

    assert "tb-relative-root" in page
    where = person.web.get("tools/tensorboard/data/environment").json()["data_location"]
    assert where == str(person.server.home / "runs")
    assert not listening(person)


def test_nobody_reaches_an_app_without_a_sign_in(start: Start) -> None:
    """Neither its page, nor what belongs to it, nor its websocket, nor what JupyterLab asks."""
    person = start("closed", {"app.py": APPS["flask"]})
    address = person.address("app.py")
    person.opens(address)
    other = {"Authorization": "token another-token"}

    with person.stranger() as stranger:
        assert stranger.get(address, headers=PAGE).status_code == 302
        assert stranger.post(address).status_code in {302, 403}
        for path in ("sardonyx/api/apps", "sardonyx/api/tools", f"sardonyx/api/processes/{address.rstrip('/')}"):
            assert stranger.get(path).status_code == 403, path
        assert stranger.get(address, headers={**PAGE, **other}).status_code == 403
    with pytest.raises(HTTPClientError, match="HTTP 403"):
        asyncio.run(websocket(person.server.url, address, {}))


def test_a_page_of_another_site_cannot_start_or_stop_anything(start: Start) -> None:
    """A browser sends the sign-in along, and cannot know the token against forged requests."""
    person = start("forged", {"app.py": APPS["flask"]})
    status = f"sardonyx/api/processes/{person.address('app.py').rstrip('/')}"
    cookie = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}

    with person.stranger() as stranger:
        assert stranger.post(status, headers=cookie, content="{}").status_code == 403
        assert stranger.post("sardonyx/api/apps", headers=cookie, content='{"path": "app.py"}').status_code == 403


def test_no_other_server_reaches_the_socket_of_an_app(start: Start) -> None:
    """It is in a folder in memory that only its own server has, and no port is opened."""
    person, other = start("socket", {"app.py": APPS["flask"]}), start("spy", {})
    person.opens(person.address("app.py"))
    look = "import os; print([os.path.join(f, n) for f, _, ns in os.walk('/run/sardonyx') for n in ns if n.endswith('.sock')])"
    own = json.loads(person.server.run(look).replace("'", '"'))
    theirs = json.loads(other.server.run(look).replace("'", '"'))

    found = [path for path in own if "/tools/" in path]
    assert len(found) == 1
    assert not [path for path in theirs if "/tools/" in path]
    for root in ("/proc/1/root", "/proc/self/root"):
        code = f"import os; print(os.path.exists({root + found[0]!r}))"
        assert other.server.run(code) == "False"
    assert not listening(person)


def test_only_what_somebody_does_counts_as_use(start: Start) -> None:
    """A page that was left open asks and sends without end, and its server is idle all the same."""
    person = start("idle", {"app.py": APPS["flask"]})
    address = person.address("app.py")
    person.opens(address)
    status = f"sardonyx/api/processes/{address.rstrip('/')}"
    by_itself = {"Sec-Fetch-Mode": "cors", "Accept": "*/*", "Cookie": "a=b"}
    again = {**PAGE, "Cookie": "a=b", "Sec-Fetch-Site": "same-origin"}

    def counts(act: Callable[[], httpx.Response]) -> bool:
        before = person.activity()
        time.sleep(0.02)
        assert act().status_code < 500
        return person.activity() > before

    assert not counts(lambda: person.web.get(address, headers=by_itself))
    assert not counts(lambda: person.web.get(status))
    assert counts(lambda: person.web.post(address, headers=by_itself)), "its page has not told whether it tells"
    assert not counts(lambda: person.web.post(f"{status}/person", json={"is_there": False}))
    assert not counts(lambda: person.web.post(address, headers=by_itself))
    assert counts(lambda: person.web.post(address)), "a program comes with a token"
    assert counts(lambda: person.web.post(f"{status}/person", json={"is_there": True}))
    assert counts(lambda: person.web.get(address, headers=PAGE))
    assert not counts(lambda: person.web.get(address, headers=again)), "it opens itself by a clock"
    assert counts(lambda: person.web.get(address, headers={**again, "Sec-Fetch-User": "?1"}))
    person.web.delete(status)
    assert person.web.post(address, headers=by_itself).status_code == 503
    assert person.web.get(status).json()["state"] == "stopped"
    answer = person.web.post(f"{status}/person", json={})
    assert (answer.status_code, answer.json()["message"]) == (400, '"is_there" has to be true or false.')


KINDS_OF_ANSWERS = """
import gzip
from flask import Flask, Response
app = Flask("x")
HEADERS = {"/": {}, "/file": {"Content-Disposition": "attachment"}, "/data": {"Content-Type": "text/plain"}}
@app.route("/")
@app.route("/file")
@app.route("/data")
def answer():
    from flask import request
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = gzip.compress(b"<p>hello") if packed else b"<p>hello"
    more = {"Content-Encoding": "gzip"} if packed else {}
    return Response(body, headers={"Content-Type": "text/html", **HEADERS[request.path], **more})
"""


def test_a_page_has_a_script_that_tells_of_its_person_and_nothing_else_has(start: Start) -> None:
    """Files and data are as the app gives them."""
    person = start("script", {"app.py": KINDS_OF_ANSWERS})
    address = person.address("app.py")

    page = person.opens(address)
    at = f"/user/script/sardonyx/api/processes/{address}person"
    assert page == f'<p>hello<script async src="/user/script/sardonyx/person.js" data-at="{at}"></script>'
    script = person.web.get("sardonyx/person.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "is_there" in script.text
    with person.stranger() as stranger:
        assert stranger.get("sardonyx/person.js").status_code in {302, 403}
        assert stranger.post(at, json={"is_there": True}).status_code == 403
    for path in ("file", "data"):
        assert person.web.get(f"{address}{path}", headers=PAGE).text == "<p>hello", path
    assert person.web.get(address).text == "<p>hello"


HANGS = """
import os, signal, time
from flask import Flask, request
app = Flask("x")
print("ready to hang", flush=True)
@app.route("/")
def root(): return "hello"
@app.route("/slow")
def slow(): time.sleep(17); return "at last"
@app.route("/hang")
def hang():
    os.kill(os.getpid(), signal.SIGSTOP)
    # The signal is for the whole process: another thread may be the one that takes it, a moment later.
    time.sleep(60)
    return ""
@app.route("/garbage")
def garbage():
    connection = request.environ["werkzeug.socket"]
    connection.sendall(b"what?\\r\\n\\r\\n")
    connection.shutdown(2)
    return ""
"""


def test_a_page_that_takes_long_is_waited_for_as_long_as_its_app_answers(start: Start) -> None:
    """Such as a report that is made meanwhile."""
    person = start("slow", {"app.py": HANGS})
    address = person.address("app.py")
    person.opens(address)

    assert person.web.get(f"{address}slow", headers=PAGE).text.startswith("at last")


def test_an_app_that_hangs_says_so_and_can_be_started_again(start: Start) -> None:
    """It ran; now nothing of it answers, and whoever opens its page is told soon. The server goes on."""
    person = start("hangs", {"app.py": HANGS})
    address = person.address("app.py")
    status = f"sardonyx/api/processes/{address.rstrip('/')}"
    person.opens(address)
    with pytest.raises(httpx.ReadTimeout):
        person.web.get(f"{address}hang", timeout=1)

    began = time.monotonic()
    page = person.web.get(address, headers=PAGE).text
    assert 10 < time.monotonic() - began < 25
    assert '<section id="silent" role="alert" >' in page
    assert "<h1>app.py does not answer</h1>" in page
    assert "This page becomes app.py as soon as it answers again." in page
    assert "ready to hang" in page
    assert ">Start again</button>" in page
    assert "does not answer" in person.web.get(address, headers=PAGE, timeout=2).text, "the next one is told at once"
    assert person.web.get(status).json()["state"] == "silent"
    assert person.web.get("api/status").status_code == 200

    assert person.web.post(status).json()["state"] == "starting"
    assert person.opens(address).startswith("hello")


def test_an_answer_that_is_none_is_explained(start: Start) -> None:
    """With the log and the button; the app runs on."""
    person = start("garbage", {"app.py": HANGS})
    address = person.address("app.py")
    person.opens(address)

    page = person.web.get(f"{address}garbage", headers=PAGE).text

    assert "<h1>app.py does not answer</h1>" in page
    assert "Its answer cannot be shown: " in page
    assert "ready to hang" in page
    assert ">Start again</button>" in page
    assert "as soon as it answers again" not in page
    assert person.opens(address).startswith("hello")


def test_an_app_that_is_killed_while_its_page_is_open_says_why(start: Start) -> None:
    """Such as for want of memory: the connection breaks before the end is known."""
    person = start("killed", {"app.py": HANGS.replace("SIGSTOP", "SIGKILL")})
    address = person.address("app.py")
    person.opens(address)

    page = person.web.get(f"{address}hang", headers=PAGE).text

    assert "app.py ended by a signal, SIGKILL." in page
    assert ">Try again</button>" in page
