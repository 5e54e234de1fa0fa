"""The lines for nginx and Caddy that the docs give: with them a place below a path works behind either."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support import web
from support.members import PASSWORD, Member
from support.ports import free_ports
from support.stack import ROOT, Stack, running_stack
from support.waiting import soon

PAGE = (ROOT / "docs" / "how-to" / "keep-it-running.md").read_text()
MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
SETTINGS = """
web: {{public_url: 'http://127.0.0.1:{front}/datalab'}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""


def nginx(folder: Path, front: int, behind: int) -> list[str]:
    """Write nginx's configuration; return its command."""
    (lines,) = re.findall(r"```nginx\n(location /datalab/ .*?)```", PAGE, re.DOTALL)
    assert f"`{MAP}`" in PAGE
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in KINDS)
    server = f"server {{ listen 127.0.0.1:{front}; {lines.replace('127.0.0.1:8000', f'127.0.0.1:{behind}')} }}"
    # Its workers would be nobody otherwise, and could not keep a large request in this folder.
    user = "user root;" if os.geteuid() == 0 else ""
    head = f"{user} daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}"
    (folder / "nginx.conf").write_text(f"{head}\nhttp {{ access_log off; {temporary} {MAP}\n{server} }}")
    return ["nginx", "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]


def caddy(folder: Path, front: int, behind: int) -> list[str]:
    """Write Caddy's configuration; return its command."""
    (lines,) = re.findall(r"```\n(example\.org \{.*?)```", PAGE, re.DOTALL)
    lines = lines.replace("127.0.0.1:8000", f"127.0.0.1:{behind}").replace("example.org", f"http://127.0.0.1:{front}")
    (folder / "Caddyfile").write_text(f"{{\n admin off\n default_bind 127.0.0.1\n}}\n{lines}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[tuple[Stack, Stack]]:
    """A place, and the same as people reach it, through what a test puts in front."""
    folder, behind = tmp_path_factory.mktemp("behind"), free_ports()
    front = behind + 7  # the place has seven, and the next run of ports begins three later
    (folder / "settings.yaml").write_text(SETTINGS.format(front=front, prefix=prefix))
    with running_stack(folder / "data", folder / "settings.yaml", behind) as stack:
        for name in (nginx.__name__, caddy.__name__):
            assert stack.command("user", "add", name, "--password-stdin", stdin=PASSWORD).returncode == 0
        yield stack, replace(stack, port=front, path="/datalab")


@contextmanager
def running(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Run a proxy until it is not needed any more."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "HOME": str(folder)})
    try:
        soon(lambda: web.get(f"{url}/hub/api/").status_code == 200)
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_place_behind_a_proxy_has_pages_servers_and_websockets(
    place: tuple[Stack, Stack], tmp_path: Path, proxy: Callable[[Path, int, int], list[str]]
) -> None:
    """Nobody is led past the proxy, what else is on the host is not ours, and a large file goes through."""
    stack, shown = place
    with running(proxy(tmp_path, shown.port, stack.port), tmp_path, shown.url):
        person = Member(shown, proxy.__name__)
        led = [person.sign_in().headers["Location"], person.ask("GET", "", follow_redirects=True).url]
        token = person.key()
        person.start(token)
        said = person.run(token, "print(6 * 7)")
        headers = {"Authorization": f"token {token}"}
        large = {"type": "file", "format": "text", "content": "x" * (3 << 20)}
        saved = web.put(
            f"{shown.url}/user/{person.name}/api/contents/large.txt", headers=headers, json=large, timeout=60
        )
        lab = person.ask("GET", f"/user/{person.name}/lab", follow_redirects=True)
        beside = web.get(f"http://127.0.0.1:{shown.port}/datalabs/hub/home")

    assert f"Sardonyx is ready: {shown.url}\n" in stack.first_output
    assert str(led[0]).startswith("/datalab/")
    assert str(led[1]).startswith(f"{shown.url}/")
    assert said == "42\n"
    assert saved.status_code in {200, 201}
    assert str(lab.url) == f"{shown.url}/user/{person.name}/lab"
    assert "Location" not in beside.headers
