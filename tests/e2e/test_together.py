"""Working together: two people in one server, and nobody else, for as long as its owner wants it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from support.waiting import soon

pytestmark = pytest.mark.browser
Check = Callable[[Any, str], None]
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, order: 1}}
  together:
    title: Together
    environment: python
    collaboration: true
    lifetime: 1h
    longest_lifetime: 4h
    order: 2
"""
NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "a", "source": "", "metadata": {}, "outputs": [], "execution_count": None}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
LITTER = {".jupyter_ystore.db", "file_id_manager.db", "collaboration_sessions.json"}
"""What jupyter-collaboration would leave in a home."""
STATUS = """async (path) => {
  const xsrf = document.cookie.split("; ").map((each) => each.split("=")).find(([name]) => name === "_xsrf")?.[1] ?? "";
  return (await fetch(path, { headers: { "X-XSRFToken": xsrf } })).status;
}"""
SOCKET = """(path) => new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}${path}`);
  socket.onopen = () => done("open");
  socket.onerror = () => done("refused");
})"""
KEPT_SOCKET = """async (path) => {
  window.kept = new WebSocket(`ws://${location.host}${path}`);
  window.kept.onclose = (event) => { window.ended = event.code; };
  await new Promise((ok, bad) => { window.kept.onopen = ok; window.kept.onerror = bad; });
}"""


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place with a profile for working together, and one that is not."""
    return place_with(SETTINGS)


def invite(place: Any, owner: Any, name: str) -> Any:
    """Invite somebody as people do; return the page."""
    page = owner.page.context.new_page()
    page.goto(f"{place.url}/hub/home")
    page.get_by_role("link", name="Work together").click()
    page.get_by_label("The name with which they sign in").fill(name)
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("button", name=f"Take back the invitation of {name}").wait_for()
    return page


def enter(place: Any, visitor: Any, owner: str) -> None:
    """Open somebody's server from one's own first page."""
    visitor.page.goto(f"{place.url}/hub/home")
    visitor.page.get_by_role("link", name=f"Open The server of {owner}").click()
    visitor.page.get_by_role("button", name="Open it").click()
    visitor.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)


def notebook(place: Any, visitor: Any, owner: str) -> Any:
    """Open the notebook that both have; return its cell."""
    visitor.page.goto(f"{place.url}/user/{owner}/lab/tree/both.ipynb")
    cell = visitor.page.locator(".jp-Notebook .cm-content").first
    cell.wait_for(timeout=60_000)
    return cell


def form(page: Any, path: str, **fields: str) -> Any:
    """Send a form as a page of ours would that this person has open."""
    xsrf = next(each["value"] for each in page.context.cookies() if each["name"] == "_xsrf" and each["path"] == "/hub/")
    return page.request.post(path, form={"_xsrf": xsrf, **fields}, max_redirects=0)


def test_two_people_write_in_one_notebook(place: Any, newcomer: Callable[..., Any], check: Check) -> None:
    """Each sees what the other writes, and their name; there is one kernel, and one file."""
    ada, ben = newcomer(place, "ada"), newcomer(place, "ben")
    ada.start(profile="Together")
    ada.run(f"import json; json.dump(json.loads({json.dumps(NOTEBOOK)!r}), open('both.ipynb', 'w'))")
    page = invite(place, ada, "ben")
    check(page, "together")
    ben.page.goto(f"{place.url}/hub/home")
    check(ben.page, "shared-with-me")
    enter(place, ben, "ada")

    hers, his = notebook(place, ada, "ada"), notebook(place, ben, "ada")
    hers.click()
    ada.page.keyboard.type("shared = 41 + 1")
    his.get_by_text("shared = 41 + 1").wait_for()
    ben.page.get_by_text(re.compile("^ada$")).first.wait_for(state="attached")
    ada.page.keyboard.press("Control+Enter")
    his.click()
    ben.page.keyboard.press("Control+End")
    ben.page.keyboard.type("; print(shared)")
    ben.page.keyboard.press("Control+Enter")

    ada.page.locator(".jp-OutputArea-output").get_by_text("42").wait_for()
    (home,) = [each for each in (place.data / "homes").iterdir() if (each / "both.ipynb").exists()]
    assert soon(lambda: "print(shared)" in (home / "both.ipynb").read_text())
    assert not {each.name for each in home.rglob("*")} & LITTER
    page.reload()
    assert "has been here" in page.get_by_role("listitem").filter(has_text="ben").inner_text()


def test_nobody_else_enters(place: Any, newcomer: Callable[..., Any]) -> None:
    """Neither a page, nor what programs ask, nor a websocket, nor a tool's page: nobody was asked."""
    owner, other = newcomer(place, "cleo"), newcomer(place, "dora")
    owner.start(profile="Together")
    invite(place, owner, "somebody-else")

    for path in ("lab", "tools/mlflow/", "apps/x/"):
        assert other.page.request.get(f"{place.url}/user/cleo/{path}").status == 403
    for path in ("api/contents", "api/kernels", "sardonyx/api/tools"):
        assert other.page.request.get(f"{place.url}/user/cleo/{path}").status == 403
    other.page.goto(f"{place.url}/hub/home")
    for path in ("api/collaboration/room/x", "terminals/websocket/1", "api/events/subscribe"):
        assert other.page.evaluate(SOCKET, f"/user/cleo/{path}") == "refused"
    assert other.page.get_by_role("heading", name="Shared with me").count() == 0


