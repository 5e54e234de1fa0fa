"""Tools and apps in servers on the cluster, through hub and proxy: each is there by its address, for its person alone."""

from collections.abc import Iterator

import httpx
import pytest
from support import web
from support.cluster.place import Place
from support.visitors import PASSWORD
from support.waiting import soon

APP = """
import os
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()

@app.get("/", response_class=HTMLResponse)
def page() -> str:
    return f"<h1>An app of {os.environ['JUPYTERHUB_USER']}</h1>"

@app.post("/press")
def press() -> str:
    return "pressed"
"""
LISTENING = """
import pathlib
for table in ("tcp", "tcp6"):
    for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
        host, port = line.split()[1].split(":")
        # 0A: it listens. Loopback is the Pod's own.
        if line.split()[3] == "0A" and host not in {"0100007F", "00000000000000000000000001000000"}:
            print(int(port, 16))
"""
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
PATIENCE_S = 90


@pytest.fixture(scope="module")
def two(place: Place) -> Iterator[Place]:
    """A place with the servers of amina, who has an app in the home, and of bruno."""
    for name, profile in (("amina", "data"), ("bruno", "python")):
        place.add_person(name, PASSWORD)
        place.start(name, {"profile": profile})
    place.kubectl("exec", "-i", place.pod("amina"), "--", "sh", "-c", "cat > /home/jovyan/app.py", given=APP)
    yield place
    for name in ("amina", "bruno"):
        place.stop_if_there(name)


def ask(place: Place, name: str, path: str, verb: str = "GET", told: object = None) -> httpx.Response:
    """Ask the server of amina as somebody, with what a browser says of a page that is opened."""
    headers = {**PAGE, "Authorization": f"token {place.token_of(name)}"}
    return web.request(verb, f"{place.url}{path}", headers=headers, json=told, timeout=60)


def test_an_app_of_a_file_is_there_by_its_address_and_for_its_person_alone(two: Place) -> None:
    """It starts when it is opened; it listens on no port that another Pod could try."""
    made = ask(two, "amina", "/user/amina/sardonyx/api/apps", "POST", {"path": "app.py"})
    address = made.json()["address"]

    soon(lambda: "<h1>An app of amina</h1>" in ask(two, "amina", address).text, PATIENCE_S)
    assert ask(two, "amina", f"{address}press", "POST").json() == "pressed"
    assert ask(two, "bruno", address).status_code == 403
    assert ask(two, "bruno", f"{address}press", "POST").status_code == 403
    assert two.run("amina", "python", "-c", LISTENING).split() == ["8888"]


def test_a_tool_that_the_image_has_not_says_that_another_image_has_it(two: Place) -> None:
    """Since nothing is installed on a cluster."""
    offered = {each["name"]: each for each in ask(two, "amina", "/user/amina/sardonyx/api/tools").json()}

    assert offered["hello"]["how_to_get"] == ""
    for name in ("vscode", "mlflow"):
        assert "image" in offered[name]["how_to_get"]
