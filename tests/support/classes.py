"""A place with classes, as tests ask it beside its pages."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
from support import web
from support.kernels import run_in_kernel
from support.stack import Stack
from support.waiting import soon

from sardonyx_services.people.store import PeopleStore

TOKEN = "token-of-the-tests-only"
CONF = f"""
c.JupyterHub.services = [*c.JupyterHub.services, {{"name": "tests", "api_token": "{TOKEN}"}}]
scopes = ["admin:users", "admin:servers", "access:servers", "tokens"]
c.JupyterHub.load_roles = [*c.JupyterHub.load_roles, {{"name": "tests", "services": ["tests"], "scopes": scopes}}]
"""
"""A file of JupyterHub's own settings that lets tests ask the hub."""
ONE_PROFILE = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""
"""Settings of a place with one profile."""
HAND_IN = """
import boto3, os
bucket, _, home = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
key = "class/{course}/hand-in/" + home.removeprefix("home/") + "week 1/answer.txt"
s3 = boto3.Session(profile_name="class-{course}").client("s3")
s3.put_object(Bucket=bucket, Key=key, Body=b"42 by " + os.environ["JUPYTERHUB_USER"].encode())
print("handed in")
"""
"""What a student runs, with the id of their class in the place of {course}."""


def hub(place: Stack, method: str, path: str, body: object = None) -> Any:
    """Ask the hub; return its answer."""
    headers = {"Authorization": f"token {TOKEN}"}
    answer = web.request(method, f"{place.url}/hub/api{path}", headers=headers, json=body, timeout=60)
    assert answer.status_code < 400, answer.text
    return answer.json() if answer.content else None


@contextmanager
def people_of(place: Stack) -> Iterator[PeopleStore]:
    """Look at the people of a place, beside it."""
    with closing(PeopleStore(place.data / "people.sqlite")) as people:
        yield people


def id_of(people: PeopleStore, name: str) -> str:
    """Return somebody's id."""
    person = people.by_name(name)
    assert person is not None
    return person.id


def token_of(place: Stack, name: str) -> str:
    """Return a token of somebody who may never have signed in."""
    if name not in {user["name"] for user in hub(place, "GET", "/users")}:
        hub(place, "POST", f"/users/{name}")
    return str(hub(place, "POST", f"/users/{name}/tokens", {})["token"])


def tokens_of_servers(place: Stack, name: str) -> dict[str, str]:
    """Return the token that somebody's server has, which runs then, and the one that a server of theirs had that stopped."""
    found = {}
    for server in ("stopped-server", "server"):
        hub(place, "POST", f"/users/{name}/server")
        soon(lambda: bool(hub(place, "GET", f"/users/{name}")["servers"].get("", {}).get("ready")))
        code = "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])"
        found[server] = run_in_kernel(f"{place.url}/user/{name}/", TOKEN, code).strip()
        if server == "stopped-server":
            hub(place, "DELETE", f"/users/{name}/server")
            soon(lambda: not hub(place, "GET", f"/users/{name}")["servers"])
    return found


def ask(place: Stack, token: str, method: str, path: str, body: object = None) -> httpx.Response:
    """Ask the service of classes."""
    headers = {"Authorization": f"token {token}"} if token else {}
    return web.request(method, f"{place.url}/services/people{path}", headers=headers, json=body, timeout=30)


def make_class(place: Any, visitor: Any, title: str, *, profile: str = "Python", **fields: str) -> str:
    """Make a class with its form; return its link to join.

    Args:
        profile: title of what its servers are made from.
    """
    page = visitor.page
    page.goto(f"{place.url}/hub/home")
    page.get_by_role("link", name="Classes and events").click()
    page.get_by_role("link", name="Make a class").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("radio", name=profile).check()
    for label, value in fields.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Make it, and show the link").click()
    return str(page.get_by_role("link", name=re.compile("people.join")).inner_text())