def test_what_is_taken_back_ends_within_seconds(place: Any, newcomer: Callable[..., Any]) -> None:
    """Also what is open already."""
    owner, visitor = newcomer(place, "ella"), newcomer(place, "fritz")
    owner.start(profile="Together")
    page = invite(place, owner, "fritz")
    enter(place, visitor, "ella")
    assert visitor.page.evaluate(STATUS, "/user/ella/api/status") == 200
    visitor.page.evaluate(KEPT_SOCKET, "/user/ella/api/events/subscribe")

    page.get_by_role("button", name="Take back the invitation of fritz").click()
    page.get_by_role("heading", name="Invited").wait_for(state="detached")

    assert soon(lambda: visitor.page.evaluate(STATUS, "/user/ella/api/status") == 403)
    assert soon(lambda: visitor.page.evaluate("window.ended") == 4403)
    assert visitor.page.request.get(f"{place.url}/user/ella/lab").status == 403


def test_an_invited_person_decides_nothing_about_the_server(place: Any, newcomer: Callable[..., Any]) -> None:
    """They invite nobody, and neither stop nor keep it; nor does a program in it invite anybody."""
    owner, visitor = newcomer(place, "gerd"), newcomer(place, "hanna")
    owner.start(profile="Together")
    invite(place, owner, "hanna")
    enter(place, visitor, "gerd")
    hub = f"{place.url}/hub"
    visitor.page.goto(f"{hub}/home")

    assert form(visitor.page, f"{hub}/together/gerd", name="mallory").status == 404
    assert form(visitor.page, f"{hub}/together-end/gerd", name="hanna").status == 404
    assert form(visitor.page, f"{hub}/stop/gerd").status == 404
    assert form(visitor.page, f"{hub}/keep/gerd", seconds="3600").status == 404
    assert visitor.page.request.get(f"{hub}/together/gerd").status == 404
    code = (
        "import os, urllib.request as r, urllib.parse as p\n"
        "data = p.urlencode({'name': 'mallory'}).encode()\n"
        "q = r.Request(os.environ['JUPYTERHUB_API_URL'].replace('/hub/api', '/hub/together/gerd'), data,"
        " {'Authorization': 'token ' + os.environ['JUPYTERHUB_API_TOKEN']})\n"
        "try: print(r.urlopen(q).geturl())\n"
        "except r.HTTPError as e: print(e.code)"
    )
    assert "403" in owner.run(code)
    owner.page.goto(f"{hub}/together/gerd")
    assert owner.page.get_by_text("mallory").count() == 0


