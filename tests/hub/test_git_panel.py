"""What JupyterLab's git panel asks its server, with real git: it is there when it is asked for, and a bad repository harms nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support import web
from support.addresses import plain
from support.forks import Forks, Server


@pytest.fixture
def server(forks: Forks) -> Server:
    """Somebody's server."""
    found = forks.start("gitta")
    assert found.is_ready, found.said
    return found


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """What asks it."""
    transport = httpx.HTTPTransport(uds=str(server.socket))
    headers = {"Authorization": f"token {server.name}-token"}
    with web.Client(transport=transport, base_url=plain(server.url), headers=headers, timeout=60) as found:
        yield found


def in_home(server: Server, code: str) -> str:
    """Run shell commands in the server."""
    return server.run(
        f"import subprocess\nprint(subprocess.run({code!r}, shell=True, text=True, stderr=-2, stdout=-1).stdout)"
    )


def test_it_is_loaded_when_it_is_asked_for(server: Server, client: httpx.Client) -> None:
    """And not at the start, whose log would name it."""
    before = server.log.read_text()

    answer = client.get("git/settings").json()

    assert "jupyterlab_git" not in before
    assert answer["gitVersion"] is not None


def test_a_damaged_repository_is_told_and_the_server_goes_on(server: Server, client: httpx.Client) -> None:
    """In git's own words."""
    in_home(server, "git init -q broken && echo damaged > broken/.git/index")

    said = client.post("git/broken/status", json={})

    assert said.status_code == 500
    assert "index file" in said.json()["message"]
    assert client.get("api/status").status_code == 200


def test_a_pull_that_would_be_a_conflict_changes_nothing(server: Server, client: httpx.Client, prefix: Path) -> None:
    """With the setting that JupyterLab has from us: what comes in is left out, and said."""
    overrides = prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    setting = json.loads(overrides.read_text())["@jupyterlab/git:plugin"]["cancelPullMergeConflict"]
    commands = (
        "export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org;"
        "git init -q -b main theirs && cd theirs && echo one > lesson && git add . && git commit -qm one && cd .. &&"
        "git clone -q theirs mine && for name in pull.rebase=false user.name=t user.email=t@example.org; do"
        " git -C mine config ${name%=*} ${name#*=}; done && cd theirs && echo theirs > lesson && git commit -qam two &&"
        "cd ../mine && echo mine > lesson && git commit -qam mine"
    )
    assert in_home(server, commands) == ""

    said = client.post("git/mine/pull", json={"cancel_on_conflict": setting})

    assert "conflict" in said.json()["message"].lower()
    assert in_home(server, "cat mine/lesson; git -C mine status --porcelain") == "mine"
