"""What is so in the image of the hub."""

from collections.abc import Iterator

import httpx
import pytest
from support.containers import Container, running
from support.images import built_image
from support.ports import free_ports
from support.waiting import soon

DATA = "/srv/sardonyx"


@pytest.fixture(scope="module")
def hub() -> Iterator[Container]:
    """One that only waits."""
    with running(built_image("hub"), "sleep", "infinity", folders=[DATA]) as container:
        yield container


def test_it_runs_as_an_ordinary_user(hub: Container) -> None:
    """Its number is that of other hubs, so that their data stays theirs."""
    assert hub.run("id").strip() == "uid=1000(sardonyx) gid=1000(sardonyx) groups=1000(sardonyx)"


def test_it_has_the_hub_and_its_command_line(hub: Container) -> None:
    """Both start without writing anywhere."""
    assert hub.run("sardonyx", "--help").startswith("Usage: sardonyx")
    assert hub.run("python", "-m", "sardonyx_hub_config.hub", "--version").strip().startswith("6.1")


def test_the_proxy_that_it_would_install_is_there_already(hub: Container) -> None:
    """It looks for it by the lock file that came with it."""
    code = "from pathlib import Path; from sardonyx_hub_config.proxy_install import is_installed"

    assert hub.python(f"{code}; print(is_installed(Path('/opt/proxy')))") == "True"


def test_the_proxy_runs_by_itself() -> None:
    """As it does in a pod of its own."""
    port = free_ports()
    command = ["configurable-http-proxy", "--ip=127.0.0.1", f"--port={port}", f"--api-port={port + 1}"]
    with running(built_image("hub"), *command, told={"CONFIGPROXY_AUTH_TOKEN": "of-the-tests"}):
        soon(lambda: httpx.get(f"http://127.0.0.1:{port}/").status_code == 404)
        asked = httpx.get(f"http://127.0.0.1:{port + 1}/api/routes", headers={"Authorization": "token of-the-tests"})

    assert asked.json() == {}


def test_its_object_store_is_there(hub: Container) -> None:
    """The one that comes with it."""
    assert "SeaweedFS" in hub.run("weed", "version") or "version" in hub.run("weed", "version")