def test_the_answer_is_the_same_for_a_name_that_nobody_has(place: Any, newcomer: Callable[..., Any]) -> None:
    """And there is none for a page elsewhere, nor for what cannot be a name."""
    owner = newcomer(place, "ines")
    newcomer(place, "jan")
    owner.start(profile="Together")
    page = invite(place, owner, "jan")
    invite(place, owner, "nobody-has-this")
    page.reload()
    said = [each.inner_text() for each in page.get_by_role("listitem").all()]

    assert said[0].replace("jan", "X") == said[1].replace("nobody-has-this", "X")
    assert page.request.post(f"{place.url}/hub/together/ines", form={"name": "jan"}).status == 403
    page.get_by_label("The name with which they sign in").fill("ines")
    page.get_by_role("button", name="Invite").click()
    assert "This is your own server: you are in it already." in page.get_by_role("alert").inner_text()


def test_a_server_of_another_kind_cannot_be_entered(place: Any, newcomer: Callable[..., Any]) -> None:
    """Invitations were for the one before, and there are none into this one."""
    owner, visitor = newcomer(place, "kai"), newcomer(place, "lena")
    owner.start(profile="Together")
    invite(place, owner, "lena")
    enter(place, visitor, "kai")
    owner.stop()
    owner.page.get_by_role("link", name="Start a server").wait_for()
    owner.start(profile="Python")

    assert visitor.page.request.get(f"{place.url}/user/kai/lab").status == 403
    visitor.page.goto(f"{place.url}/hub/home")
    assert visitor.page.get_by_role("heading", name="Shared with me").count() == 0
    owner.page.goto(f"{place.url}/hub/home")
    assert owner.page.get_by_role("link", name="Work together").count() == 0
    assert form(owner.page, f"{place.url}/hub/together/kai", name="lena").status == 409
    told = owner.page.locator("#jupyter-config-data")
    owner.page.goto(f"{place.url}/user/kai/lab")
    loaded = [each["name"] for each in json.loads(told.inner_text())["federated_extensions"]]
    assert "sardonyx" in loaded
    assert not [name for name in loaded if name.startswith("@jupyter/")]


def test_a_server_learns_nothing_of_a_visitor_but_their_name(place: Any, newcomer: Callable[..., Any]) -> None:
    """The token that it is given of them opens itself, and tells who they are: it cannot be them elsewhere."""
    owner, visitor = newcomer(place, "max"), newcomer(place, "nora")
    owner.start(profile="Together")
    invite(place, owner, "nora")
    enter(place, visitor, "max")
    visitor.page.goto(f"{place.url}/hub/home")

    answer = visitor.page.evaluate(
        """async () => {
          const xsrf = document.cookie.split("; ").find((each) => each.startsWith("_xsrf="))?.slice(6) ?? "";
          return (await fetch("/hub/api/users/nora/tokens", { headers: { "X-XSRFToken": xsrf } })).json();
        }"""
    )

    (token,) = [each for each in answer["api_tokens"] if each["oauth_client"] and "max" in each["oauth_client"]]
    assert {each.partition("!")[0] for each in token["scopes"]} <= {
        "access:servers",
        "read:users:name",
        "read:users:groups",
    }
    assert {each for each in token["scopes"] if each.startswith("access")} == {"access:servers!server=max/"}


def test_a_visitor_leaves(place: Any, newcomer: Callable[..., Any]) -> None:
    """With one click, and the door is closed."""
    owner, visitor = newcomer(place, "otto"), newcomer(place, "paula")
    owner.start(profile="Together")
    invite(place, owner, "paula")
    enter(place, visitor, "otto")
    visitor.page.goto(f"{place.url}/hub/home")

    visitor.page.get_by_role("button", name="Leave The server of otto").click()

    visitor.page.get_by_role("heading", name="Shared with me").wait_for(state="detached")
    assert soon(lambda: visitor.page.request.get(f"{place.url}/user/otto/lab").status == 403)
